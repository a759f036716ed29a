//! Custom fields: keys, and values on members, tags and folders.

use serde_json::{Value, json};

use crate::support::shapes::snapshots;
use crate::support::{World, both_engines};

both_engines!(
    keys,
    values_are_replaced_set_and_removed,
    who_writes_on_members,
    system_keys_are_the_system_s,
);

async fn key(world: &World, key: &str, applies_to: &str, more: Value) -> Value {
    let mut body = json!({"key": key, "applies_to": applies_to, "field_type": "text"});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    let made = world.admin.post(&world.at("custom-field-keys"), body).await;
    made.expect(201).data().clone()
}

async fn keys(world: &World) {
    let options = json!({"field_type": "dropdown", "options": ["EU", {"id": 2, "text": "US"}], "is_required": "1"});
    let made = key(world, "region", "user", options).await;
    let path = world.at(&format!("custom-field-keys/{}", made["id"]));
    let read = world.light.get(&path).await.expect(200);
    snapshots().bind(|| insta::assert_json_snapshot!("custom_field_key", read.json));
    let change =
        json!({"key": "other", "applies_to": "tag", "field_type": "table", "is_active": false});
    let changed = world.admin.put(&path, change).await.expect(200);
    assert_eq!(changed.data()["key"], "region");
    assert_eq!(changed.data()["applies_to"], "member");
    assert_eq!(changed.data()["field_type"], "dropdown");
    assert_eq!(changed.data()["is_active"], false);
    world
        .admin
        .put(&path, json!({"options": []}))
        .await
        .expect(422);
    world.standard.put(&path, json!({})).await.expect(403);
    for (body, fields) in [
        (json!({}), vec!["applies_to", "field_type", "key"]),
        (
            json!({"key": "a/b", "applies_to": "moon", "field_type": "colour"}),
            vec!["applies_to", "field_type", "key"],
        ),
        (
            json!({"key": "region", "applies_to": "member", "field_type": "radio"}),
            vec!["key", "options"],
        ),
        (
            json!({"key": "x", "applies_to": "tag", "field_type": "table"}),
            vec!["columns"],
        ),
    ] {
        let answer = world
            .admin
            .post(&world.at("custom-field-keys"), body.clone())
            .await
            .expect(422);
        let errors = answer.json["errors"].as_object().unwrap();
        assert_eq!(errors.keys().collect::<Vec<_>>(), fields, "{body}");
    }
    key(world, "region", "tag", json!({})).await;
    for (query, expected) in [
        ("", 2),
        ("?applies_to=user", 1),
        ("?applies_to=moon", 0),
        ("?is_active=true&field_type=text", 1),
        ("?is_required=1", 1),
        ("?key_type=system", 0),
        ("?q=GION&sort_by=key&sort_direction=desc", 2),
    ] {
        let list = world
            .light
            .get(&world.at(&format!("custom-field-keys{query}")))
            .await
            .expect(200);
        assert_eq!(list.data().as_array().unwrap().len(), expected, "{query}");
    }
    world.admin.delete(&path).await.expect(204);
    world.admin.delete(&path).await.expect(404);
}

async fn values_are_replaced_set_and_removed(world: &World) {
    key(world, "cost", "tag", json!({"field_type": "number"})).await;
    key(world, "note", "tag", json!({"is_required": true})).await;
    key(world, "owner", "folder", json!({})).await;
    let tag = world
        .admin
        .post(&world.at("tags"), json!({"title": "T"}))
        .await
        .expect(201);
    let path = world.at(&format!("tags/{}", tag.data()["id"].as_str().unwrap()));
    let fields = format!("{path}/custom-fields");
    let empty = world.light.get(&fields).await.expect(200);
    assert_eq!(*empty.data(), json!({"custom_fields": {}}));
    // As it was sent, whatever that looks like.
    let sent = json!({"cost": "4.50", "note": "  "});
    let put = world
        .light
        .put(&fields, json!({"custom_fields": sent}))
        .await
        .expect(200);
    assert_eq!(put.data()["custom_fields"], sent);
    let shown = world.light.get(&path).await.expect(200);
    assert_eq!(shown.data()["custom_fields"], sent);
    for (body, field) in [
        (json!({}), "custom_fields"),
        (json!({"custom_fields": {"cost": 1}}), "custom_fields.note"),
        (json!({"custom_fields": {"note": ""}}), "custom_fields.note"),
        (
            json!({"custom_fields": {"note": "x", "owner": "y"}}),
            "custom_fields.owner",
        ),
        (
            json!({"custom_fields": {"note": "x", "cost": "much"}}),
            "custom_fields.cost",
        ),
    ] {
        let answer = world.light.put(&fields, body).await.expect(422);
        assert!(answer.json["errors"][field].is_array(), "{}", answer.text);
    }
    let patch = async |key: &str, body: Value| {
        let path = format!("{fields}/{key}");
        world
            .light
            .send(http::Method::PATCH, &path, Some(&body))
            .await
    };
    let set = patch("note", json!({"value": ""})).await.expect(200);
    assert_eq!(
        set.data()["custom_fields"],
        json!({"cost": "4.50", "note": ""})
    );
    patch("cost", json!({"value": []})).await.expect(200);
    patch("cost", json!({"value": {"a": 1}})).await.expect(422);
    patch("cost", json!({})).await.expect(422);
    patch("nothing", json!({"value": 1})).await.expect(404);
    let kept = world
        .light
        .put(&fields, json!({"custom_fields": {"note": "only"}}))
        .await;
    assert_eq!(
        kept.expect(200).data()["custom_fields"],
        json!({"note": "only"})
    );
    world
        .light
        .delete(&format!("{fields}/note"))
        .await
        .expect(204);
    world
        .light
        .delete(&format!("{fields}/note"))
        .await
        .expect(404);
}

async fn who_writes_on_members(world: &World) {
    key(world, "desk", "member", json!({})).await;
    let path = world.at(&format!("users/{}/custom-fields", world.light.user_id));
    let body = json!({"custom_fields": {"desk": 7}});
    world.standard.put(&path, body.clone()).await.expect(403);
    world.light.put(&path, body.clone()).await.expect(200);
    world.admin.put(&path, body).await.expect(200);
    let read = world.standard.get(&path).await.expect(200);
    assert_eq!(read.data()["custom_fields"], json!({"desk": 7}));
    // Members themselves are shown without them.
    let member = world
        .admin
        .get(&world.at(&format!("users/{}", world.light.user_id)))
        .await;
    assert_eq!(member.data().get("custom_fields"), None);
    let stranger = world.at(&format!("users/{}/custom-fields", world.canary.user_id));
    world.admin.get(&stranger).await.expect(404);
}

async fn system_keys_are_the_system_s(world: &World) {
    let made = key(world, "origin", "tag", json!({})).await;
    key(world, "note", "tag", json!({})).await;
    let tag = world
        .admin
        .post(&world.at("tags"), json!({"title": "T"}))
        .await
        .expect(201);
    let fields = world.at(&format!(
        "tags/{}/custom-fields",
        tag.data()["id"].as_str().unwrap()
    ));
    let value = json!({"custom_fields": {"origin": "import"}});
    world.admin.put(&fields, value.clone()).await.expect(200);
    let (org, id) = (world.org.clone(), made["id"].as_i64().unwrap());
    world
        .write(move |tx| {
            let sql = "UPDATE custom_field_keys SET key_type = 'system' WHERE organization_id = $1 AND id = $2";
            tx.run(sql, tallystick_db::args![&org, id])
        })
        .await;
    world.admin.put(&fields, value).await.expect(422);
    let put = world
        .admin
        .put(&fields, json!({"custom_fields": {"note": "x"}}))
        .await
        .expect(200);
    assert_eq!(
        put.data()["custom_fields"],
        json!({"origin": "import", "note": "x"})
    );
    world
        .admin
        .delete(&format!("{fields}/origin"))
        .await
        .expect(403);
    let path = world.at(&format!("custom-field-keys/{id}"));
    world
        .admin
        .put(&path, json!({"is_active": false}))
        .await
        .expect(403);
    world.admin.delete(&path).await.expect(403);
}
