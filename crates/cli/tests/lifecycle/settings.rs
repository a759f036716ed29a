//! Settings: where they come from, which wins, how mistakes are told, what is never shown.

use tallystick_server::settings::SETTINGS;

use crate::machine::{
    Ended, Installation, Place, refused, refused_with, run, run_with, write_file,
};
use crate::server::Server;

/// The line of one setting.
fn line<'a>(listed: &'a Ended, key: &str) -> &'a str {
    assert_eq!(listed.code, Some(0), "{listed:?}");
    listed
        .out
        .lines()
        .find(|line| line.split_whitespace().next() == Some(key))
        .unwrap_or_else(|| panic!("no {key} in {}", listed.out))
}

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().take(3).collect()
}

#[test]
fn all_are_listed_with_their_origin() {
    let listed = run(&["settings"]);
    for setting in SETTINGS {
        let line = line(&listed, setting.key);
        assert!(
            line.contains("default") && line.contains(setting.help),
            "{line}"
        );
    }
    assert_eq!(listed.out.lines().count(), SETTINGS.len() + 1);
}

#[test]
fn flags_beat_the_environment_which_beats_the_file() {
    let place = Place::sqlite();
    let file = write_file(
        &place.folder.path().join("t.toml"),
        "[limits]\nper_person = 1\nburst = 1\nper_stranger = 1\n[server]\ntrusted_proxies = [\"10.0.0.1\", \"10.0.0.2\"]\n[tokens]\nlight_members = true\n",
    );
    let variables = [
        ("TALLYSTICK_LIMITS_BURST", "2"),
        ("TALLYSTICK_LIMITS_PER_STRANGER", "2"),
    ];
    let flags = ["settings", "--set", "limits.per_stranger=3"];
    let listed = run_with(&[&flags[..], &["--config", &file]].concat(), &variables);
    assert_eq!(
        words(line(&listed, "limits.per_person")),
        ["limits.per_person", "1", "file"]
    );
    assert_eq!(
        words(line(&listed, "limits.burst")),
        ["limits.burst", "2", "TALLYSTICK_LIMITS_BURST"]
    );
    assert_eq!(
        words(line(&listed, "limits.per_stranger")),
        ["limits.per_stranger", "3", "flag"]
    );
    assert!(line(&listed, "server.trusted_proxies").contains("10.0.0.1,10.0.0.2"));
    assert_eq!(words(line(&listed, "tokens.light_members"))[1], "true");
    // The file may be named by the environment too.
    let listed = run_with(&["settings"], &[("TALLYSTICK_CONFIG", &file)]);
    assert_eq!(
        words(line(&listed, "limits.burst")),
        ["limits.burst", "1", "file"]
    );
}

#[test]
fn a_variable_may_name_a_file_with_the_value() {
    let place = Place::sqlite();
    let secret = write_file(
        &place.folder.path().join("address"),
        &format!("{}\n", place.address),
    );
    let variables = [("TALLYSTICK_DATABASE_ADDRESS_FILE", secret.as_str())];
    assert_eq!(run_with(&["init"], &variables).code, Some(0));
    let listed = run_with(&["settings"], &variables);
    assert!(line(&listed, "database.address").contains(&place.address));
    let said = refused_with(
        &["settings"],
        &[("TALLYSTICK_DATABASE_ADDRESS_FILE", "/no/such/file")],
    );
    assert!(
        said.contains("/no/such/file") && said.contains("TALLYSTICK_DATABASE_ADDRESS_FILE"),
        "{said}"
    );
}

#[test]
fn mistakes_are_named_and_nothing_starts() {
    let place = Place::sqlite();
    let at = place.folder.path();
    let said = |words: &[&str], parts: &[&str]| {
        let said = refused(words);
        assert!(
            parts.iter().all(|part| said.contains(part)),
            "{words:?}: {said}"
        );
    };
    said(&["settings", "--set", "limits.burts=3"], &["limits.burts"]);
    said(
        &["settings", "--set", "limits.burst"],
        &["section.name=value"],
    );
    said(
        &["settings", "--set", "limits.burst=lots"],
        &["limits.burst", "lots", "whole number"],
    );
    said(
        &["settings", "--set", "server.listen=here"],
        &["server.listen", "here"],
    );
    said(
        &["settings", "--set", "server.public_url=tally.example"],
        &["server.public_url", "http"],
    );
    said(
        &["settings", "--set", "api.client_header=maybe"],
        &["required or optional"],
    );
    said(&["settings", "--set", "log.format=xml"], &["text or json"]);
    said(&["settings", "--set", "log.level=====loud"], &["log.level"]);
    said(
        &["settings", "--config", "/no/such.toml"],
        &["/no/such.toml"],
    );
    let file = |text: &str| write_file(&at.join("bad.toml"), text);
    said(
        &["settings", "--config", &file("[limits\nburst = 1")],
        &["bad.toml", "TOML"],
    );
    said(
        &["settings", "--config", &file("burst = 1")],
        &["burst", "[section]"],
    );
    said(
        &["settings", "--config", &file("[limits]\nburts = 1")],
        &["limits.burts"],
    );
    said(
        &["settings", "--config", &file("[limits]\nburst = 1.5")],
        &["limits.burst"],
    );
    let serve = [
        "serve",
        "--database",
        &place.address,
        "--set",
        "limits.burst=lots",
    ];
    said(&serve, &["limits.burst"]);
    let said = refused_with(&["settings"], &[("TALLYSTICK_LIMITS_BURST", "-1")]);
    assert!(said.contains("limits.burst"), "{said}");
}

#[test]
fn passwords_are_shown_nowhere() {
    const SECRET: &str = "c4n4ry-s3cr3t";
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let address = format!("postgres://tally:{SECRET}@127.0.0.1:{port}/tally?password={SECRET}");
    let place = Place::sqlite();
    let file = write_file(
        &place.folder.path().join("t.toml"),
        &format!("[database]\naddress = \"{address}\"\n"),
    );
    let broken = write_file(
        &place.folder.path().join("b.toml"),
        &format!("[database]\naddress = \"{address}\" oops\n"),
    );
    for words in [
        &["settings", "--database", &address][..],
        &["settings", "--config", &file],
        &["settings", "--config", &broken],
        &["init", "--database", &address],
        &[
            "serve",
            "--database",
            &address,
            "--listen",
            "127.0.0.1:0",
            "--set",
            "log.level=trace",
        ],
        &["doctor", "--config", &file],
        &["settings", "--database", &format!("postgres:/{SECRET}")],
        &[
            "serve",
            "--database",
            &format!("postgres://u:{SECRET}@host:notaport/x"),
        ],
    ] {
        let ended = run(words);
        assert!(
            !ended.out.contains(SECRET) && !ended.talk.contains(SECRET),
            "{words:?}: {ended:?}"
        );
    }
}

#[test]
fn settings_take_effect_and_json_logs_are_json() {
    let place = Place::postgres();
    let installed = Installation::on(&place.address);
    let mut command = Server::command(&installed);
    command.args([
        "--set",
        "api.client_header=optional",
        "--set",
        "server.public_url=https://tally.example/",
    ]);
    command.env("TALLYSTICK_LOG_FORMAT", "json");
    let mut server = Server::start(command);
    assert_eq!(server.word("web_url"), "https://tally.example");
    assert_eq!(server.word("api_url"), "https://tally.example/api");
    server.signal("TERM");
    assert_eq!(server.end(), Some(0));
    let talk = server.talk();
    assert!(!talk.is_empty() && !talk.contains(&installed.token));
    for line in talk.lines() {
        serde_json::from_str::<serde_json::Value>(line)
            .unwrap_or_else(|error| panic!("{error}: {line}"));
    }
}
