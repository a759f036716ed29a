//! Access tokens.

use serde_json::{Value, json};

use super::{Home, Objects, Room};
use crate::support::Grant;

pub struct Token;

impl Room for Token {
    fn home(&self, stem: &str) -> Option<Home> {
        match stem {
            "/me/tokens/{id}" => Some(Home::Person),
            "/organizations/{org}/tokens/{token}" => Some(Home::Everywhere),
            _ => None,
        }
    }

    async fn made(&self, objects: &Objects<'_>, _stem: &str) -> String {
        let spare = objects
            .world
            .token(objects.owner, "spare", Grant::default());
        let current = spare.await.get("/me/tokens/current").await;
        current.data()["id"].as_str().unwrap().to_owned()
    }

    async fn body(&self, _objects: &Objects<'_>, operation: &str) -> Option<Value> {
        (operation == "create_token").then(|| json!({"name": "laptop"}))
    }
}
