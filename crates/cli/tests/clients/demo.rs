//! A demo server of its own for each test: started on a free port in a folder that goes away with it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use reqwest::blocking::{Client, RequestBuilder, Response};
use serde_json::Value;
use tempfile::TempDir;

use crate::outcome::Outcome;

const START_TIMEOUT: Duration = Duration::from_secs(60);

pub struct Demo {
    pub api_url: String,
    pub organization: String,
    pub token: String,
    greeting: Value,
    process: Child,
    http: Client,
    _data: TempDir,
}

impl Demo {
    /// Starts the executable and reads from its first line where it listens and who may come in.
    pub fn start() -> Outcome<Self> {
        let data = TempDir::new()?;
        let mut process = Command::new(env!("CARGO_BIN_EXE_tallystick"))
            .args(["demo", "--listen", "127.0.0.1:0", "--json", "--data-dir"])
            .arg(data.path().join("demo"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("tallystick does not start: {error}"))?;

        let greeting = first_line(&mut process).and_then(|line| {
            serde_json::from_str::<Value>(&line)
                .map_err(|error| format!("not JSON ({error}): {line:?}").into())
        });
        // From here on the process belongs to a Demo, which ends it whatever happens.
        let mut demo = Self {
            api_url: String::new(),
            organization: String::new(),
            token: String::new(),
            greeting: Value::Null,
            process,
            http: Client::builder().no_proxy().build()?,
            _data: data,
        };
        demo.greeting = greeting?;
        demo.api_url = text(&demo.greeting, "api_url")?;
        demo.organization = text(&demo.greeting, "organization_id")?;
        demo.token = text(&demo.greeting, "access_token")?;
        Ok(demo)
    }

    /// What the first line says of the demo's own application and of the person who may use it, by the names of the
    /// variables that the OAuth programs read.
    pub fn application(&self) -> Outcome<Vec<(&'static str, String)>> {
        let client_id = match &self.greeting["client_id"] {
            Value::Number(number) => number.to_string(),
            _ => text(&self.greeting, "client_id")?,
        };
        Ok(vec![
            ("TALLYSTICK_CLIENT_ID", client_id),
            (
                "TALLYSTICK_CLIENT_SECRET",
                text(&self.greeting, "client_secret")?,
            ),
            ("TALLYSTICK_EMAIL", text(&self.greeting, "email")?),
            ("TALLYSTICK_PASSWORD", text(&self.greeting, "password")?),
        ])
    }

    /// Gives the demo's user so many one-off tasks that one page does not hold them.
    pub fn add_tasks(&self, count: u32) -> Outcome {
        for number in 1..=count {
            let body = serde_json::json!({
                "title": format!("Zähler\t{number} \"Süd\" \\ 🦆"),
                "task_type": "task",
                "deadline": format!("2031-03-{:02} 15:00:00", number % 28 + 1),
                "owners": { "users": [self.greeting["user_id"]], "guests": [], "groups": [] },
            });
            let url = format!("{}/organizations/{}/tasks", self.api_url, self.organization);
            let answer = self.send(self.http.post(url).json(&body), &self.token)?;
            if answer.status() != 201 {
                return Err(
                    format!("creating a task: {} {}", answer.status(), answer.text()?).into(),
                );
            }
        }
        Ok(())
    }

    /// `me/tasks` in one page, without any of the programs.
    pub fn my_tasks(&self) -> Outcome<Vec<Value>> {
        let answer = self.get(&self.organization, &self.token, "?per_page=100")?;
        let status = answer.status();
        let body: Value = answer.json()?;
        match (&body["data"], &body["meta"]["pagination"]["total_pages"]) {
            (Value::Array(tasks), Value::Number(pages)) if pages.as_u64() == Some(1) => {
                Ok(tasks.clone())
            }
            _ => Err(format!("not one page of tasks: {status} {body}").into()),
        }
    }

    /// Status, `code` and `message` of the refusal that these credentials get.
    pub fn refusal(&self, organization: &str, token: &str) -> Outcome<(u16, String, String)> {
        let answer = self.get(organization, token, "")?;
        let status = answer.status().as_u16();
        let body: Value = answer.json()?;
        Ok((status, text(&body, "code")?, text(&body, "message")?))
    }

    /// Ends the server, so that its port is one where nobody listens any more.
    pub fn stop(&mut self) -> Outcome {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    fn get(&self, organization: &str, token: &str, query: &str) -> Outcome<Response> {
        let url = format!(
            "{}/organizations/{organization}/me/tasks{query}",
            self.api_url
        );
        self.send(self.http.get(url), token)
    }

    fn send(&self, request: RequestBuilder, token: &str) -> Outcome<Response> {
        let request = request
            .bearer_auth(token)
            .header("Accept", "application/json")
            .header("X-Tallyfy-Client", "tests");
        Ok(request.send()?)
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // It may have been stopped before; there is nothing to be done about a failure here.
        let _ = self.stop();
    }
}

fn text(object: &Value, key: &str) -> Outcome<String> {
    match object[key].as_str() {
        Some(text) => Ok(text.to_owned()),
        None => Err(format!("no text {key:?} in {object}").into()),
    }
}

/// The first line of standard output, waited for on another thread because a pipe cannot be read with a time limit.
fn first_line(process: &mut Child) -> Outcome<String> {
    let output = process
        .stdout
        .take()
        .ok_or("standard output is not piped")?;
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut line = String::new();
        let read = BufReader::new(output).read_line(&mut line);
        // Nobody listens any more once the time limit is over.
        let _ = sender.send(read.map(|_| line));
    });
    match receiver.recv_timeout(START_TIMEOUT) {
        Ok(Ok(line)) if !line.trim().is_empty() => Ok(line),
        Ok(Ok(_)) => Err("tallystick demo ended before it printed where it listens".into()),
        Ok(Err(error)) => Err(error.into()),
        Err(_) => Err(format!("tallystick demo printed nothing within {START_TIMEOUT:?}").into()),
    }
}
