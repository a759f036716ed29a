//! Guests: what is known of them, their links, and how they come and go.

use serde_json::{Value, json};

use crate::support::shapes::snapshots;
use crate::support::{Kind, World, both_engines};

both_engines!(
    whole,
    named_in_every_form,
    known_once_everywhere,
    what_is_sent_is_stored_but_the_address,
    every_fault_is_named,
    lists,
    light_members_see_whom_they_work_with,
    disabling_waits_for_open_tasks,
    removed_from_open_work_only,
    a_guest_becomes_a_member,
    a_reset_link_ends_the_old_one
        with [("security.key_file", format!("{}/guest-key", crate::support::post::folder()).as_str())]
);

#[test]
fn without_a_key_file_guests_have_no_link() {
    crate::support::run(Kind::Postgres, &[], async |world| {
        let guest = made(world, json!({"email": "kim@supplier.example"})).await;
        assert_eq!(guest["link"], Value::Null);
        let reset = world.at("guests/kim@supplier.example/reset-link");
        let refused = world.admin.post(&reset, json!({})).await.expect(409);
        assert!(
            refused.text.contains("security.key_file"),
            "{}",
            refused.text
        );
    });
}

async fn made(world: &World, body: Value) -> Value {
    let made = world
        .standard
        .post(&world.at("guests"), body)
        .await
        .expect(201);
    made.data().clone()
}

/// The code in a guest's link, which neither log nor database may hold.
fn code(world: &World, guest: &Value) -> String {
    let link = guest["link"].as_str().unwrap();
    let (before, code) = link.split_once("/app/guest/").unwrap();
    assert_eq!(before, world.origin());
    assert!(code.len() == 43 && code.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    world.remember(code);
    code.to_owned()
}

const KIM: &str = "kim@supplier.example";

async fn whole(world: &World) {
    let body = json!({
        "email": " Kim@Supplier.example ", "first_name": "Kim", "last_name": "Osei", "phone": "+49 30 5550100",
        "company_name": "Osei Freight", "company_url": "https://osei.example", "timezone": "Europe/Berlin",
        "external_sync_source": "salesforce", "external_date_creation": "2026-01-02 03:04:05",
        "associated_members": [world.admin.user_id.to_string()],
    });
    let guest = made(world, body).await;
    code(world, &guest);
    let read = world
        .admin
        .get(&world.at(&format!("guests/{KIM}?with=stats")))
        .await
        .expect(200);
    snapshots()
        .bind(|| insta::assert_json_snapshot!("guest", read.json, {".data.link" => "[link]"}));
    // Made again, they are as they were.
    let again = made(world, json!({"email": KIM, "first_name": "Other"})).await;
    assert_eq!(again, guest);
}

async fn named_in_every_form(world: &World) {
    let guest = made(world, json!({"email": "kim+1@supplier.example"})).await;
    let code = code(world, &guest);
    for named in [
        "kim+1@supplier.example",
        "kim%2B1%40Supplier.example",
        &guest["id"].to_string(),
        &code,
    ] {
        let read = world
            .admin
            .get(&world.at(&format!("guests/{named}")))
            .await
            .expect(200);
        assert_eq!(read.data(), &guest, "{named}");
        let fields = world.at(&format!("guests/{named}/custom-fields"));
        world.admin.get(&fields).await.expect(200);
    }
    for unknown in ["kim 1@supplier.example", "1", "x", &code.to_lowercase()] {
        let unknown = unknown.replace(' ', "%20");
        world
            .admin
            .get(&world.at(&format!("guests/{unknown}")))
            .await
            .expect(404);
    }
}

async fn known_once_everywhere(world: &World) {
    let here = made(world, json!({"email": KIM, "first_name": "Kim"})).await;
    let side = format!("/organizations/{}/guests", world.side);
    world
        .both
        .get(&format!("{side}/{}", here["id"]))
        .await
        .expect(404);
    let there = world
        .both
        .post(&side, json!({"email": KIM}))
        .await
        .expect(201);
    assert_eq!(there.data()["id"], here["id"]);
    assert_eq!(there.data()["first_name"], Value::Null);
    assert_ne!(code(world, there.data()), code(world, &here));
}

async fn what_is_sent_is_stored_but_the_address(world: &World) {
    made(
        world,
        json!({"email": KIM, "first_name": "Kim", "phone_1": "1"}),
    )
    .await;
    let path = world.at(&format!("guests/{KIM}"));
    let body = json!({"email": "other@supplier.example", "last_name": "Osei", "phone_1": "", "cadence_days": ["monday", "FRIDAY"]});
    let put = world.standard.put(&path, body).await.expect(201);
    let put = put.data();
    assert_eq!(put["email"], KIM);
    assert_eq!(put["first_name"], "Kim");
    assert_eq!(put["details"]["last_name"], "Osei");
    assert_eq!(put["details"]["phone_1"], Value::Null);
    assert_eq!(put["details"]["cadence_days"], json!(["Monday", "Friday"]));
    let body = json!({"associated_members": [world.light.user_id, world.invited.user_id]});
    let put = world.standard.put(&path, body.clone()).await.expect(201);
    assert_eq!(
        put.data()["details"]["associated_members"],
        body["associated_members"]
    );
    world
        .standard
        .put(&world.at("guests/nobody@nowhere.example"), body)
        .await
        .expect(404);
}

async fn every_fault_is_named(world: &World) {
    let body = json!({
        "email": "bruno@northwind.example", "first_name": "x".repeat(201), "phone_2": "1".repeat(21), "image_url": "ftp://x",
        "timezone": "Mars", "external_sync_source": "hubspot", "external_date_creation": "soon", "cadence_days": ["Someday"],
        "associated_members": [world.canary.user_id],
    });
    let answer = world
        .admin
        .post(&world.at("guests"), body)
        .await
        .expect(422);
    let errors = answer.json["errors"].as_object().unwrap();
    let fields: Vec<&str> = errors.keys().map(String::as_str).collect();
    let expected = [
        "associated_members.0",
        "cadence_days.0",
        "email",
        "external_date_creation",
        "external_sync_source",
        "first_name",
        "image_url",
        "phone_2",
        "timezone",
    ];
    assert_eq!(fields, expected);
    for email in [json!(null), json!(""), json!("kim"), json!("a@b@c.example")] {
        world
            .admin
            .post(&world.at("guests"), json!({"email": email}))
            .await
            .expect(422);
    }
    world
        .light
        .post(&world.at("guests"), json!({"email": KIM}))
        .await
        .expect(403);
    // Somebody unknown is a fault of the request, not a missing object.
    let gone = world
        .admin
        .delete(&world.at(&format!("guests/{KIM}")))
        .await
        .expect(422);
    assert!(gone.json["errors"]["email"].is_array());
}

async fn lists(world: &World) {
    for (email, name) in [
        ("c@supplier.example", "Öttl"),
        ("a@supplier.example", "Ana"),
        ("b@supplier.example", "Bob"),
    ] {
        made(world, json!({"email": email, "last_name": name})).await;
    }
    let names = async |query: &str| -> String {
        let list = world.admin.get(&world.at(query)).await.expect(200);
        let rows = list.data().as_array().unwrap().iter();
        rows.map(|guest| guest["email"].as_str().unwrap()[..1].to_owned())
            .collect()
    };
    assert_eq!(names("guests").await, "cab");
    assert_eq!(names("guests?sort=email").await, "abc");
    assert_eq!(
        names("guests?sort_by=email&sort_direction=desc&limit=2").await,
        "cb"
    );
    assert_eq!(names("guests?q=%C3%B6TT").await, "c");
    assert_eq!(names("guests?q=A@SUPP").await, "a");
    assert_eq!(names("guests-list").await, "cab");
    let list = world
        .admin
        .get(&world.at("guests?without_pagination=true"))
        .await;
    assert_eq!(list.json["meta"]["pagination"]["total"], 3);
    let list = world.admin.get(&world.at("guests-list")).await;
    assert_eq!(list.json["count"], 3);
    assert_eq!(list.json.get("meta"), None);
}

/// A task for the light member and this guest: its path.
async fn task(world: &World, guest: &str) -> String {
    let body =
        json!({"title": "Count", "owners": {"users": [world.light.user_id], "guests": [guest]}});
    let made = world.admin.post(&world.at("tasks"), body).await.expect(201);
    world.at(&format!("tasks/{}", made.data()["id"].as_str().unwrap()))
}

async fn light_members_see_whom_they_work_with(world: &World) {
    made(world, json!({"email": KIM})).await;
    task(world, "lee@supplier.example").await;
    let list = world.light.get(&world.at("guests")).await.expect(200);
    assert_eq!(list.json["meta"]["pagination"]["total"], 1);
    assert_eq!(list.data()[0]["email"], "lee@supplier.example");
    assert_eq!(
        list.data()[0]["link"],
        Value::Null,
        "with it they would be the guest"
    );
    world
        .light
        .get(&world.at(&format!("guests/{KIM}")))
        .await
        .expect(404);
    world
        .light
        .get(&world.at("guests/lee@supplier.example"))
        .await
        .expect(200);
    // Whoever is assigned gets a link.
    let lee = world
        .admin
        .get(&world.at("guests/lee@supplier.example?with=stats"))
        .await;
    code(world, lee.data());
    assert_eq!(lee.data()["stats"]["assigned_tasks"], 1);
}

async fn disabling_waits_for_open_tasks(world: &World) {
    let task = task(world, KIM).await;
    let disable = world.at(&format!("guests/{KIM}/disable"));
    let refused = world.admin.delete(&disable).await.expect(403);
    assert!(
        refused.text.contains("incomplete tasks"),
        "{}",
        refused.text
    );
    world.admin.delete(&task).await.expect(204);
    for _ in 0..2 {
        let disabled = world.admin.delete(&disable).await.expect(200);
        assert_eq!(disabled.data()["disabled_at"], "2026-03-02T10:00:00.000Z");
        assert_eq!(
            disabled.data()["details"]["disabled_by"],
            world.admin.user_id
        );
    }
    for _ in 0..2 {
        let enabled = world
            .admin
            .put(&world.at(&format!("guests/{KIM}/enable")), json!({}))
            .await;
        let enabled = enabled.expect(200);
        assert_eq!(enabled.data()["disabled_at"], Value::Null);
        assert_eq!(
            enabled.data()["details"]["reactivated_by"],
            world.admin.user_id
        );
    }
    world.standard.delete(&disable).await.expect(403);
}

async fn removed_from_open_work_only(world: &World) {
    let (open, done) = (task(world, KIM).await, task(world, KIM).await);
    let id = done.rsplit('/').next().unwrap();
    world
        .admin
        .post(&world.at("completed-tasks"), json!({"task_id": id}))
        .await
        .expect(200);
    let group = json!({"name": "A", "guests": [KIM, "lee@supplier.example"]});
    let group = world
        .admin
        .post(&world.at("groups"), group)
        .await
        .expect(201);
    let path = world.at(&format!("guests/{KIM}"));
    let before = world
        .admin
        .put(&path, json!({"first_name": "Kim"}))
        .await
        .expect(201);
    let code_before = code(world, before.data());
    let gone = world.standard.delete(&path).await.expect(200);
    assert_eq!(gone.data()["deleted_at"], "2026-03-02T10:00:00.000Z");
    let guests = async |task: &str| world.admin.get(task).await.data()["owners"]["guests"].clone();
    assert_eq!(guests(&open).await, json!([]));
    assert_eq!(guests(&done).await, json!([KIM]));
    let group = world.at(&format!("groups/{}", group.data()["id"].as_str().unwrap()));
    assert_eq!(
        world.admin.get(&group).await.data()["guests"],
        json!(["lee@supplier.example"])
    );
    for named in [KIM, &code_before, &gone.data()["id"].to_string()] {
        world
            .admin
            .get(&world.at(&format!("guests/{named}")))
            .await
            .expect(404);
    }
    // Whoever comes back begins afresh.
    let back = made(world, json!({"email": KIM})).await;
    assert_eq!(back["id"], gone.data()["id"]);
    assert_eq!(back["first_name"], Value::Null);
    assert_ne!(code(world, &back), code_before);
}

async fn a_guest_becomes_a_member(world: &World) {
    let open = task(world, KIM).await;
    world
        .admin
        .put(
            &world.at(&format!("guests/{KIM}")),
            json!({"first_name": "Kim"}),
        )
        .await
        .expect(201);
    let group = world
        .admin
        .post(&world.at("groups"), json!({"name": "A", "guests": [KIM]}))
        .await;
    let convert = world.at(&format!("guests/{KIM}/to/member"));
    let member = world.admin.post(&convert, json!({})).await.expect(200);
    let member = member.data();
    assert_eq!(member["email"], KIM);
    assert_eq!(member["first_name"], "Kim");
    assert_eq!(member["role"], "standard");
    assert_eq!(member["status"], "invited");
    let read = world.admin.get(&open).await;
    assert_eq!(read.data()["owners"]["guests"], json!([]));
    assert_eq!(
        read.data()["owners"]["users"],
        json!([world.light.user_id, member["id"]])
    );
    let group = world.at(&format!("groups/{}", group.data()["id"].as_str().unwrap()));
    let group = world.admin.get(&group).await;
    assert_eq!(group.data()["members"], json!([member["id"]]));
    assert_eq!(group.data()["guests"], json!([]));
    world
        .admin
        .get(&world.at(&format!("guests/{KIM}")))
        .await
        .expect(404);
    world.admin.post(&convert, json!({})).await.expect(404);
    world
        .admin
        .post(&world.at("guests"), json!({"email": KIM}))
        .await
        .expect(422);
}

async fn a_reset_link_ends_the_old_one(world: &World) {
    let guest = made(world, json!({"email": KIM})).await;
    let old = code(world, &guest);
    let reset = world.at(&format!("guests/{old}/reset-link"));
    world.standard.post(&reset, json!({})).await.expect(403);
    let renewed = world.admin.post(&reset, json!({})).await.expect(200);
    let new = code(world, renewed.data());
    assert_ne!(old, new);
    let feed = world.at("activity-feeds?verb=updated&field=link");
    let told = world.admin.get(&feed).await.expect(200);
    let sentence = format!("gave the guest \"{KIM}\" a new link");
    assert_eq!(told.data()[0]["description"][0], sentence);
    world
        .admin
        .get(&world.at(&format!("guests/{old}")))
        .await
        .expect(404);
    world
        .admin
        .get(&world.at(&format!("guests/{new}")))
        .await
        .expect(200);
}
