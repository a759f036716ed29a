//! Custom fields: keys that an organisation defines, and their values on its records (contract: organization, section 7).

use serde::{Deserialize, Serialize};

use crate::lenient::{Flag, Json, Object, Text};
use crate::patch::Patch;
use crate::time::Time;

/// The kinds of value.
pub const FIELD_TYPES: [&str; 11] = [
    "text",
    "textarea",
    "number",
    "boolean",
    "date",
    "email",
    "url",
    "radio",
    "dropdown",
    "multiselect",
    "table",
];

/// What a custom field can be on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is the record of its name")]
pub enum Record {
    Process,
    Task,
    Member,
    Guest,
    Folder,
    Tag,
    Template,
    Step,
    FormField,
    KickoffField,
}

impl Record {
    /// Every record, with its word on the wire and the word that the API uses elsewhere.
    pub const WORDS: [(Self, &'static str, &'static str); 10] = [
        (Self::Process, "process", "run"),
        (Self::Task, "task", "task"),
        (Self::Member, "member", "user"),
        (Self::Guest, "guest", "guest"),
        (Self::Folder, "folder", "folder"),
        (Self::Tag, "tag", "tag"),
        (Self::Template, "template", "checklist"),
        (Self::Step, "step", "step"),
        (Self::FormField, "form_field", "capture"),
        (Self::KickoffField, "kickoff_field", "prerun"),
    ];

    /// The word on the wire and in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(record, ..)| *record == self)
            .map_or("process", |(_, word, _)| word)
    }

    /// Reads either word.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        Self::WORDS
            .iter()
            .find(|(_, ours, theirs)| *ours == word || *theirs == word)
            .map(|(record, ..)| *record)
    }
}

/// A key that an organisation defined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomFieldKey {
    /// Number of the key.
    pub id: i64,
    /// The name in `custom_fields`; unique among the keys for the same kind of record.
    pub key: String,
    /// What it is for.
    pub applies_to: Record,
    /// What its values are.
    pub field_type: String,
    /// `org`, or `system` for keys that only the server writes.
    pub key_type: String,
    /// Whether a replacement of all values has to hold it.
    pub is_required: bool,
    /// Whether it is shown and can be written.
    pub is_active: bool,
    /// What can be chosen, where something is.
    pub options: Vec<Json>,
    /// The columns of a table.
    pub columns: Vec<Json>,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

/// Body of `POST …/custom-field-keys` and `PUT …/custom-field-keys/{id}`. A key keeps its name, record and type.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomFieldKeyInput {
    /// Letters, digits, `_`, `-` and `.`; required to make a key.
    #[serde(default)]
    pub key: Patch<Text>,
    /// Required to make a key.
    #[serde(default)]
    pub applies_to: Patch<Text>,
    /// Required to make a key.
    #[serde(default)]
    pub field_type: Patch<Text>,
    /// Whether a replacement of all values has to hold it; false unless sent.
    #[serde(default)]
    pub is_required: Patch<Flag>,
    /// Whether it is shown and can be written; true unless sent.
    #[serde(default)]
    pub is_active: Patch<Flag>,
    /// What can be chosen: required for `radio`, `dropdown` and `multiselect`.
    #[serde(default)]
    pub options: Patch<Vec<Json>>,
    /// The columns: required for `table`.
    #[serde(default)]
    pub columns: Patch<Vec<Json>>,
}

/// The values of one record.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomFields {
    /// Values as they were sent, by key.
    pub custom_fields: Object,
}

/// Body of `PUT …/custom-fields`: all values of the organisation's keys.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomFieldsInput {
    /// Values by key; a key that is missing loses its value.
    #[serde(default)]
    pub custom_fields: Patch<Object>,
}

/// Body of `PATCH …/custom-fields/{key}`.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CustomFieldInput {
    /// The value; null takes it away.
    #[serde(default)]
    pub value: Patch<Json>,
}
