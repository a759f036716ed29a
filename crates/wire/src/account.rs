//! Signing in, passwords, sessions (contract: auth, section 8).

use serde::{Deserialize, Serialize};

use crate::time::Time;

/// A browser that is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionInfo {
    /// 32 hex characters.
    pub id: String,
    /// The address it was last seen at.
    pub ip: String,
    /// What the browser calls itself.
    pub agent: Option<String>,
    /// When it signed in.
    pub created_at: Time,
    /// When it was last seen, to the minute.
    pub last_seen_at: Time,
    /// When it has to sign in again, unless it is used before.
    pub expires_at: Time,
}
