//! People with passwords.

use std::sync::OnceLock;

use serde_json::{Value, json};
use tallystick_server::ids::Ids;
use tallystick_server::member::password;
use tallystick_server::member::store::{NewUser, insert_membership, insert_user};
use tallystick_wire::member::Role;

use super::{Actor, Answer, NOW, World};

pub const PASSWORD: &str = "Correct7horse";

fn hash() -> String {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| password::hash(PASSWORD, &Ids::seeded(3)).unwrap())
        .clone()
}

/// Makes a standard member with [`PASSWORD`]; answers their number.
pub async fn member(world: &World, email: &str) -> i64 {
    let (org, email, hash) = (world.org.clone(), email.to_owned(), hash());
    let made = world.write(move |tx| {
        let new = NewUser {
            email: &email,
            first_name: "Mira",
            last_name: "Okafor",
            timezone: Some("UTC"),
            password_hash: Some(&hash),
        };
        let id = insert_user(tx, &new, NOW)?;
        insert_membership(tx, &org, id, Role::Standard, false, NOW)?;
        Ok(id)
    });
    made.await
}

pub async fn login(world: &World, email: &str, password: &str) -> Answer {
    let body = json!({"email": email, "password": password});
    world.stranger.post("/auth/login", body).await
}

/// Somebody with the token of a sign-in.
pub async fn signed_in(world: &World, email: &str, password: &str) -> Actor {
    let answer = login(world, email, password).await.expect(200);
    let mut actor = world
        .stranger
        .with_token("signed in", text(&answer, "/data/token/access_token"));
    actor.user_id = answer.json["data"]["id"].as_i64().unwrap();
    actor
}

#[track_caller]
pub fn text<'a>(answer: &'a Answer, pointer: &str) -> &'a str {
    answer
        .json
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("{} has no {pointer}: {}", answer.what, answer.text))
}
