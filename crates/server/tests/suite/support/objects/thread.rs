//! Comments and issues.

use serde_json::{Value, json};
use tallystick_server::thread::Subject;
use tallystick_server::thread::store::{self, Thread as Stored};
use tallystick_wire::thread::{AuthorType, Label, State};

use super::{Home, Objects, Others, Room};
use crate::support::MARK;

pub struct Thread;

/// What can be talked about: where it stands in paths, and its kind.
const PLACES: [(&str, Subject); 2] = [
    ("/organizations/{org}/tasks/{task}", Subject::Task),
    (
        "/organizations/{org}/checklists/{checklist}",
        Subject::Template,
    ),
];

/// What the comment of this path is about.
fn place(stem: &str) -> Option<(&'static str, Subject)> {
    let mut all = PLACES.into_iter();
    all.find(|(place, _)| {
        let rest = stem.strip_prefix(place);
        matches!(rest, Some("/comment/{comment}" | "/comment/{thread}"))
    })
}

/// Something that the owner said there.
async fn said(objects: &Objects<'_>, place: (&str, Subject), label: Label) -> String {
    let (world, org) = (objects.world, objects.org.to_owned());
    let now = world.app.clock.now();
    let secret = objects.org == world.canary_org;
    let thread = Stored {
        id: world.app.ids.object(now),
        subject: place.1,
        subject_id: objects.at(place.0).await,
        content: if secret { MARK } else { "Mind the step" }.to_owned(),
        label,
        state: State::HideForGuests,
        author_type: AuthorType::User,
        author_id: Some(objects.owner.user_id),
        resolve_id: None,
        created_at: now,
        updated_at: now,
    };
    let id = thread.id.clone();
    world
        .write(move |tx| store::insert(tx, &org, &thread, &[]))
        .await;
    id
}

impl Room for Thread {
    fn home(&self, stem: &str) -> Option<Home> {
        place(stem).map(|_| Home::Hidden)
    }

    async fn made(&self, objects: &Objects<'_>, stem: &str) -> String {
        said(objects, place(stem).unwrap(), Label::Comment).await
    }

    async fn body(&self, objects: &Objects<'_>, operation: &str) -> Option<Value> {
        let [task, template] = PLACES;
        let resolution = async |place| {
            let issue = said(objects, place, Label::Problem).await;
            json!({"content": "It is gone", "thread_id": issue})
        };
        Some(match operation {
            "resolve_on_task" => resolution(task).await,
            "resolve_on_template" => resolution(template).await,
            "comment_on_task"
            | "bot_comment_on_task"
            | "report_on_task"
            | "edit_task_comment"
            | "comment_on_template"
            | "report_on_template"
            | "edit_template_comment" => {
                json!({"content": "Mind the other step"})
            }
            _ => return None,
        })
    }

    async fn foreign(&self, others: &Others<'_>, property: &str) -> Option<Vec<Value>> {
        if property != "thread_id" {
            return None;
        }
        let mut foreign = Vec::new();
        for place in PLACES {
            foreign.push(json!(said(others.canary, place, Label::Problem).await));
            foreign.push(json!(said(others.hidden, place, Label::Problem).await));
        }
        Some(foreign)
    }
}
