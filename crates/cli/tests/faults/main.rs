//! What must hold when the ground gives way: a killed process, a disk that fails, fills up or turns read-only, no
//! descriptors left, the wrong disk.
//!
//! After every fault the same questions are asked, by [`oracle`]: is each acknowledged write there, once, as it was
//! acknowledged; is each unanswered one whole or absent; does repeating it under its `Idempotency-Key` act once; is the
//! database sound.
//!
//! Some faults are made with strace or a mount of their own, which takes root. Where that is missing the test fails.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a helper may panic as the test itself may"
)]

#[allow(dead_code, reason = "shared with the tests of the life cycle")]
#[path = "../lifecycle/machine.rs"]
mod machine;
#[allow(dead_code, reason = "shared with the tests of the life cycle")]
#[path = "../lifecycle/server.rs"]
mod server;

mod descriptors;
mod flush;
mod killed;
mod load;
mod oracle;
mod storage;
mod tools;
mod wrong_disk;
