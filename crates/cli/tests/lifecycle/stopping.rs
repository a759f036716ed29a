//! How a server begins and ends: ports, signals, requests that are under way.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use crate::machine::{Installation, Place, refused, until};
use crate::server::{Caller, Server};

/// A request whose body is still to come, sent so far that the server works on it already.
struct Begun {
    stream: TcpStream,
    body: &'static str,
}

impl Begun {
    fn on(server: &Server, installed: &Installation) -> Self {
        let host = server.word("web_url").strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let body = r#"{"title": "Asked for before the end"}"#;
        write!(
            stream,
            "POST /api/organizations/{}/tasks HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\nX-Tallyfy-Client: tests\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
            installed.organization,
            installed.token,
            body.len()
        )
        .unwrap();
        // "Go on" comes when the body is being read: the request is in.
        let mut line = String::new();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        reader.read_line(&mut line).unwrap();
        assert!(line.starts_with("HTTP/1.1 100"), "{line}");
        Self { stream, body }
    }

    fn finish(mut self) -> String {
        self.stream.write_all(self.body.as_bytes()).unwrap();
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

#[test]
fn what_is_under_way_is_answered_before_the_end() {
    for (place, signal) in Place::both().into_iter().zip(["TERM", "INT"]) {
        let installed = Installation::on(&place.address);
        let mut server = Server::of(&installed);
        let begun = Begun::on(&server, &installed);
        let idle = Caller::new(&server, &installed);
        assert_eq!(idle.get("/me").unwrap().status, 200);
        let host = server
            .word("web_url")
            .strip_prefix("http://")
            .unwrap()
            .to_owned();
        server.signal(signal);
        until("nobody is let in any more", || {
            TcpStream::connect(&host).is_err()
        });
        assert!(
            server.process.try_wait().unwrap().is_none(),
            "it waits for the request"
        );
        let answer = begun.finish();
        assert!(answer.contains("HTTP/1.1 201"), "{answer}");
        assert_eq!(server.end(), Some(0), "{}", server.talk());
        place.forgotten_by_postgres();
        let stored = tasks_named(&place, "Asked for before the end");
        assert_eq!(stored, 1, "the answer was true");
    }
}

fn tasks_named(place: &Place, title: &str) -> i64 {
    place
        .look()
        .read_here(|tx| {
            tx.one(
                "SELECT count(*) FROM tasks WHERE title = $1",
                tallystick_db::args![title],
                |row| row.take::<i64>(),
            )
        })
        .unwrap()
}

#[test]
fn a_request_that_never_ends_does_not_hold_up_the_end_for_ever() {
    let place = Place::sqlite();
    let installed = Installation::on(&place.address);
    let mut server = Server::of(&installed);
    let begun = Begun::on(&server, &installed);
    server.signal("TERM");
    assert_eq!(server.end(), Some(0), "{}", server.talk());
    drop(begun);
    assert_eq!(tasks_named(&place, "Asked for before the end"), 0);
}

#[test]
fn a_taken_port_is_named_and_the_data_left_alone() {
    let place = Place::sqlite();
    let installed = Installation::on(&place.address);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let before = std::fs::read(place.file()).unwrap();
    let said = refused(&[
        "serve",
        "--database",
        &installed.address,
        "--listen",
        &address,
    ]);
    assert!(
        said.contains(&address) && said.contains("--listen"),
        "{said}"
    );
    assert!(std::fs::read(place.file()).unwrap() == before);
    let folder = place.folder.path().join("demo");
    let said = refused(&[
        "demo",
        "--data-dir",
        folder.to_str().unwrap(),
        "--listen",
        &address,
    ]);
    assert!(said.contains(&address), "{said}");
}

#[test]
fn what_is_not_there_is_not_made() {
    let place = Place::sqlite();
    let said = refused(&[
        "serve",
        "--database",
        &place.address,
        "--listen",
        "127.0.0.1:0",
    ]);
    assert!(
        said.contains("no Tallystick database") && said.contains("tallystick init"),
        "{said}"
    );
    assert_eq!(std::fs::read_dir(place.folder.path()).unwrap().count(), 0);
    let place = Place::postgres();
    let said = refused(&[
        "serve",
        "--database",
        &place.address,
        "--listen",
        "127.0.0.1:0",
    ]);
    assert!(said.contains("tallystick init"), "{said}");
    for command in ["doctor", "serve"] {
        let said = refused(&[command]);
        assert!(said.contains("--database"), "{said}");
    }
    let said = refused(&["serve", "--database", "mysql://x"]);
    assert!(
        said.contains("sqlite:") && said.contains("postgres://"),
        "{said}"
    );
}
