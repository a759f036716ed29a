//! Browsers that are signed in.

use tallystick_server::account::session;

use super::{Home, Objects, Room};
use crate::account::session_of;

pub struct Account;

impl Room for Account {
    fn home(&self, stem: &str) -> Option<Home> {
        (stem == "/me/sessions/{session}").then_some(Home::Person)
    }

    async fn made(&self, objects: &Objects<'_>, _stem: &str) -> String {
        let world = objects.world;
        let (user, now) = (objects.owner.user_id, world.app.clock.now());
        session_of(world, user).await;
        let listed = world.write(move |tx| session::list(tx, user, now)).await;
        listed[0].id.clone()
    }
}
