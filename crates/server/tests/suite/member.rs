//! People: oneself, the others, and how much of them each role is shown.

use serde_json::{Value, json};

use crate::support::shapes::snapshots;
use crate::support::{World, both_engines};

both_engines!(
    oneself,
    lists_and_searches,
    found_by_name_and_address,
    each_role_sees_its_share,
    use_is_written_down,
);

async fn oneself(world: &World) {
    let me = world.admin.get("/me").await.expect(200);
    let here = world.admin.get(&world.at("me")).await.expect(200);
    assert_eq!(me.data()["id"], here.data()["id"]);
    snapshots().bind(|| insta::assert_json_snapshot!("me", here.json));
    let stranger_here = world.canary.get("/me").await.expect(200);
    assert_eq!(stranger_here.data()["role"], "admin");
    let nowhere = world.invited.get("/me").await.expect(200);
    assert_eq!(nowhere.data()["role"], Value::Null);
    let with = world
        .admin
        .get("/me?with=groups,auth_methods,nonsense")
        .await
        .expect(200);
    assert_eq!(with.data()["groups"], json!({"data": []}));
    assert_eq!(with.data()["auth_methods"]["data"][0]["type"], "password");
    assert_eq!(with.data().get("nonsense"), None);
}

fn names(list: &Value) -> Vec<&str> {
    let people = list.as_array().unwrap().iter();
    people
        .map(|person| person["first_name"].as_str().unwrap())
        .collect()
}

async fn lists_and_searches(world: &World) {
    let all = world.standard.get(&world.at("users")).await.expect(200);
    assert_eq!(
        names(all.data()),
        ["Ada", "Bruno", "Chiara", "Dev", "Eli", "Fay", "Hana"]
    );
    let list = world
        .standard
        .get(&world.at("users-list"))
        .await
        .expect(200);
    assert_eq!(list.data(), all.data());
    assert_eq!(list.json["count"], 7);
    for (query, expected) in [
        ("q=ADA", vec!["Ada"]),
        ("q=%25", vec![]),
        ("q=canar", vec![]),
        ("status=invited", vec!["Fay"]),
        ("status=nonsense", vec![]),
        ("sort=-name&per_page=2", vec!["Hana", "Fay"]),
        ("sort_by=email&sort_direction=desc&per_page=1", vec!["Hana"]),
        ("sort=created_at&page=4&per_page=2", vec!["Fay"]),
    ] {
        let found = world
            .standard
            .get(&world.at(&format!("users?{query}")))
            .await
            .expect(200);
        assert_eq!(names(found.data()), expected, "{query}");
    }
}

async fn found_by_name_and_address(world: &World) {
    let id = world.other.user_id;
    for named in [
        id.to_string(),
        "chiara".to_owned(),
        "Chiara@NorthWind.example".to_owned(),
    ] {
        let found = world
            .admin
            .get(&world.at(&format!("users/{named}")))
            .await
            .expect(200);
        assert_eq!(found.data()["id"], id, "{named}");
    }
    for unknown in [
        world.canary.user_id.to_string(),
        "nobody".to_owned(),
        "0".to_owned(),
    ] {
        world
            .admin
            .get(&world.at(&format!("users/{unknown}")))
            .await
            .expect(404);
    }
}

async fn each_role_sees_its_share(world: &World) {
    let id = world.other.user_id;
    world
        .write(move |tx| {
            let sql =
                "UPDATE users SET phone = '+49 30 1', last_known_ip = '192.0.2.7' WHERE id = $1";
            tx.run(sql, tallystick_db::args![id])
        })
        .await;
    let at = world.at(&format!("users/{id}?with=auth_methods"));
    for (viewer, phone, ip, methods) in [
        (&world.admin, true, true, true),
        (&world.standard, true, false, false),
        (&world.light, false, false, false),
        (&world.other, true, true, true),
    ] {
        let seen = viewer.get(&at).await.expect(200);
        let seen = seen.data();
        let shown = [
            seen["phone"] == "+49 30 1",
            seen["last_known_ip"] == "192.0.2.7",
            seen.get("auth_methods").is_some(),
        ];
        assert_eq!(shown, [phone, ip, methods], "{}", viewer.name);
        assert_eq!(seen["email"], "chiara@northwind.example");
    }
    for list in ["users", "users-list"] {
        let list = world.light.get(&world.at(list)).await.expect(200);
        assert!(!list.text.contains("+49 30 1") && !list.text.contains("192.0.2.7"));
    }
}

async fn use_is_written_down(world: &World) {
    world.admin.get(&world.at("tasks")).await.expect(200);
    // The server's own chore may be writing it down at this very moment: then there is nothing left to flush.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    let used = loop {
        world.app.usage.flush(&world.app.db).await.unwrap();
        let used = world.admin.get("/me/tokens/current").await.expect(200);
        if used.data()["last_client"] != Value::Null || std::time::Instant::now() > deadline {
            break used;
        }
    };
    assert_eq!(used.data()["last_client"], "APIClient");
    assert_eq!(used.data()["last_used_ip"], "127.0.0.1");
    assert_eq!(used.data()["last_used_at"], "2026-03-02T10:00:00.000Z");
    assert_eq!(
        world.admin.get("/me").await.data()["last_accessed_at"],
        "2026-03-02T10:00:00.000Z"
    );
}
