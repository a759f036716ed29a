//! Tags, and what they are attached to (contract: organization, section 4; templates, section 1.7).

use serde::{Deserialize, Serialize};

use crate::include::Item;
use crate::lenient::{Object, Text};
use crate::patch::Patch;
use crate::time::Time;

/// Longest title, in characters.
pub const TITLE_MAX: usize = 30;

/// What can carry a tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SubjectType {
    /// A template.
    Checklist,
    /// A process.
    Run,
    /// A step of a template.
    Step,
    /// A task.
    Task,
}

impl SubjectType {
    /// Every type.
    pub const ALL: [Self; 4] = [Self::Checklist, Self::Run, Self::Step, Self::Task];

    /// The word on the wire and in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Checklist => "Checklist",
            Self::Run => "Run",
            Self::Step => "Step",
            Self::Task => "Task",
        }
    }

    /// Reads the word, in any letter case.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|subject| subject.word().eq_ignore_ascii_case(word))
    }
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tag {
    /// 32 hex characters.
    pub id: String,
    /// Unique in the organisation.
    pub title: String,
    /// `#rrggbb`.
    pub color: Option<String>,
    /// Always `private`: a tag of the organisation.
    pub r#type: String,
    /// Whether the system made it.
    pub auto_generated: bool,
    /// When it was made.
    pub created_at: Time,
    /// Always null: a deleted tag is gone.
    pub deleted_at: Option<Time>,
    /// Only with `with=statistics`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statistics: Option<Item<TagStatistics>>,
    /// Custom field values.
    pub custom_fields: Option<Object>,
}

/// How often a tag is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TagStatistics {
    /// Templates in use.
    pub active_template: i64,
    /// Archived templates.
    pub archived_template: i64,
    /// Processes that run.
    pub active_process: i64,
    /// Archived processes.
    pub archived_process: i64,
}

/// A tag on something. `id` is the number to detach it by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TagLink {
    /// Number of the association.
    pub id: i64,
    /// The tag.
    pub tag_id: String,
    /// The tag's title.
    pub title: String,
    /// The tag's colour.
    pub color: Option<String>,
    /// Always `private`.
    pub r#type: String,
    /// What carries it.
    pub subject_id: String,
    /// What kind of thing that is.
    pub subject_type: SubjectType,
    /// Whether the system made the tag.
    pub auto_generated: bool,
    /// When it was attached.
    pub created_at: Time,
    /// Always null.
    pub deleted_at: Option<Time>,
}

/// Body of `POST …/tags` and `PUT …/tags/{tag_id}`.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TagInput {
    /// At most 30 characters; required to make a tag.
    #[serde(default)]
    pub title: Patch<Text>,
    /// `#rrggbb`.
    #[serde(default)]
    pub color: Patch<Text>,
}

/// Body of `POST …/checklists/tags`.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TagLinkInput {
    /// What gets the tag; required.
    #[serde(default)]
    pub subject_id: Patch<Text>,
    /// `Checklist`, `Step`, `Run` or `Task`; required.
    #[serde(default)]
    pub subject_type: Patch<Text>,
    /// The tag; required.
    #[serde(default)]
    pub tag_id: Patch<Text>,
    /// `private`, which is the default: there are no public tags here.
    #[serde(default)]
    pub tag_type: Patch<Text>,
}
