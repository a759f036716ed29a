//! Job titles: named places on template steps, filled when a process starts (contract: organization, section 5b). The API calls
//! them roles.

use serde::{Deserialize, Serialize};

use crate::lenient::{Object, Text};
use crate::patch::Patch;
use crate::time::Time;

/// Longest name, in characters.
pub const NAME_MAX: usize = 100;

/// A job title.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobTitle {
    /// 32 hex characters.
    pub id: String,
    /// Unique in the organisation.
    pub name: String,
    /// Always empty: a job title permits nothing by itself.
    pub permissions: Object,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

/// Body of `POST …/roles` and `PUT …/roles/{role_id}`.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JobTitleInput {
    /// At most 100 characters; required to make a job title.
    #[serde(default)]
    pub name: Patch<Text>,
}
