//! Steps of a template (contract: templates, sections 1.5 and 1.6).

use serde::{Deserialize, Serialize};

use crate::lenient::{Json, Object};
use crate::task::TaskType;
use crate::template::{Field, FieldInput};
use crate::time::Time;

/// A step: what becomes a task of each process.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Step {
    /// 32 hex characters; the same in every version.
    pub id: String,
    /// Its template.
    pub checklist_id: String,
    /// What is to be done; may hold `{{variables}}`.
    pub title: String,
    /// Readable name, made of the first title; never changes.
    pub alias: String,
    /// Instructions, or the text of a message, as HTML.
    pub summary: Option<String>,
    /// What kind of task it becomes.
    pub step_type: TaskType,
    /// From 1.
    pub position: i64,
    /// Members.
    pub assignees: Vec<i64>,
    /// Guests, by address.
    pub guests: Vec<String>,
    /// Groups.
    pub groups: Vec<String>,
    /// Job titles whose holders are named at launch.
    pub roles: Vec<String>,
    /// Whether that is asked at each launch.
    pub role_changes_every_time: bool,
    /// Whether whoever launches gets it when nobody else is assigned.
    pub assign_run_starter: bool,
    /// Whether guests may be assigned.
    pub allow_guest_owners: bool,
    /// Most members and guests; null for no limit.
    pub max_assignable: Option<i64>,
    /// Whether each assignee has to complete it.
    pub everyone_must_complete: bool,
    /// Whether only assignees may complete it.
    pub can_complete_only_assignees: bool,
    /// Whether guests may not comment.
    pub prevent_guest_comment: bool,
    /// Whether it may be left out at launch.
    pub skip_start_process: bool,
    /// Address that is told when it is completed, instead of the template's.
    pub webhook: Option<String>,
    /// When it is due.
    pub deadline: Option<StepDeadline>,
    /// When work on it should begin.
    pub start_date: Option<Offset>,
    /// Whether that is only a hint.
    pub is_soft_start_date: bool,
    /// A template that is launched when it is completed.
    pub bp_to_launch: Option<Launch>,
    /// Visible to assignees and administrators only.
    pub top_secret: bool,
    /// For messages: without the product's frame.
    pub send_chromeless: bool,
    /// Its milestone.
    pub stage_id: Option<String>,
    /// Its form fields.
    pub captures: Vec<Field>,
    /// Tags, with `with=tags`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Json>,
    /// Custom field values; null for the public.
    pub custom_fields: Option<Object>,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed.
    pub last_updated: Time,
    /// Always null: steps are deleted, not archived.
    pub archived_at: Option<Time>,
}

/// When a step is due. Words that are not known are kept and mean nothing at run time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StepDeadline {
    /// How many.
    pub value: i64,
    /// `minutes`, `hours`, `days`, `weeks` or `months`.
    pub unit: String,
    /// `from` (after the anchor) or `prior_to` (before it).
    pub option: String,
    /// `start_run`, or the step that it counts from; null is the launch.
    pub step: Option<String>,
}

/// A span of time in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Offset {
    /// How many.
    pub value: i64,
    /// Of what.
    pub unit: String,
}

/// A template that a step launches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Launch {
    /// The template.
    pub id: String,
    /// Name of the new process, with `{{variables}}`.
    pub default_name_format: Option<String>,
    /// Whether its tasks go into the same process instead.
    pub tasks_within_process: bool,
}

/// Body of `POST` and `PUT …/steps…`, and an entry of an imported template's `steps`; the names are those of [`Step`].
///
/// If one of `assignees`, `guests` and `groups` is sent, the three together are the whole assignment.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(
    missing_docs,
    reason = "the names are those of the Step object, which explains them"
)]
pub struct StepInput {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignees: Option<Vec<i64>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub guests: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groups: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_assignable: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<StepDeadline>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start_date: Option<Offset>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_soft_start_date: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bp_to_launch: Option<Launch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow_guest_owners: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip_start_process: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_complete_only_assignees: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub everyone_must_complete: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prevent_guest_comment: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role_changes_every_time: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assign_run_starter: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_secret: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub send_chromeless: Option<bool>,
    /// In an import only: the step's form fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub captures: Option<Vec<FieldInput>>,
}

/// Body of `PUT …/steps/{step}/reorder`.
#[derive(Debug, Clone, Default, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Position {
    /// From 1; beyond the end is the end. Required.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<i64>,
}

/// When a step would be due if the template were launched now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deadline {
    /// The step.
    pub step_id: String,
    /// The moment.
    pub deadline_time: Option<Time>,
    /// Whether it is an estimate: it hangs on the completion of another step, which is taken to be on time.
    pub provisional: bool,
}
