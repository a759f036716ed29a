//! Tags.

use serde_json::{Value, json};
use tallystick_server::instance;
use tallystick_server::tag::store::{self, Tag as Stored};

use tallystick_wire::tag::SubjectType;

use super::{Home, Objects, Others, Room};

pub struct Tag;

/// Where a tag is made for a body that names one.
pub const TAG: &str = "/organizations/{org}/tags/{tag_id}";

/// The number of a tag on something.
const LINK: &str = "/organizations/{org}/checklists/tags/{association}";
/// What carries it.
const TEMPLATE: &str = "/organizations/{org}/checklists/{checklist}";

impl Room for Tag {
    fn home(&self, stem: &str) -> Option<Home> {
        matches!(stem, TAG | LINK).then_some(Home::Organisation)
    }

    async fn made(&self, objects: &Objects<'_>, stem: &str) -> String {
        let now = objects.world.app.clock.now();
        if stem == LINK {
            let (tag, template) = (objects.at(TAG).await, objects.at(TEMPLATE).await);
            let (org, first) = (objects.org.to_owned(), objects.first_number());
            let link = objects.world.write(move |tx| {
                instance::next_number(tx, &org, "tag_links", first)?;
                store::attach(tx, &org, &tag, SubjectType::Checklist, &template, now)
            });
            return link.await.unwrap().0.id.to_string();
        }
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
            "attach_tag" => Some(
                json!({"subject_type": "Checklist", "subject_id": objects.at(TEMPLATE).await,
                "tag_id": objects.at(TAG).await}),
            ),
            "update_tag" => Some(json!({"color": "#aabbcc"})),
            _ => None,
        }
    }

    fn unknown(&self, stem: &str) -> String {
        match stem {
            LINK => "999999",
            _ => "0123456789abcdef0123456789abcdef",
        }
        .to_owned()
    }

    async fn foreign(&self, others: &Others<'_>, property: &str) -> Option<Vec<Value>> {
        match property {
            "tag_id" => Some(vec![json!(others.canary.at(TAG).await)]),
            _ => None,
        }
    }
}
