//! Groups: who manages them, who is in them, what two at once do.

use serde_json::{Value, json};

use crate::support::shapes::snapshots;
use crate::support::{Actor, World, both_engines};

both_engines!(
    whole,
    members_and_guests_are_replaced_whole,
    every_fault_is_named,
    lists_are_searched_and_sorted,
    who_manages_follows_the_organisation,
    whoever_is_disabled_leaves,
    a_name_is_given_once,
);

async fn made(actor: &Actor, world: &World, body: Value) -> Value {
    let made = actor.post(&world.at("groups"), body).await.expect(201);
    made.data().clone()
}

fn at(world: &World, group: &Value) -> String {
    world.at(&format!("groups/{}", group["id"].as_str().unwrap()))
}

async fn whole(world: &World) {
    let body = json!({
        "name": " Night shift ", "description": "", "members": [world.light.user_id.to_string(), world.admin.user_id],
        "guests": [" Kim@Supplier.example "],
    });
    let group = made(&world.standard, world, body).await;
    let read = world.light.get(&at(world, &group)).await.expect(200);
    assert_eq!(read.data(), &group);
    snapshots().bind(|| insta::assert_json_snapshot!("group", read.json));
    let with = format!("{}?with=users,assets,guests", at(world, &group));
    let with = world.admin.get(&with).await.expect(200);
    let users = with.data()["users"]["data"].as_array().unwrap();
    assert_eq!(users[0]["first_name"], "Dev");
    assert_eq!(users[1]["first_name"], "Ada");
    assert_eq!(with.data()["guests"], json!(["kim@supplier.example"]));
    let person = format!("users/{}?with=groups", world.light.user_id);
    let person = world.admin.get(&world.at(&person)).await.expect(200);
    assert_eq!(person.data()["groups"]["data"][0]["name"], "Night shift");
    let people = world.admin.get(&world.at("users?with=groups")).await;
    let people = people.data().as_array().unwrap();
    let in_it = people
        .iter()
        .filter(|person| person["groups"]["data"] != json!([]));
    assert_eq!(in_it.count(), 2);
    world.standard.delete(&at(world, &group)).await.expect(204);
    world.standard.get(&at(world, &group)).await.expect(404);
    world.standard.delete(&at(world, &group)).await.expect(404);
}

async fn members_and_guests_are_replaced_whole(world: &World) {
    let body =
        json!({"name": "A", "members": [world.light.user_id], "guests": ["kim@supplier.example"]});
    let group = made(&world.admin, world, body).await;
    let change = async |body: Value| {
        let changed = world.admin.put(&at(world, &group), body).await.expect(201);
        changed.data().clone()
    };
    let (light, other) = (world.light.user_id, world.other.user_id);
    let changed = change(json!({"description": "x"})).await;
    assert_eq!(changed["members"], json!([light]));
    let changed = change(json!({"users": [other, other, light]})).await;
    assert_eq!(changed["members"], json!([other, light]));
    assert_eq!(changed["guests"], json!(["kim@supplier.example"]));
    let changed = change(json!({"members": [], "guests": ["lee@supplier.example"]})).await;
    assert_eq!(changed["members"], json!([]));
    assert_eq!(changed["guests"], json!(["lee@supplier.example"]));
    let changed = change(json!({"description": null, "guests": null})).await;
    assert_eq!(changed["description"], Value::Null);
    assert_eq!(changed["guests"], json!([]));
}

async fn every_fault_is_named(world: &World) {
    let body = json!({
        "name": "x".repeat(201), "members": [999_999, world.disabled.user_id, "nobody", world.canary.user_id, world.invited.user_id],
        "guests": ["no address", "bruno@northwind.example"],
    });
    let answer = world
        .admin
        .post(&world.at("groups"), body)
        .await
        .expect(422);
    let errors = answer.json["errors"].as_object().unwrap();
    let fields: Vec<&str> = errors.keys().map(String::as_str).collect();
    assert_eq!(
        fields,
        [
            "guests.0",
            "guests.1",
            "members.0",
            "members.1",
            "members.2",
            "members.3",
            "members.4",
            "name"
        ]
    );
    let nameless = world.admin.post(&world.at("groups"), json!({})).await;
    assert_eq!(
        nameless.expect(422).json["errors"]["name"][0],
        "The name field is required"
    );
    let group = made(&world.admin, world, json!({"name": "A"})).await;
    for name in [json!(null), json!(""), json!("  ")] {
        let answer = world
            .admin
            .put(&at(world, &group), json!({"name": name}))
            .await;
        answer.expect(422);
    }
}

async fn lists_are_searched_and_sorted(world: &World) {
    for (name, description) in [
        ("Ölmühle", "press"),
        ("Bakery", "bread"),
        ("Archive", "Öl and paper"),
    ] {
        made(
            &world.admin,
            world,
            json!({"name": name, "description": description}),
        )
        .await;
    }
    for (query, expected) in [
        ("", vec!["Ölmühle", "Bakery", "Archive"]),
        ("?sort_by=name", vec!["Archive", "Bakery", "Ölmühle"]),
        ("?sort=-name&limit=2", vec!["Ölmühle", "Bakery"]),
        ("?q=%C3%96L", vec!["Ölmühle", "Archive"]),
        ("?q=%25", vec![]),
        ("?per_page=2&page=2", vec!["Archive"]),
        ("?page=99", vec![]),
    ] {
        let list = world
            .light
            .get(&world.at(&format!("groups{query}")))
            .await
            .expect(200);
        let rows = list.data().as_array().unwrap();
        let names: Vec<&str> = rows
            .iter()
            .map(|group| group["name"].as_str().unwrap())
            .collect();
        assert_eq!(names, expected, "{query}");
    }
}

async fn who_manages_follows_the_organisation(world: &World) {
    let group = made(&world.standard, world, json!({"name": "A"})).await;
    let org = world.org.clone();
    world
        .write(move |tx| {
            let sql = "SELECT settings FROM organizations WHERE id = $1";
            let text: String = tx.one(sql, tallystick_db::args![&org], |row| row.take())?;
            let text = text.replace(
                r#""allow_manage_groups":true"#,
                r#""allow_manage_groups":false"#,
            );
            let sql = "UPDATE organizations SET settings = $2 WHERE id = $1";
            tx.run(sql, tallystick_db::args![&org, text])
        })
        .await;
    let path = at(world, &group);
    world.standard.get(&path).await.expect(200);
    world
        .standard
        .put(&path, json!({"name": "B"}))
        .await
        .expect(403);
    world.standard.delete(&path).await.expect(403);
    let more = world
        .standard
        .post(&world.at("groups"), json!({"name": "B"}))
        .await;
    more.expect(403);
    world
        .admin
        .put(&path, json!({"name": "B"}))
        .await
        .expect(201);
}

async fn whoever_is_disabled_leaves(world: &World) {
    use tallystick_server::member::store::set_membership;
    use tallystick_wire::member::{MemberStatus, Role};
    let body = json!({"name": "A", "members": [world.other.user_id, world.light.user_id]});
    let group = made(&world.admin, world, body).await;
    let (org, user) = (world.org.clone(), world.other.user_id);
    world
        .write(move |tx| {
            let status = MemberStatus::Disabled;
            set_membership(tx, &org, user, Role::Standard, status, crate::support::NOW)
        })
        .await;
    let read = world.admin.get(&at(world, &group)).await.expect(200);
    assert_eq!(read.data()["members"], json!([world.light.user_id]));
}

async fn a_name_is_given_once(world: &World) {
    let path = world.at("groups");
    let tries = (0..6).map(|_| world.admin.post(&path, json!({"name": "Öl"})));
    let answers = futures_util::future::join_all(tries).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 422, 422, 422, 422, 422]);
    let refused = world
        .admin
        .post(&path, json!({"name": "öL"}))
        .await
        .expect(422);
    assert_eq!(
        refused.json["errors"]["name"][0],
        "The name has already been taken"
    );
    let group = made(&world.admin, world, json!({"name": "Other"})).await;
    world
        .admin
        .put(&at(world, &group), json!({"name": "ÖL"}))
        .await
        .expect(422);
    world
        .admin
        .put(&at(world, &group), json!({"name": "other"}))
        .await
        .expect(201);
}
