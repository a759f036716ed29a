//! The commands of the administrator on the machine, from an empty disk to a served request, on both engines.

use serde_json::json;

use crate::machine::{Installation, Place, done, refused, run};
use crate::server::{Caller, Server};

#[test]
fn from_nothing_to_a_served_request_and_back() {
    for place in Place::both() {
        let database = ["--database", place.address.as_str()];
        let say = |words: &[&str]| done(&[words, &database].concat());
        let installed = Installation::on(&place.address);
        let org = installed.organization.as_str();
        assert_eq!(org.len(), 32);
        assert!(say(&["org", "list"]).contains("Harbour Office"));

        let server = Server::of(&installed);
        let me = Caller::new(&server, &installed);
        assert_eq!(
            me.get("/me").unwrap().body["data"]["id"].to_string(),
            installed.user
        );

        // The commands work beside the running server, and it sees what they did with the next request.
        let bo = [
            "--org",
            org,
            "bo@harbour.example",
            "--role",
            "light",
            "--first-name",
            "Bo",
        ];
        say(&[&["user", "create"], bo.as_slice()].concat());
        let listed = say(&["user", "list", "--org", org]);
        assert!(
            listed.contains("bo@harbour.example")
                && listed.contains("light")
                && listed.contains("Bo"),
            "{listed}"
        );
        let token = say(&[
            "token",
            "create",
            "bo@harbour.example",
            "--org",
            org,
            "--days",
            "7",
            "--name",
            "his script",
        ]);
        assert!(
            token.starts_with("tsp_") && token.lines().count() == 1,
            "{token}"
        );
        let his = Caller::at(&me.api, org, &token);
        assert_eq!(his.get("/me").unwrap().status, 200);
        let tokens = say(&["token", "list", "bo@harbour.example"]);
        assert!(
            tokens.contains("his script") && !tokens.contains(&token),
            "{tokens}"
        );
        let id = tokens
            .lines()
            .nth(1)
            .unwrap()
            .split_whitespace()
            .next()
            .unwrap();
        say(&["token", "revoke", "bo@harbour.example", id]);
        assert_eq!(his.get("/me").unwrap().status, 401);

        let other = say(&["token", "create", "bo@harbour.example", "--org", org]);
        let his = Caller::at(&me.api, org, &other);
        assert_eq!(his.get("me/tasks").unwrap().status, 200);
        say(&["user", "revoke", "--org", org, "bo@harbour.example"]);
        assert!(matches!(his.get("me/tasks").unwrap().status, 401 | 403));

        let made = say(&["user", "password", "bo@harbour.example"]);
        assert_eq!(made.trim().len(), 23, "{made}");
        say(&["user", "invite", "--org", org, "cai@harbour.example"]);
        let listed = say(&["user", "list", "--org", org]);
        assert!(
            listed.contains("cai@harbour.example") && listed.contains("invited"),
            "{listed}"
        );

        let made = me
            .post("tasks", "k", &json!({"title": "Thrown away"}))
            .unwrap();
        let task = made.body["data"]["id"].as_str().unwrap().to_owned();
        assert_eq!(me.delete(&format!("tasks/{task}")).unwrap().status, 204);
        assert_eq!(
            me.delete(&format!("tasks/{task}/delete")).unwrap().status,
            204
        );
        assert_eq!(me.get(&format!("tasks/{task}")).unwrap().status, 404);
        let bin = say(&["bin", "list", "--org", org]);
        assert!(bin.contains("Thrown away") && bin.contains(&task), "{bin}");
        say(&["bin", "restore", "--org", org, &task]);
        assert_eq!(me.get(&format!("tasks/{task}")).unwrap().status, 200);

        let report = say(&["doctor"]);
        assert!(
            report.contains("integrity") && !report.contains("WRONG"),
            "{report}"
        );
        say(&["org", "revoke", org]);
        server.stop();
        assert!(!say(&["doctor"]).contains("WRONG"));
    }
}

#[test]
fn what_cannot_be_done_is_said_in_a_sentence() {
    for place in Place::both() {
        let installed = Installation::on(&place.address);
        let database = ["--database", place.address.as_str()];
        let org = installed.organization.as_str();
        let said = |words: &[&str], part: &str| {
            let said = refused(&[words, &database].concat());
            assert!(said.contains(part), "{words:?}: {said}");
        };
        said(&["init"], "exists already");
        said(&["org", "create", ""], "1 to 50");
        said(
            &["org", "create", "X", "--timezone", "Mars/Olympus"],
            "Mars/Olympus",
        );
        said(
            &["user", "create", "--org", org, "no address"],
            "no address",
        );
        said(
            &[
                "user",
                "create",
                "--org",
                org,
                "a@b.example",
                "--role",
                "king",
            ],
            "admin, standard or light",
        );
        said(
            &["user", "revoke", "--org", org, "nobody@harbour.example"],
            "nobody@harbour.example",
        );
        said(
            &["token", "create", "nobody@harbour.example"],
            "nobody@harbour.example",
        );
        said(
            &[
                "token",
                "create",
                "ida@harbour.example",
                "--scopes",
                "everything",
            ],
            "everything",
        );
        said(
            &["token", "revoke", "ida@harbour.example", "no-such-token"],
            "no-such-token",
        );
        said(
            &[
                "bin",
                "restore",
                "--org",
                org,
                "0123456789abcdef0123456789abcdef",
            ],
            "bin",
        );
        // An organisation that is not there.
        let nowhere = "ffffffffffffffffffffffffffffffff";
        said(&["user", "create", "--org", nowhere, "a@b.example"], "");
        assert!(!done(&[&["doctor"], database.as_slice()].concat()).contains("WRONG"));
    }
}

#[test]
fn the_instance_can_be_pinned() {
    let place = Place::sqlite();
    let installed = Installation::on(&place.address);
    let said = refused(&[
        "doctor",
        "--database",
        &installed.address,
        "--set",
        "database.instance=another",
    ]);
    assert!(
        said.contains("another") && said.contains("not opened"),
        "{said}"
    );
}

#[test]
fn doctor_finds_damage() {
    let place = Place::sqlite();
    Installation::on(&place.address);
    let report = done(&["doctor", "--database", &place.address]);
    assert!(report.contains("task counts"), "{report}");
    // Totals that do not agree with the tasks.
    let beside = place.look();
    beside
        .write_here(|tx| {
            tx.run(
                "INSERT INTO task_counts (organization_id, user_id, active) SELECT organization_id, user_id, 7 FROM memberships",
                tallystick_db::args![],
            )
            .map_err(tallystick_db::Stop::<tallystick_db::DbError>::Abort)
        })
        .unwrap();
    drop(beside);
    let ended = run(&["doctor", "--database", &place.address]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.out.contains("WRONG"), "{}", ended.out);
}

#[test]
fn wrong_usage_is_exit_code_2() {
    for words in [
        &["serve", "--no-such-flag"][..],
        &["dance"],
        &[],
        &["demo", "--listen", "everywhere"],
    ] {
        let ended = run(words);
        assert_eq!(ended.code, Some(2), "{words:?}: {ended:?}");
        assert_eq!(ended.out, "");
    }
    for words in [["--help"], ["--version"]] {
        assert_eq!(run(&words).code, Some(0));
    }
}
