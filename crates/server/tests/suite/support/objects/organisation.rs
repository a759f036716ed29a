//! Organisations and their members.

use serde_json::{Value, json};

use super::{Home, Objects, Others, Room};
use crate::support::MARK;

pub struct Organisation;

impl Room for Organisation {
    fn home(&self, stem: &str) -> Option<Home> {
        match stem {
            "/organizations/{org}"
            | "/applications/{org}"
            | "/public/organizations/{org}"
            | "/processes/micro-functions/organizations/{org}" => Some(Home::Everywhere),
            "/organizations/{org}/users/{user_id}" | "/applications/{org}/users/{email}" => {
                Some(Home::Everywhere)
            }
            _ => None,
        }
    }

    async fn made(&self, objects: &Objects<'_>, stem: &str) -> String {
        match stem {
            "/applications/{org}/users/{email}" if objects.org == objects.world.canary_org => {
                format!("{MARK}@canary.example")
            }
            "/applications/{org}/users/{email}" => "bruno@northwind.example".to_owned(),
            "/organizations/{org}/users/{user_id}" => objects.person.user_id.to_string(),
            _ => objects.org.to_owned(),
        }
    }

    fn unknown(&self, stem: &str) -> String {
        let value = match stem {
            "/applications/{org}/users/{email}" => "nobody@nowhere.example",
            "/organizations/{org}/users/{user_id}" => "999999",
            _ => "0123456789abcdef0123456789abcdef",
        };
        value.to_owned()
    }

    async fn body(&self, objects: &Objects<'_>, operation: &str) -> Option<Value> {
        let world = objects.world;
        let new = world.app.ids.object(world.app.clock.now());
        (operation == "provision_user").then(|| {
            json!({"first_name": "New", "last_name": "Comer", "email": format!("{new}@northwind.example")})
        })
    }

    async fn foreign(&self, others: &Others<'_>, property: &str) -> Option<Vec<Value>> {
        match property {
            "organization_id" => Some(vec![json!(others.canary.org)]),
            "override_user" => Some(vec![json!(others.canary.owner.user_id)]),
            _ => None,
        }
    }
}
