//! The executable from the outside: what its commands say, how it starts, how it ends.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a helper may panic as the test itself may"
)]

mod administration;
mod demo;
mod machine;
mod server;
mod settings;
mod stopping;
