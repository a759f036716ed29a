//! `tallystick demo`: what programs read from it, and what it keeps.

use std::path::Path;
use std::process::Command;

use serde_json::json;

use crate::machine::{refused, tallystick};
use crate::server::{Caller, Server};

fn demo(folder: &Path) -> Command {
    let mut command = tallystick();
    command
        .args(["demo", "--listen", "127.0.0.1:0", "--json", "--data-dir"])
        .arg(folder);
    command
}

fn caller(server: &Server) -> Caller {
    Caller::at(
        server.word("api_url"),
        server.word("organization_id"),
        server.word("access_token"),
    )
}

#[test]
fn one_line_of_json_tells_a_program_everything() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Server::start(demo(folder.path()));
    let keys: Vec<&String> = server.greeting.as_object().unwrap().keys().collect();
    for key in [
        "api_url",
        "web_url",
        "organization_id",
        "user_id",
        "email",
        "password",
        "access_token",
    ] {
        assert!(
            keys.iter().any(|found| *found == key),
            "no {key} in {keys:?}"
        );
    }
    assert!(server.word("api_url").ends_with("/api"));
    assert_eq!(
        server.word("api_url"),
        format!("{}/api", server.word("web_url"))
    );
    assert!(server.greeting["user_id"].is_i64());
    assert_eq!(server.word("organization_id").len(), 32);
    assert!(server.word("access_token").starts_with("tsp_"));

    let me = caller(&server).get("/me").unwrap();
    assert_eq!(
        (me.status, &me.body["data"]["id"]),
        (200, &server.greeting["user_id"])
    );
    assert_eq!(me.body["data"]["email"], server.greeting["email"]);
    let tasks = caller(&server).get("me/tasks").unwrap();
    assert!(!tasks.body["data"].as_array().unwrap().is_empty());

    server.signal("TERM");
    assert_eq!(server.end(), Some(0));
    assert_eq!(server.more_output(), "", "nothing but the one line");
    // What opens the demo is in the demo's own file only.
    assert!(!server.talk().contains(server.word("access_token")));
    assert!(!server.talk().contains(server.word("password")));
}

#[test]
fn the_next_start_keeps_the_data_and_the_token() {
    let folder = tempfile::tempdir().unwrap();
    let first = Server::start(demo(folder.path()));
    let made = caller(&first)
        .post("tasks", "k1", &json!({"title": "Made in the first life"}))
        .unwrap();
    assert_eq!(made.status, 201, "{made:?}");
    let token = first.word("access_token").to_owned();
    let organization = first.word("organization_id").to_owned();
    first.stop();

    let second = Server::start(demo(folder.path()));
    assert_eq!(
        (second.word("access_token"), second.word("organization_id")),
        (token.as_str(), organization.as_str())
    );
    let id = made.body["data"]["id"].as_str().unwrap();
    let found = caller(&second).get(&format!("tasks/{id}")).unwrap();
    assert_eq!(
        (found.status, &found.body["data"]["title"]),
        (200, &made.body["data"]["title"])
    );
    // Also after an end without warning.
    second.kill();
    let third = Server::start(demo(folder.path()));
    assert_eq!(
        caller(&third).get(&format!("tasks/{id}")).unwrap().status,
        200
    );
}

#[test]
fn for_people_it_prints_a_line_to_paste() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = tallystick();
    command
        .args(["demo", "--listen", "127.0.0.1:0", "--data-dir"])
        .arg(folder.path())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::null());
    let mut process = command.spawn().unwrap();
    let mut out = process.stdout.take().unwrap();
    let mut text = String::new();
    while !text.contains("Ctrl-C stops it") {
        let mut piece = [0; 1_024];
        let length = std::io::Read::read(&mut out, &mut piece).unwrap();
        assert!(length > 0, "it ended after {text:?}");
        text.push_str(std::str::from_utf8(&piece[..length]).unwrap());
    }
    let shell = text
        .split("Try it:")
        .nth(1)
        .unwrap()
        .split("Ctrl-C")
        .next()
        .unwrap();
    let pasted = Command::new("bash")
        .arg("-c")
        .arg(format!(
            "{} -s -o /dev/null -w '%{{http_code}}'",
            shell.trim()
        ))
        .output()
        .unwrap();
    let _ = process.kill();
    let _ = process.wait();
    assert_eq!(String::from_utf8_lossy(&pasted.stdout), "200", "{pasted:?}");
}

#[test]
fn two_demos_do_not_share_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let first = Server::start(demo(folder.path()));
    let path = folder.path().to_str().unwrap();
    let said = refused(&[
        "demo",
        "--listen",
        "127.0.0.1:0",
        "--json",
        "--data-dir",
        path,
    ]);
    assert!(said.contains(&format!("process {}", first.pid())), "{said}");
    assert_eq!(caller(&first).get("/me").unwrap().status, 200);
}

#[test]
fn a_demo_has_no_rate_limits_unless_asked() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(demo(folder.path()));
    let me = caller(&server);
    assert!((0..300).all(|_| me.get("/me").unwrap().status == 200));
    server.stop();
    let mut limited = demo(folder.path());
    limited.arg("--rate-limits");
    let server = Server::start(limited);
    let me = caller(&server);
    assert!((0..300).any(|_| me.get("/me").unwrap().status == 429));
}
