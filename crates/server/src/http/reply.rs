//! What a handler answers.

use http::StatusCode;
use serde::Serialize;
use tallystick_wire::Item;

use crate::http::error::{Reason, Refusal};

/// A finished answer, its body already written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// 200, 201 or 204.
    pub status: StatusCode,
    /// JSON, or nothing.
    pub body: Vec<u8>,
    /// True when the body holds a secret that is shown once: such an answer is never stored for a repetition.
    pub secret: bool,
    /// True when this is the stored answer to an earlier request with the same `Idempotency-Key`.
    pub replayed: bool,
}

impl Reply {
    /// 200 with this as the whole body.
    pub fn whole<T: Serialize>(body: &T) -> Result<Self, Refusal> {
        Self::with(StatusCode::OK, body)
    }

    /// 200 with `{"data": …}`.
    pub fn data<T: Serialize>(data: T) -> Result<Self, Refusal> {
        Self::with(StatusCode::OK, &Item { data })
    }

    /// 201 with `{"data": …}`.
    pub fn created<T: Serialize>(data: T) -> Result<Self, Refusal> {
        Self::with(StatusCode::CREATED, &Item { data })
    }

    /// 201 with this as the whole body.
    pub fn created_whole<T: Serialize>(body: &T) -> Result<Self, Refusal> {
        Self::with(StatusCode::CREATED, body)
    }

    /// 204.
    #[must_use]
    pub const fn nothing() -> Self {
        Self {
            status: StatusCode::NO_CONTENT,
            body: Vec::new(),
            secret: false,
            replayed: false,
        }
    }

    /// Marks an answer that holds a secret.
    #[must_use]
    pub fn holding_a_secret(self) -> Self {
        Self {
            secret: true,
            ..self
        }
    }

    fn with<T: Serialize>(status: StatusCode, body: &T) -> Result<Self, Refusal> {
        let mut bytes = Vec::with_capacity(4096);
        serde_json::to_writer(&mut bytes, body).map_err(|error| {
            Refusal::from(Reason::Db(tallystick_db::DbError::Other(error.to_string())))
        })?;
        Ok(Self {
            status,
            body: bytes,
            secret: false,
            replayed: false,
        })
    }
}
