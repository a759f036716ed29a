//! Guests.

use serde_json::{Value, json};
use tallystick_server::guest::{code, store};
use tallystick_server::http::Refusal;
use tallystick_server::task::rules::Assignee;
use tallystick_wire::task::TaskStatus;

use super::{Home, Objects, Others, Room};
use crate::support::MARK;

pub struct Guest;

impl Room for Guest {
    fn home(&self, stem: &str) -> Option<Home> {
        matches!(
            stem,
            "/organizations/{org}/guests/{email}" | "/organizations/{org}/guests/{guest_code}"
        )
        .then_some(Home::Organisation)
    }

    async fn made(&self, objects: &Objects<'_>, stem: &str) -> String {
        let world = objects.world;
        let mark = if objects.org == world.canary_org {
            MARK
        } else {
            "plain"
        };
        let email = format!("{}.{mark}@supplier.example", objects.fresh());
        let (app, org, guest) = (world.app.clone(), objects.org.to_owned(), email.clone());
        let made = world.app.write(move |tx| {
            let id = store::ensure(tx, &org, &guest, app.clock.now())?;
            code::give(tx, &app, &org, std::slice::from_ref(&guest))?;
            Ok::<_, Refusal>(id)
        });
        let id = made.await.unwrap();
        if objects.org == world.org {
            // Light members know of guests that they work with. Nothing is left to do, so that the guest can go.
            let on_it = email.clone();
            let task = world.task(|task| {
                task.status = TaskStatus::Completed;
                task.guests.push(on_it);
                task.assignees.push(Assignee {
                    user_id: world.light.user_id,
                    completed_at: None,
                });
            });
            task.await;
        }
        if stem.ends_with("{email}") {
            return email;
        }
        // Any form will do; a value of theirs is stored under the number.
        id.to_string()
    }

    fn unknown(&self, stem: &str) -> String {
        let unknown = if stem.ends_with("{email}") {
            "nobody@nowhere.example"
        } else {
            "999999"
        };
        unknown.to_owned()
    }

    async fn body(&self, objects: &Objects<'_>, operation: &str) -> Option<Value> {
        (operation == "create_guest")
            .then(|| json!({"email": format!("{}@supplier.example", objects.fresh())}))
    }

    async fn foreign(&self, others: &Others<'_>, property: &str) -> Option<Vec<Value>> {
        let stranger = others.canary.owner.user_id;
        (property == "associated_members").then(|| vec![json!([stranger])])
    }
}
