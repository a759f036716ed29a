//! Applications, and what people allowed them.

use serde_json::{Value, json};
use tallystick_server::oauth::GrantType;

use super::{Home, Objects, Room};

pub struct Application;

impl Room for Application {
    fn home(&self, stem: &str) -> Option<Home> {
        match stem {
            "/organizations/{org}/oauth-clients/{client}" => Some(Home::Organisation),
            "/me/authorizations/{authorization}" => Some(Home::Person),
            _ => None,
        }
    }

    async fn made(&self, objects: &Objects<'_>, stem: &str) -> String {
        let world = objects.world;
        if stem.ends_with("{authorization}") {
            return world.authorization(objects.owner).await;
        }
        let grants = [GrantType::ClientCredentials];
        world.client(objects.org, &grants).await.0
    }

    fn unknown(&self, stem: &str) -> String {
        if stem.ends_with("{client}") {
            return "999999".to_owned();
        }
        "0123456789abcdef0123456789abcdef".to_owned()
    }

    async fn body(&self, _objects: &Objects<'_>, operation: &str) -> Option<Value> {
        (operation == "create_oauth_client").then(|| json!({"name": "laptop"}))
    }
}
