//! The body of every refused request (contract: auth, section 10.1).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `{"error": true, "message": …, "code": …, "errors": {…}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    /// Always true.
    pub error: bool,
    /// A sentence for people; never empty, never internals.
    pub message: String,
    /// A word for programs, in capitals.
    pub code: String,
    /// What is wrong with which field, keyed by dotted path; only where a field can be named.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub errors: BTreeMap<String, Vec<String>>,
}
