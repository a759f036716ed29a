//! A running server, and a client of it.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use reqwest::blocking::{Client, RequestBuilder};
use serde_json::Value;

use crate::machine::{Installation, tallystick, until};

/// A server process. Ends with the test.
pub struct Server {
    pub process: Child,
    /// The first line it printed.
    pub greeting: Value,
    rest: mpsc::Receiver<String>,
    talk: Arc<Mutex<String>>,
}

impl Server {
    /// `serve` on a free port, without the rate limits that a test would run into.
    pub fn of(installed: &Installation) -> Self {
        Self::start(Self::command(installed))
    }

    pub fn command(installed: &Installation) -> Command {
        let mut command = tallystick();
        command
            .args(["serve", "--database", &installed.address])
            .args(Self::QUIET);
        command
    }

    pub const QUIET: [&str; 7] = [
        "--listen",
        "127.0.0.1:0",
        "--json",
        "--set",
        "limits.per_person=0",
        "--set",
        "limits.per_stranger=0",
    ];

    /// Starts the command and reads where it listens.
    pub fn start(mut command: Command) -> Self {
        let mut process = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let out = process.stdout.take().expect("stdout is piped");
        let mut err = process.stderr.take().expect("stderr is piped");
        let talk = Arc::new(Mutex::new(String::new()));
        let heard = talk.clone();
        thread::spawn(move || {
            let mut piece = [0; 4_096];
            while let Ok(length @ 1..) = err.read(&mut piece) {
                let text = String::from_utf8_lossy(&piece[..length]);
                heard.lock().expect("a mutex").push_str(&text);
            }
        });
        let (first, greeting) = mpsc::channel();
        let (end, rest) = mpsc::channel();
        thread::spawn(move || {
            let mut out = BufReader::new(out);
            let mut line = String::new();
            let _ = out.read_line(&mut line);
            let _ = first.send(line);
            let mut more = String::new();
            let _ = out.read_to_string(&mut more);
            let _ = end.send(more);
        });
        let line = greeting
            .recv_timeout(Duration::from_secs(60))
            .expect("a line on stdout within a minute");
        let greeting = serde_json::from_str(&line);
        let mut server = Self {
            process,
            greeting: Value::Null,
            rest,
            talk,
        };
        match greeting {
            Ok(greeting) => server.greeting = greeting,
            Err(_) => {
                let code = server.end();
                panic!("the server ended with {code:?}: {line:?} {}", server.talk());
            }
        }
        server
    }

    pub fn word(&self, name: &str) -> &str {
        self.greeting[name]
            .as_str()
            .unwrap_or_else(|| panic!("no {name} in {}", self.greeting))
    }

    pub fn pid(&self) -> u32 {
        self.process.id()
    }

    /// What it wrote to stderr so far.
    pub fn talk(&self) -> String {
        self.talk.lock().expect("a mutex").clone()
    }

    pub fn signal(&self, name: &str) {
        signal(self.pid(), name);
    }

    /// Waits for the process to end; answers its exit code.
    pub fn end(&mut self) -> Option<i32> {
        let mut ended = None;
        until("the server has ended", || {
            ended = self.process.try_wait().expect("a child of ours");
            ended.is_some()
        });
        ended.and_then(|status| status.code())
    }

    /// Everything it printed after the first line; for a server that has ended.
    pub fn more_output(&self) -> String {
        self.rest
            .recv_timeout(Duration::from_secs(10))
            .expect("stdout is closed")
    }

    /// Asks it to stop, and expects it to do so in peace.
    pub fn stop(mut self) {
        self.signal("TERM");
        let code = self.end();
        assert_eq!(code, Some(0), "{}", self.talk());
    }

    /// Ends it without warning.
    pub fn kill(mut self) {
        self.process.kill().expect("a child of ours");
        self.end();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to end.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub fn signal(pid: u32, name: &str) {
    let sent = Command::new("kill")
        .args(["-s", name, &pid.to_string()])
        .status()
        .expect("kill is there");
    assert!(sent.success(), "the signal {name} was not sent");
}

/// A member with a token, talking to one server.
#[derive(Clone)]
pub struct Caller {
    http: Client,
    pub api: String,
    pub organization: String,
    pub token: String,
}

/// Status and body of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub replayed: bool,
    pub body: Value,
}

impl Caller {
    pub fn new(server: &Server, installed: &Installation) -> Self {
        Self::at(
            server.word("api_url"),
            &installed.organization,
            &installed.token,
        )
    }

    pub fn at(api: &str, organization: &str, token: &str) -> Self {
        Self {
            http: Client::builder()
                .no_proxy()
                .timeout(Duration::from_secs(40))
                .build()
                .expect("a client"),
            api: api.to_owned(),
            organization: organization.to_owned(),
            token: token.to_owned(),
        }
    }

    pub fn get(&self, path: &str) -> reqwest::Result<Answer> {
        self.send(self.http.get(self.url(path)))
    }

    pub fn post(&self, path: &str, key: &str, body: &Value) -> reqwest::Result<Answer> {
        self.send(
            self.http
                .post(self.url(path))
                .header("Idempotency-Key", key)
                .json(body),
        )
    }

    pub fn delete(&self, path: &str) -> reqwest::Result<Answer> {
        self.send(self.http.delete(self.url(path)))
    }

    /// Below the organisation; with a leading slash, below the API.
    fn url(&self, path: &str) -> String {
        match path.strip_prefix('/') {
            Some(path) => format!("{}/{path}", self.api),
            None => format!("{}/organizations/{}/{path}", self.api, self.organization),
        }
    }

    fn send(&self, request: RequestBuilder) -> reqwest::Result<Answer> {
        let answer = request
            .bearer_auth(&self.token)
            .header("Accept", "application/json")
            .header("X-Tallyfy-Client", "tests")
            .send()?;
        Ok(Answer {
            status: answer.status().as_u16(),
            replayed: answer.headers().contains_key("idempotent-replayed"),
            // Some answers have no body.
            body: serde_json::from_slice(&answer.bytes()?).unwrap_or(Value::Null),
        })
    }
}
