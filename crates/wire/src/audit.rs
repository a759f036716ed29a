//! Events of the record of credentials and accounts (contract: organization, section 10.4).

use serde::{Deserialize, Serialize};

use crate::lenient::Object;
use crate::time::Time;

/// One event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEvent {
    /// 32 hex characters; ids sort by time.
    pub id: String,
    /// What happened, such as `login_failed` or `token_created`.
    pub event: String,
    /// `info`, or `warning` for what should be looked at.
    pub severity: String,
    /// Who did it, as far as that is known.
    pub actor_id: Option<i64>,
    /// Whom it concerns.
    pub user_id: Option<i64>,
    /// Through which application.
    pub client_id: Option<String>,
    /// The id of the credential it was done with or to.
    pub credential_id: Option<String>,
    /// From which address.
    pub ip: Option<String>,
    /// What the client calls itself.
    pub agent: Option<String>,
    /// What else is known; never a secret.
    pub details: Object,
    /// When.
    pub created_at: Time,
}
