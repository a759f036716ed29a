//! Groups.

use serde_json::{Value, json};
use tallystick_server::group::rules;
use tallystick_server::group::store;

use super::{Home, Objects, Others, Room};

pub struct Group;

impl Room for Group {
    fn home(&self, stem: &str) -> Option<Home> {
        (stem == "/organizations/{org}/groups/{group_id}").then_some(Home::Organisation)
    }

    async fn made(&self, objects: &Objects<'_>, _stem: &str) -> String {
        let now = objects.world.app.clock.now();
        let id = objects.world.app.ids.object(now);
        let group = rules::Group {
            id: id.clone(),
            name: objects.label(&id),
            description: None,
            members: Vec::new(),
            guests: Vec::new(),
            created_at: now,
            updated_at: now,
        };
        let org = objects.org.to_owned();
        let stored = objects
            .world
            .write(move |tx| store::insert(tx, &org, &group));
        stored.await;
        id
    }

    async fn body(&self, objects: &Objects<'_>, operation: &str) -> Option<Value> {
        (operation == "create_group").then(|| json!({"name": objects.fresh()}))
    }

    async fn foreign(&self, others: &Others<'_>, property: &str) -> Option<Vec<Value>> {
        let stranger = others.canary.owner.user_id;
        matches!(property, "members" | "users").then(|| vec![json!([stranger])])
    }
}
