//! Folders, and what lies in them.

use serde_json::{Value, json};
use tallystick_server::folder::{rules, store};
use tallystick_server::instance;
use tallystick_wire::folder::FolderType;
use tallystick_wire::tag::SubjectType;

use super::{Home, Objects, Others, Room};

pub struct Folder;

const FOLDER: &str = "/organizations/{org}/folders/{folder_id}";
const LINK: &str = "/organizations/{org}/folders-objects/{relation}";
const TASK: &str = "/organizations/{org}/tasks/{task}";

impl Room for Folder {
    fn home(&self, stem: &str) -> Option<Home> {
        match stem {
            FOLDER => Some(Home::Organisation),
            LINK => Some(Home::Hidden),
            _ => None,
        }
    }

    async fn made(&self, objects: &Objects<'_>, stem: &str) -> String {
        let now = objects.world.app.clock.now();
        let org = objects.org.to_owned();
        if stem == LINK {
            let (folder, task) = (objects.at(FOLDER).await, objects.at(TASK).await);
            let first = objects.first_number();
            let put = objects.world.write(move |tx| {
                instance::next_number(tx, &org, "folder_links", first)?;
                store::put(tx, &org, &folder, SubjectType::Task, &task, now)
            });
            return put.await.id.to_string();
        }
        let id = objects.world.app.ids.object(now);
        let folder = rules::Folder {
            id: id.clone(),
            name: objects.label(&id),
            parent_id: None,
            parent: None,
            position: 1,
            folder_type: FolderType::Run,
            total: 0,
            created_at: now,
            updated_at: now,
        };
        let stored = objects
            .world
            .write(move |tx| store::insert(tx, &org, &folder));
        stored.await;
        id
    }

    fn unknown(&self, stem: &str) -> String {
        let unknown = if stem == LINK {
            "999999"
        } else {
            "0123456789abcdef0123456789abcdef"
        };
        unknown.to_owned()
    }

    async fn body(&self, objects: &Objects<'_>, operation: &str) -> Option<Value> {
        match operation {
            "create_folder" => Some(json!({"name": objects.fresh()})),
            "add_to_folder" => Some(json!({
                "folder_id": objects.at(FOLDER).await, "subject_id": objects.at(TASK).await, "subject_type": "Task",
            })),
            _ => None,
        }
    }

    async fn foreign(&self, others: &Others<'_>, property: &str) -> Option<Vec<Value>> {
        match property {
            "folder_id" | "parent_id" => Some(vec![json!(others.canary.at(FOLDER).await)]),
            "subject_id" => Some(vec![
                json!(others.canary.at(TASK).await),
                json!(others.hidden.at(TASK).await),
            ]),
            _ => None,
        }
    }
}
