//! One-off tasks.

use serde_json::{Value, json};
use tallystick_server::task::rules::Assignee;

use super::{Home, Objects, Others, Room};

pub struct Task;

/// Where a task is made for a body that names one.
const TASK: &str = "/organizations/{org}/tasks/{task}";

impl Room for Task {
    fn home(&self, stem: &str) -> Option<Home> {
        matches!(stem, TASK | "/organizations/{org}/completed-tasks/{task}").then_some(Home::Hidden)
    }

    async fn made(&self, objects: &Objects<'_>, _stem: &str) -> String {
        let world = objects.world;
        if objects.org == world.canary_org {
            return world.canary_task.clone();
        }
        // Who is no member here can have no task here.
        let owner = if objects.owner.user_id == world.canary.user_id {
            &world.admin
        } else {
            objects.owner
        };
        let assignee = Assignee {
            user_id: owner.user_id,
            completed_at: None,
        };
        let made = world.task_in(objects.org, owner.user_id, |task| {
            task.top_secret = objects.hidden;
            task.assignees.push(assignee);
        });
        made.await
    }

    async fn body(&self, objects: &Objects<'_>, operation: &str) -> Option<Value> {
        match operation {
            "create_task" => Some(json!({"title": "Water the plants"})),
            "complete_task" => Some(json!({"task_id": objects.at(TASK).await})),
            _ => None,
        }
    }

    async fn foreign(&self, others: &Others<'_>, property: &str) -> Option<Vec<Value>> {
        let stranger = others.canary.owner.user_id;
        let task = others.canary.at(TASK).await;
        match property {
            "task_id" => Some(vec![json!(task), json!(others.hidden.at(TASK).await)]),
            "run_id" => Some(vec![json!(task)]),
            "owners" | "assignees" => Some(vec![
                json!({"users": [stranger]}),
                json!({"users": [others.canary.world.standard.user_id, stranger.to_string()]}),
                json!({"groups": [task]}),
            ]),
            "tags" => Some(vec![json!([task])]),
            _ => None,
        }
    }
}
