//! Snippets.

use serde_json::{Value, json};
use tallystick_server::snippet::store::{self, Snippet as Stored};

use super::{Home, Objects, Room};

pub struct Snippet;

impl Room for Snippet {
    fn home(&self, stem: &str) -> Option<Home> {
        (stem == "/organizations/{org}/text-templates/{snippet}").then_some(Home::Organisation)
    }

    async fn made(&self, objects: &Objects<'_>, _stem: &str) -> String {
        let now = objects.world.app.clock.now();
        let id = objects.world.app.ids.object(now);
        let snippet = Stored {
            id: id.clone(),
            title: objects.label(&id),
            content: String::new(),
            is_public: false,
            created_at: now,
            updated_at: now,
        };
        let org = objects.org.to_owned();
        let stored = objects
            .world
            .write(move |tx| store::insert(tx, &org, &snippet));
        stored.await;
        id
    }

    async fn body(&self, objects: &Objects<'_>, operation: &str) -> Option<Value> {
        (operation == "create_snippet").then(|| json!({"title": objects.fresh()}))
    }
}
