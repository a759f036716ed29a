//! Guests: people known by address only, who work through a link. So far they can be named as assignees.

pub mod store;
