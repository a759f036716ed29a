//! Form fields, of a step (capture) and of the kick-off form (prerun): one definition (contract: templates, sections 1.2 to 1.4).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::lenient::{Json, Object};
use crate::time::Time;

/// What a field asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum FieldType {
    /// A line.
    Text,
    /// Text of any length.
    Textarea,
    /// One of a few, all of them shown.
    Radio,
    /// One of many.
    Dropdown,
    /// Any number of them.
    Multiselect,
    /// A day, or a moment.
    Date,
    /// An address.
    Email,
    /// Files or links.
    File,
    /// A row of cells.
    Table,
    /// People.
    AssigneesForm,
}

impl FieldType {
    /// Every type, with its word on the wire.
    pub const WORDS: [(Self, &'static str); 10] = [
        (Self::Text, "text"),
        (Self::Textarea, "textarea"),
        (Self::Radio, "radio"),
        (Self::Dropdown, "dropdown"),
        (Self::Multiselect, "multiselect"),
        (Self::Date, "date"),
        (Self::Email, "email"),
        (Self::File, "file"),
        (Self::Table, "table"),
        (Self::AssigneesForm, "assignees_form"),
    ];

    /// The word on the wire.
    #[must_use]
    pub fn word(self) -> &'static str {
        let found = Self::WORDS.iter().find(|(kind, _)| *kind == self);
        found.map_or("text", |(_, word)| word)
    }

    /// Reads the word.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        let found = Self::WORDS.iter().find(|(_, known)| *known == word);
        found.map(|(kind, _)| *kind)
    }

    /// Whether it offers options.
    #[must_use]
    pub const fn has_options(self) -> bool {
        matches!(self, Self::Radio | Self::Dropdown | Self::Multiselect)
    }
}

/// An option of a field. Answers name it by number **and** text, so neither is ever changed by the server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Choice {
    /// Unique within the field.
    pub id: i64,
    /// What is shown.
    pub text: String,
    /// Whatever the client keeps here.
    #[serde(default)]
    pub value: Json,
    /// Other keys that a client sent, given back as they came.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// A column of a table field; their order is that of the cells.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Column {
    /// Unique within the field.
    pub id: i64,
    /// Its heading.
    pub label: String,
    /// Other keys that a client sent, given back as they came.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// A form field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Field {
    /// 32 hex characters; the key of its answers, the same in every version.
    pub id: String,
    /// The template, for a field of the kick-off form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub checklist_id: Option<String>,
    /// The step, for a field of a step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_id: Option<String>,
    /// Name in `{{variables}}`; never changes.
    pub alias: String,
    /// The question.
    pub label: String,
    /// What it asks for.
    pub field_type: FieldType,
    /// Help, as HTML.
    pub guidance: Option<String>,
    /// From 1; several fields may share one.
    pub position: i64,
    /// Whether it has to be answered.
    pub required: bool,
    /// What can be chosen; empty for other types.
    pub options: Vec<Choice>,
    /// The columns; empty for other types.
    pub columns: Vec<Column>,
    /// Checks of the answer, such as `numeric` or `max:40`.
    pub field_validation: Vec<String>,
    /// For long text: whether it is rich.
    pub use_wysiwyg_editor: bool,
    /// For a date: whether it has a time.
    pub collect_time: bool,
    /// Whether `default_value` is filled in.
    pub default_value_enabled: bool,
    /// Content to begin with, with `{{variables}}` for texts.
    pub default_value: Json,
    /// Shown before the answer.
    pub prefix: Option<String>,
    /// Shown after it.
    pub suffix: Option<String>,
    /// Whatever the client keeps here, such as `must_all_checked`.
    pub settings: Json,
    /// Reference to a list of the organisation that supplies the options.
    pub list: Json,
    /// Custom field values; null for the public.
    pub custom_fields: Option<Object>,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed.
    pub last_updated: Time,
    /// Always null: fields are deleted, not archived.
    pub archived_at: Option<Time>,
}

/// Body of `POST` and `PUT …/captures…`, and an entry of a template's `prerun`. `label`, `field_type` and `required` are
/// required for a new field; the names are those of [`Field`].
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(
    missing_docs,
    reason = "the names are those of the Field object, which explains them"
)]
pub struct FieldInput {
    /// In `prerun` only: the field that is changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub required: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guidance: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub options: Option<Vec<Choice>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub columns: Option<Vec<Column>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field_validation: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_wysiwyg_editor: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collect_time: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_value_enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_value: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settings: Option<Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<Json>,
}

/// Body of `PUT …/captures`: moves one field within its step.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldOrder {
    /// The field; required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capture_id: Option<String>,
    /// From 1; required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<i64>,
}

/// Body of `PUT …/captures/{capture}/move-out`: moves a field to another step of the same template.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MoveOut {
    /// The step it goes to; required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_step_id: Option<String>,
    /// From 1; required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<i64>,
}

/// Every form field of a template, as one object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FormFields {
    /// The template.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The fields of its steps, with `step_title` and `step_name`.
    pub form_fields: Vec<Object>,
    /// The fields of its kick-off form.
    pub ko_form_fields: Vec<Object>,
}
