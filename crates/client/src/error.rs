//! What can go wrong with a call, in kinds that a program can act on.

use thiserror::Error;

use crate::wire::ErrorBody;

/// Why a call brought no answer, or not the one hoped for.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// The server understood and refused. Decide by `status` and `body.code`; show `body.message`.
    #[error("HTTP {status} {}: {}", body.code, body.message)]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What the server says about it.
        body: ErrorBody,
    },
    /// There was no answer: no connection, a broken one, or none in time.
    #[error("cannot reach the server at {host}: {reason}")]
    Unreachable {
        /// Where it was looked for.
        host: String,
        /// What happened.
        reason: String,
    },
    /// There was an answer, but not one of this API: a proxy's page, a redirect, another shape.
    #[error("the answer (HTTP {status}) cannot be read: {reason}")]
    Unreadable {
        /// The HTTP status.
        status: u16,
        /// What does not fit.
        reason: String,
    },
    /// The call cannot be made at all: an address, token or id that cannot be sent.
    #[error("{0}")]
    Unsendable(String),
}

impl Error {
    /// The HTTP status, where there was an answer.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { status, .. } | Self::Unreadable { status, .. } => Some(*status),
            Self::Unreachable { .. } | Self::Unsendable(_) => None,
        }
    }

    /// The server's word for why it refused, such as `RESOURCE_NOT_FOUND`.
    #[must_use]
    pub const fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { body, .. } => Some(body.code.as_str()),
            _ => None,
        }
    }
}
