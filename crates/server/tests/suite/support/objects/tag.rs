//! Tags.

use serde_json::{Value, json};
use tallystick_server::tag::store::{self, Tag as Stored};

use super::{Home, Objects, Others, Room};

pub struct Tag;

/// Where a tag is made for a body that names one.
pub const TAG: &str = "/organizations/{org}/tags/{tag_id}";

impl Room for Tag {
    fn home(&self, stem: &str) -> Option<Home> {
        (stem == TAG).then_some(Home::Organisation)
    }

    async fn made(&self, objects: &Objects<'_>, _stem: &str) -> String {
        let now = objects.world.app.clock.now();
        let id = objects.world.app.ids.object(now);
        let tag = Stored {
            id: id.clone(),
            title: objects.label(&id),
            color: None,
            auto_generated: false,
            created_at: now,
        };
        let org = objects.org.to_owned();
        let stored = objects.world.write(move |tx| store::insert(tx, &org, &tag));
        stored.await;
        id
    }

    async fn body(&self, objects: &Objects<'_>, operation: &str) -> Option<Value> {
        match operation {
            "create_tag" => Some(json!({"title": objects.fresh()})),
            "update_tag" => Some(json!({"color": "#aabbcc"})),
            _ => None,
        }
    }

    async fn foreign(&self, others: &Others<'_>, property: &str) -> Option<Vec<Value>> {
        match property {
            "tag_id" => Some(vec![json!(others.canary.at(TAG).await)]),
            _ => None,
        }
    }
}
