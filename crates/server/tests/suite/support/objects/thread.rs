//! Comments and issues.

use serde_json::{Value, json};
use tallystick_server::thread::Subject;
use tallystick_server::thread::store::{self, Thread as Stored};
use tallystick_wire::thread::{AuthorType, Label, State};

use super::{Home, Objects, Others, Room};
use crate::support::MARK;

pub struct Thread;

const TASK: &str = "/organizations/{org}/tasks/{task}";
const COMMENT: &str = "/organizations/{org}/tasks/{task}/comment/{comment}";

/// Something that the owner said about the task.
async fn said(objects: &Objects<'_>, label: Label) -> String {
    let (world, org) = (objects.world, objects.org.to_owned());
    let now = world.app.clock.now();
    let secret = objects.org == world.canary_org;
    let thread = Stored {
        id: world.app.ids.object(now),
        subject: Subject::Task,
        subject_id: objects.at(TASK).await,
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
        (stem == COMMENT).then_some(Home::Hidden)
    }

    async fn made(&self, objects: &Objects<'_>, _stem: &str) -> String {
        said(objects, Label::Comment).await
    }

    async fn body(&self, objects: &Objects<'_>, operation: &str) -> Option<Value> {
        match operation {
            "comment_on_task" | "bot_comment_on_task" | "report_on_task" | "edit_task_comment" => {
                Some(json!({"content": "Mind the other step"}))
            }
            "resolve_on_task" => Some(json!({
                "content": "It is gone", "thread_id": said(objects, Label::Problem).await,
            })),
            _ => None,
        }
    }

    async fn foreign(&self, others: &Others<'_>, property: &str) -> Option<Vec<Value>> {
        if property != "thread_id" {
            return None;
        }
        let canary = said(others.canary, Label::Problem).await;
        Some(vec![
            json!(canary),
            json!(said(others.hidden, Label::Problem).await),
        ])
    }
}
