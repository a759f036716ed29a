//! Snippets: text that templates share by reference (contract: templates, section 11).

use serde::{Deserialize, Serialize};

use crate::lenient::{Flag, Text};
use crate::patch::Patch;
use crate::time::Time;

/// Longest title, in characters.
pub const TITLE_MAX: usize = 200;
/// Longest content, in characters.
pub const CONTENT_MAX: usize = 100_000;

/// A snippet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Snippet {
    /// 32 hex characters.
    pub id: String,
    /// What it is found by.
    pub title: String,
    /// HTML, cleaned when it was stored.
    pub content: String,
    /// Whether it is shown in public templates.
    pub is_public: bool,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
    /// The same under its other name.
    pub last_updated: Time,
}

/// Body of `POST …/text-templates` and `PUT …/text-templates/{snippet}`.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SnippetInput {
    /// At most 200 characters; required to make a snippet.
    #[serde(default)]
    pub title: Patch<Text>,
    /// HTML of at most 100,000 characters. Scripts, styles and what else does not belong into a text are taken out.
    #[serde(default)]
    pub content: Patch<Text>,
    /// Whether it is shown in public templates; false unless sent.
    #[serde(default)]
    pub is_public: Patch<Flag>,
}
