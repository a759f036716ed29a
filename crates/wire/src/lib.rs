//! What travels between a Tallyfy-compatible client and server.
//!
//! Shapes only: no I/O, no rules. Server, client and command line share them, so they cannot
//! disagree. One module per concept; the same word names the room in the server.

pub mod account;
pub mod activity;
pub mod application;
pub mod audit;
pub mod custom_field;
pub mod error;
pub mod folder;
pub mod group;
pub mod guest;
pub mod include;
pub mod lenient;
pub mod member;
pub mod oauth;
#[cfg(feature = "openapi")]
mod openapi;
pub mod organisation;
pub mod page;
pub mod patch;
pub mod search;
pub mod tag;
pub mod task;
pub mod template;
pub mod thread;
pub mod time;
pub mod token;

pub use error::ErrorBody;
pub use include::{Collection, Item};
pub use page::{Page, Pagination};
pub use patch::Patch;
pub use time::Time;
