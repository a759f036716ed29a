//! Job titles.

use serde_json::{Value, json};
use tallystick_server::job_title::store::{self, JobTitle as Stored};

use super::{Home, Objects, Room};

pub struct JobTitle;

impl Room for JobTitle {
    fn home(&self, stem: &str) -> Option<Home> {
        (stem == "/organizations/{org}/roles/{role_id}").then_some(Home::Organisation)
    }

    async fn made(&self, objects: &Objects<'_>, _stem: &str) -> String {
        let now = objects.world.app.clock.now();
        let id = objects.world.app.ids.object(now);
        let title = Stored {
            id: id.clone(),
            name: objects.label(&id),
            created_at: now,
            updated_at: now,
        };
        let org = objects.org.to_owned();
        let stored = objects
            .world
            .write(move |tx| store::insert(tx, &org, &title));
        stored.await;
        id
    }

    async fn body(&self, objects: &Objects<'_>, operation: &str) -> Option<Value> {
        (operation == "create_job_title").then(|| json!({"name": objects.fresh()}))
    }
}
