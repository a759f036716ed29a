//! PocketBase with the same rows: a `tasks` collection only whose owner may list it, behind PocketBase's own token.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use reqwest::blocking::Client;
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};
use serde_json::{Value as Json, json};

use super::data::{ACTIVE, COLUMNS, Task};
use super::goals::name;
use super::page::{Page, client};
use super::process::{Server, empty_folder, free_port, leashed, output};
use super::{Contestant, ROWS, Size};

/// PocketBase and its filled folder.
pub struct PocketBase {
    program: PathBuf,
    folder: PathBuf,
    port: u16,
    page: Page,
    own_tasks: u64,
}

const SECRET: &str = "only-for-this-run";
const SUPERUSER: &str = "bench@example.com";

impl PocketBase {
    /// Makes and fills `folder`.
    pub fn fill(program: PathBuf, folder: &Path, size: Size) -> Result<Self> {
        empty_folder(folder)?;
        let port = free_port()?;
        let mut this = Self {
            program,
            folder: folder.to_owned(),
            port,
            page: Page::new(String::new(), ""),
            own_tasks: 0,
        };
        output(
            Command::new(&this.program)
                .args(["superuser", "upsert", SUPERUSER, SECRET])
                .arg("--dir")
                .arg(this.data()),
        )?;

        let client = client()?;
        let mut server = this.launch()?;
        server.wait(|| client.get(this.url("/api/health")).send().ok())?;
        let token = this.make_collections(&client, &member(size.reader()))?;
        server.stop();

        // Straight into the file while nobody has it open: through the API, hashing 1,000 passwords alone takes a minute.
        this.insert(size)?;
        let query = form_query(&[
            ("perPage", &ROWS.to_string()),
            ("sort", "-created"),
            ("filter", &format!("status='{ACTIVE}'")),
        ]);
        this.page = Page::new(
            this.url(&format!("/api/collections/tasks/records?{query}")),
            &token,
        );
        Ok(this)
    }

    /// The executable.
    pub fn program(&self) -> &Path {
        &self.program
    }

    fn data(&self) -> PathBuf {
        self.folder.join("pb_data")
    }

    fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Collections, settings and the one member who signs in; answers that member's token.
    fn make_collections(&self, client: &Client, reader: &str) -> Result<String> {
        let sign_in = |collection: &str, email: &str| -> Result<String> {
            let url = self.url(&format!("/api/collections/{collection}/auth-with-password"));
            let answer = json(
                client
                    .post(url)
                    .json(&json!({"identity": email, "password": SECRET})),
            )?;
            Ok(answer["token"]
                .as_str()
                .context("PocketBase gave no token")?
                .to_owned())
        };
        let superuser = sign_in("_superusers", SUPERUSER)?;
        // It would keep every request in a second database; off is quicker, and Tallystick keeps no such record.
        let settings = json!({"logs": {"maxDays": 0}});
        json(
            client
                .patch(self.url("/api/settings"))
                .bearer_auth(&superuser)
                .json(&settings),
        )?;

        let users = json(
            client
                .get(self.url("/api/collections/users"))
                .bearer_auth(&superuser),
        )?;
        let mut fields = vec![
            json!({"name": "id", "type": "text", "system": true, "primaryKey": true, "required": true, "min": 32,
                   "max": 32, "pattern": "^[a-f0-9]+$", "autogeneratePattern": "[a-f0-9]{32}"}),
            json!({"name": "owner", "type": "relation", "collectionId": users["id"], "maxSelect": 1, "required": true}),
            json!({"name": "created", "type": "autodate", "onCreate": true}),
            json!({"name": "last_updated", "type": "autodate", "onCreate": true, "onUpdate": true}),
        ];
        fields.extend(
            COLUMNS
                .iter()
                .map(|(name, kind)| json!({"name": name, "type": kind})),
        );
        let tasks = json!({
            "name": "tasks", "type": "base", "fields": fields,
            "listRule": "owner = @request.auth.id", "viewRule": "owner = @request.auth.id",
            "indexes": ["CREATE INDEX tasks_of_owner ON tasks (owner, status, created)"],
        });
        json(
            client
                .post(self.url("/api/collections"))
                .bearer_auth(&superuser)
                .json(&tasks),
        )?;

        let email = format!("{reader}@example.com");
        let user = json!({"id": reader, "email": email, "verified": true, "password": SECRET, "passwordConfirm": SECRET});
        json(
            client
                .post(self.url("/api/collections/users/records"))
                .bearer_auth(&superuser)
                .json(&user),
        )?;
        sign_in("users", &email)
    }

    fn insert(&mut self, size: Size) -> Result<()> {
        let mut database = Connection::open(self.data().join("data.db"))?;
        let all = database.transaction()?;
        {
            // Nobody else signs in, so they share the one hash there is.
            let mut insert = all.prepare(
                "INSERT OR IGNORE INTO users (id, email, verified, password, tokenKey, created, updated)
                 SELECT ?1, ?1 || '@example.com', TRUE, password, ?1 || tokenKey, created, updated
                 FROM users WHERE id = ?2",
            )?;
            for number in 0..size.members {
                insert.execute(params![member(number), member(size.reader())])?;
            }
            let names: Vec<&str> = COLUMNS.iter().map(|(name, _)| *name).collect();
            let marks = vec!["?"; names.len() + 4].join(", ");
            let names = names.join(", ");
            let sql = format!(
                "INSERT INTO tasks (id, owner, created, last_updated, {names}) VALUES ({marks})"
            );
            let mut insert = all.prepare(&sql)?;
            for number in 0..size.tasks {
                let task = Task::new(number, size.members);
                let shown = task.owner == size.reader() && !task.done(size.members);
                self.own_tasks += u64::from(shown);
                let own = [
                    task.id(),
                    member(task.owner),
                    task.created(),
                    task.created(),
                ]
                .map(Value::Text);
                let rest = COLUMNS
                    .iter()
                    .map(|(name, kind)| value(&task, size.members, name, kind));
                insert.execute(params_from_iter(own.into_iter().chain(rest)))?;
            }
        }
        all.commit()?;
        database.execute_batch("ANALYZE; PRAGMA wal_checkpoint(TRUNCATE)")?;
        Ok(())
    }
}

impl Contestant for PocketBase {
    fn name(&self) -> &'static str {
        name::POCKETBASE
    }

    fn launch(&self) -> Result<Server> {
        let mut serve = leashed(&self.program);
        serve
            .arg("serve")
            .arg("--http")
            .arg(format!("127.0.0.1:{}", self.port))
            .arg("--dir")
            .arg(self.data());
        serve.current_dir(&self.folder);
        Server::start(self.name(), serve, &self.folder.join("log"))
    }

    fn page(&self) -> &Page {
        &self.page
    }

    fn check(&self, body: &[u8]) -> Result<()> {
        let answer: Json = serde_json::from_slice(body)?;
        let (total, rows) = (&answer["totalItems"], &answer["items"]);
        let rows = rows.as_array().map_or(0, Vec::len);
        let own = usize::try_from(self.own_tasks)?;
        ensure!(
            *total == self.own_tasks && rows == own.min(ROWS),
            "PocketBase shows {rows} of {total} tasks, there are {own}"
        );
        Ok(())
    }
}

/// A user's id: PocketBase wants 15 small letters and digits.
fn member(number: u64) -> String {
    format!("member{number:09}")
}

/// What a task has in one column; what a one-off task lacks is empty, in PocketBase's way.
fn value(task: &Task, members: u64, name: &str, kind: &str) -> Value {
    let done = task.done(members);
    let owner = i64::try_from(task.owner).unwrap_or(i64::MAX) + 1;
    let text = |text: String| Value::Text(text);
    match name {
        "increment_id" => Value::Integer(i64::try_from(task.number).unwrap_or(i64::MAX) + 1),
        "title" | "original_title" => text(task.title()),
        "summary" | "original_summary" => text(task.summary()),
        "alias" => text(task.alias()),
        "status" | "status_label" => text(if done { "completed" } else { ACTIVE }.to_owned()),
        "task_type" => text("task".to_owned()),
        "owners" => text(format!(
            r#"{{"users":[{owner}],"guests":[],"groups":[],"taskUrls":[]}}"#
        )),
        "started_at" => text(task.created()),
        "deadline" => text(task.deadline()),
        "completed_at" if done => text(task.deadline()),
        "starter_id" => Value::Integer(1),
        "completer_id" if done => Value::Integer(owner),
        "is_completable" | "is_oneoff_task" | "allow_guest_owners" => Value::Integer(1),
        _ => match kind {
            "number" | "bool" => Value::Integer(0),
            "json" => text("{}".to_owned()),
            _ => text(String::new()),
        },
    }
}

fn form_query(pairs: &[(&str, &str)]) -> String {
    let mut url = reqwest::Url::parse("http://127.0.0.1").map(|mut url| {
        url.query_pairs_mut().extend_pairs(pairs);
        url
    });
    url.as_mut()
        .ok()
        .and_then(|url| url.query().map(str::to_owned))
        .unwrap_or_default()
}

fn json(request: reqwest::blocking::RequestBuilder) -> Result<Json> {
    let answer = request.send()?;
    let status = answer.status();
    let body = answer.text()?;
    anyhow::ensure!(status.is_success(), "PocketBase answered {status}: {body}");
    Ok(serde_json::from_str(&body)?)
}
