//! Custom fields of templates, steps, form fields and kick-off fields.

use serde_json::{Value, json};

use super::{field, made, step, whole};
use crate::support::{World, both_engines};

both_engines!(on_each_kind_of_part, they_go_with_their_part);

async fn key(world: &World, key: &str, applies_to: &str, required: bool) {
    let body = json!({"key": key, "applies_to": applies_to, "field_type": "text", "is_required": required});
    let path = world.at("custom-field-keys");
    world.admin.post(&path, body).await.expect(201);
}

const KINDS: [&str; 4] = ["checklist", "step", "capture", "prerun"];

/// A template with one part of each kind; answers its path and those of the four records, in the order of [`KINDS`].
async fn parts(world: &World) -> (String, [String; 4]) {
    let template = made(world, &world.standard, "Bake").await;
    let one = step(&world.standard, &template, "Knead").await;
    let ready = field(&world.standard, &template, &one).await;
    let prerun = json!([{"label": "Name", "field_type": "text", "required": true}]);
    let body = json!({"title": "Bake", "prerun": prerun});
    let answer = world.standard.put(&template, body).await.expect(200);
    let prerun = answer.data()["prerun"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let records = [
        template.clone(),
        format!("{template}/steps/{one}"),
        format!("{template}/steps/{one}/captures/{ready}"),
        format!("{template}/preruns/{prerun}"),
    ];
    (template, records)
}

/// The values as they stand inside the template, in the order of [`KINDS`].
async fn inside(world: &World, template: &str) -> [Value; 4] {
    let now = whole(&world.standard, template).await;
    let step = &now["steps"]["data"][0];
    [
        &now["custom_fields"],
        &step["custom_fields"],
        &step["captures"][0]["custom_fields"],
        &now["prerun"][0]["custom_fields"],
    ]
    .map(Value::clone)
}

async fn on_each_kind_of_part(world: &World) {
    for kind in KINDS {
        key(world, "cost", kind, true).await;
        key(world, "note", kind, false).await;
    }
    let (template, records) = parts(world).await;
    for (index, record) in records.iter().enumerate() {
        let fields = format!("{record}/custom-fields");
        let empty = world.standard.get(&fields).await.expect(200);
        assert_eq!(*empty.data(), json!({"custom_fields": {}}), "{record}");
        let sent = json!({"cost": format!("{index}"), "note": "Dear"});
        let body = json!({"custom_fields": sent});
        let put = world.standard.put(&fields, body.clone()).await.expect(200);
        assert_eq!(put.data()["custom_fields"], sent);
        assert_eq!(inside(world, &template).await[index], sent, "{record}");
        // The required one has to be there, and only keys of this kind of record.
        for wrong in [json!({"note": "x"}), json!({"cost": "1", "colour": "red"})] {
            let body = json!({"custom_fields": wrong});
            world.standard.put(&fields, body).await.expect(422);
        }
        world.other.get(&fields).await.expect(200);
        world.other.put(&fields, body.clone()).await.expect(403);
        world.light.get(&fields).await.expect(404);
        let note = format!("{fields}/note");
        let value = json!({"value": "x"});
        let patched = world
            .standard
            .send(http::Method::PATCH, &note, Some(&value));
        patched.await.expect(405);
        world.other.delete(&note).await.expect(403);
        world.standard.delete(&note).await.expect(204);
        let left = json!({"cost": format!("{index}")});
        assert_eq!(inside(world, &template).await[index], left);
        // What is left out of a whole is cleared.
        world.standard.put(&fields, body).await.expect(200);
        let body = json!({"custom_fields": {"cost": "9"}});
        world.standard.put(&fields, body).await.expect(200);
        assert_eq!(inside(world, &template).await[index], json!({"cost": "9"}));
    }
}

async fn they_go_with_their_part(world: &World) {
    for kind in KINDS {
        key(world, "cost", kind, false).await;
    }
    let (template, records) = parts(world).await;
    let body = json!({"custom_fields": {"cost": "1"}});
    for record in &records {
        let fields = format!("{record}/custom-fields");
        world.standard.put(&fields, body.clone()).await.expect(200);
    }
    let count = async || {
        let sql = "SELECT count(*) FROM custom_field_values";
        let count =
            world.write(move |tx| tx.one(sql, tallystick_db::args![], |row| row.take::<i64>()));
        count.await
    };
    assert_eq!(count().await, 4);
    for (record, left) in [(&records[3], 3), (&records[2], 2), (&records[1], 1)] {
        world.standard.delete(record).await.expect(200);
        assert_eq!(count().await, left, "{record}");
        let fields = format!("{record}/custom-fields");
        world.standard.get(&fields).await.expect(404);
    }
    world.standard.delete(&template).await.expect(200);
    let delete = format!("{template}/delete");
    world.admin.delete(&delete).await.expect(200);
    assert_eq!(count().await, 0);
}
