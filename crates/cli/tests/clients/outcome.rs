//! How a test ends: with a sentence for whoever reads the report, not with a quoted debug form of it.

use std::fmt;

/// What every test and helper answers.
pub type Outcome<T = ()> = Result<T, Failure>;

/// Why the test failed.
pub struct Failure(String);

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<M: fmt::Display> From<M> for Failure {
    fn from(message: M) -> Self {
        Self(message.to_string())
    }
}

/// Fails with the message unless the condition holds.
pub fn expect<M: Into<Failure>>(condition: bool, message: impl FnOnce() -> M) -> Outcome {
    if condition {
        Ok(())
    } else {
        Err(message().into())
    }
}
