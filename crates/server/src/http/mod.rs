//! The doors that every room shares: who is calling, what they may do, what they sent, what they get.
//!
//! A room writes handlers on [`call::Call`] and lists them as [`endpoint::Endpoint`]s; everything
//! between the socket and the handler happens here, in the order of `pipeline.rs`.

pub mod access;
pub mod body;
pub mod call;
pub mod caller;
pub mod cors;
pub mod endpoint;
pub mod error;
pub mod fields;
pub mod idempotency;
pub mod input;
pub mod limits;
pub mod openapi;
pub mod outer;
pub mod page;
pub mod pipeline;
pub mod query;
pub mod quirks;
pub mod reference;
pub mod reply;
pub mod request;

pub use call::{Answer, Call};
pub use caller::{Application, Member, User};
pub use error::{Problems, Refusal};
pub use reply::Reply;
