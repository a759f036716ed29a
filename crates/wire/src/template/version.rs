//! Versions of a template, how two of them differ, and what a check of one finds. All of it is our own: the contract names
//! a version number only.

use serde::{Deserialize, Serialize};

use crate::lenient::Json;
use crate::time::Time;

/// A version of a template.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Version {
    /// Its number, from 1.
    pub version: i64,
    /// Whether it is the one that is shown and edited.
    pub current: bool,
    /// Why it was kept: `published`, `launched`, `restored`; null while it is being edited.
    pub reason: Option<String>,
    /// Who had it kept.
    pub made_by: Option<i64>,
    /// When it was kept, or last edited.
    pub made_at: Time,
    /// The title it had.
    pub title: String,
    /// How many steps it had.
    pub steps_count: i64,
}

/// How one version of a template differs from another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Comparison {
    /// The earlier one.
    pub from: i64,
    /// The later one.
    pub to: i64,
    /// What changed, in the order of the later version; what was removed stands at the end of its kind.
    pub changes: Vec<Change>,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Change {
    /// `template`, `prerun`, `stage`, `step`, `capture` or `rule`.
    pub kind: String,
    /// Which one.
    pub id: String,
    /// What it is called.
    pub title: String,
    /// `added`, `removed`, `changed` or `moved`.
    pub change: String,
    /// For `changed`: which key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The earlier value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Json>,
    /// The later value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Json>,
}

/// What a check of a template found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Health {
    /// The template.
    pub checklist_id: String,
    /// The version that was checked.
    pub version: i64,
    /// Whether nothing worse than advice was found.
    pub healthy: bool,
    /// What was found, the worst first.
    pub findings: Vec<Finding>,
}

/// Something a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Finding {
    /// A word for programs.
    pub code: String,
    /// `error` (will not work), `warning` (probably not meant) or `advice`.
    pub severity: String,
    /// Where: `template`, `prerun`, `stage`, `step`, `capture` or `rule`.
    pub kind: String,
    /// Which one; null for the template itself.
    pub id: Option<String>,
    /// What it is called.
    pub title: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub advice: String,
}
