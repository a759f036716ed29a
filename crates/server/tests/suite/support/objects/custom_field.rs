//! Keys of custom fields, and values on whatever has them.

use serde_json::{Value, json};
use tallystick_server::custom_field::rules::Key;
use tallystick_server::custom_field::store;
use tallystick_server::instance;
use tallystick_wire::custom_field::Record;

use super::{Home, Objects, Room};

pub struct CustomField;

const KEY: &str = "/organizations/{org}/custom-field-keys/{id}";
const VALUE: &str = "/custom-fields/{key}";

/// The kind of record whose values stand below this stem.
fn record(stem: &str) -> Record {
    let parameter = stem.strip_suffix(VALUE).unwrap_or(stem);
    let parameter = parameter.rsplit('/').next().unwrap();
    match parameter {
        "{user_id}" => Record::Member,
        "{guest_code}" => Record::Guest,
        "{folder_id}" => Record::Folder,
        "{tag_id}" => Record::Tag,
        "{checklist}" => Record::Template,
        "{step}" => Record::Step,
        "{capture}" => Record::FormField,
        "{prerun}" => Record::KickoffField,
        other => panic!("teach support/objects/custom_field whose values {other} has"),
    }
}

impl Room for CustomField {
    fn home(&self, stem: &str) -> Option<Home> {
        (stem == KEY || stem.ends_with(VALUE)).then_some(Home::Organisation)
    }

    async fn made(&self, objects: &Objects<'_>, stem: &str) -> String {
        let now = objects.world.app.clock.now();
        let applies_to = if stem == KEY {
            Record::Process
        } else {
            record(stem)
        };
        let key = Key {
            id: 0,
            key: objects
                .label(&objects.world.app.ids.object(now))
                .replace(' ', "_"),
            applies_to,
            field_type: "text".to_owned(),
            is_system: false,
            is_required: false,
            is_active: true,
            options: Vec::new(),
            columns: Vec::new(),
            created_at: now,
            updated_at: now,
        };
        let (org, wanted) = (objects.org.to_owned(), key.clone());
        let first = objects.first_number();
        let stored = objects.world.write(move |tx| {
            instance::next_number(tx, &org, "custom_field_keys", first)?;
            let id = store::next_number(tx, &org)?;
            store::insert(
                tx,
                &org,
                &Key {
                    id,
                    ..wanted.clone()
                },
            )?;
            Ok(id)
        });
        let id = stored.await;
        if stem == KEY {
            return id.to_string();
        }
        let owner = objects.at(stem.strip_suffix(VALUE).unwrap()).await;
        let org = objects.org.to_owned();
        let set = objects
            .world
            .write(move |tx| store::set(tx, &org, (applies_to, &owner), id, &json!("x"), now));
        set.await;
        key.key
    }

    fn unknown(&self, stem: &str) -> String {
        if stem == KEY { "999999" } else { "nothing" }.to_owned()
    }

    async fn body(&self, objects: &Objects<'_>, operation: &str) -> Option<Value> {
        if operation == "create_custom_field_key" {
            return Some(
                json!({"key": objects.fresh(), "applies_to": "process", "field_type": "text"}),
            );
        }
        if operation.ends_with("_custom_fields") {
            return Some(json!({"custom_fields": {}}));
        }
        let sets = operation.starts_with("set_") && operation.ends_with("_custom_field");
        sets.then(|| json!({"value": "x"}))
    }
}
