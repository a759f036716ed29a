//! Tasks: the Task object, its owners, and what may be sent to make or change one (contract: runtime, sections 2 to 6).

use serde::{Deserialize, Serialize};

use crate::include::{Collection, Item};
use crate::lenient::{Flag, Int, Json, Object, Text};
use crate::page::{Page, Pagination};
use crate::patch::Patch;
use crate::thread::Comment;
use crate::time::Time;

/// Longest title, in characters.
pub const TITLE_MAX: usize = 600;

/// What kind of work a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TaskType {
    /// Something to do.
    Task,
    /// Something to approve or reject.
    Approval,
    /// Something to acknowledge before its deadline.
    Expiring,
    /// A message that somebody sends.
    Email,
    /// A message that sends itself at the deadline.
    ExpiringEmail,
}

impl TaskType {
    /// Every type, with its word on the wire.
    pub const WORDS: [(Self, &'static str); 5] = [
        (Self::Task, "task"),
        (Self::Approval, "approval"),
        (Self::Expiring, "expiring"),
        (Self::Email, "email"),
        (Self::ExpiringEmail, "expiring_email"),
    ];

    /// The word on the wire and in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(kind, _)| *kind == self)
            .map_or("task", |(_, word)| word)
    }

    /// Reads the word; two older spellings are understood.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        match word {
            "standard" => Some(Self::Task),
            "accept_decline" => Some(Self::Approval),
            _ => Self::WORDS
                .iter()
                .find(|(_, known)| *known == word)
                .map(|(kind, _)| *kind),
        }
    }
}

/// Where a task stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "kebab-case")]
pub enum TaskStatus {
    /// Nobody has touched it.
    NotStarted,
    /// Somebody has.
    InProgress,
    /// Done, whichever way.
    Completed,
    /// Hidden by a rule or by hand.
    AutoSkipped,
}

impl TaskStatus {
    /// Every status, with its word on the wire.
    pub const WORDS: [(Self, &'static str); 4] = [
        (Self::NotStarted, "not-started"),
        (Self::InProgress, "in-progress"),
        (Self::Completed, "completed"),
        (Self::AutoSkipped, "auto-skipped"),
    ];

    /// The word on the wire and in the database.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS
            .iter()
            .find(|(status, _)| *status == self)
            .map_or("not-started", |(_, word)| word)
    }

    /// Reads the word.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        if word == "skipped" {
            return Some(Self::AutoSkipped);
        }
        Self::WORDS
            .iter()
            .find(|(_, known)| *known == word)
            .map(|(status, _)| *status)
    }
}

/// Who a task is assigned to. All four lists are always there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Owners {
    /// Members, by number.
    pub users: Vec<i64>,
    /// Guests, by address.
    pub guests: Vec<String>,
    /// Groups, by id.
    pub groups: Vec<String>,
    /// Links for the task's guests, to members only.
    #[serde(rename = "taskUrls")]
    pub task_urls: Vec<String>,
}

/// A task, of a process or on its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Task {
    /// 32 hex characters.
    pub id: String,
    /// Running number within the organisation, for people.
    pub increment_id: i64,
    /// What is to be done.
    pub title: String,
    /// The title before variables were filled in.
    pub original_title: String,
    /// The same as `title`, as older clients read it.
    pub name: String,
    /// Description; in lists only with `with=summary`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Option<String>>,
    /// The description before variables were filled in; there when `summary` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub original_summary: Option<Option<String>>,
    /// The same as `summary`, as older clients read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Option<String>>,
    /// The process it belongs to.
    pub run_id: Option<String>,
    /// The template that process came from.
    pub checklist_id: Option<String>,
    /// The step it came from.
    pub step_id: Option<String>,
    /// A step it is tied to.
    pub linked_step_id: Option<String>,
    /// The step's readable name.
    pub alias: Option<String>,
    /// Answers, keyed by form field.
    pub taskdata: Object,
    /// Who it is assigned to.
    pub owners: Owners,
    /// Whether the caller may complete it now.
    pub is_completable: bool,
    /// Where it stands.
    pub status: TaskStatus,
    /// The same for display.
    pub status_label: String,
    /// What kind of work it is.
    pub task_type: TaskType,
    /// The decision of an approval; null until there is one.
    pub is_approved: Option<bool>,
    /// Order among its neighbours, from 1.
    pub position: i64,
    /// Order of its step in the template.
    pub blueprint_position: Option<i64>,
    /// When work may begin.
    pub started_at: Option<Time>,
    /// When it is due.
    pub deadline: Option<Time>,
    /// Whether the start date is only a hint.
    pub is_soft_start_date: bool,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed.
    pub last_updated: Time,
    /// When it was finished.
    pub completed_at: Option<Time>,
    /// When it was archived.
    pub archived_at: Option<Time>,
    /// Who made it.
    pub starter_id: Option<i64>,
    /// The same as `starter_id` for a one-off task, as older clients read it.
    pub owner_id: Option<i64>,
    /// The member who finished it.
    pub completer_id: Option<i64>,
    /// The guest who finished it.
    pub completer_guest: Option<String>,
    /// The same under its other name.
    pub completer_guest_id: Option<String>,
    /// True for a task without a template step.
    pub is_oneoff_task: bool,
    /// Whether each assignee has to complete it.
    pub everyone_must_complete: bool,
    /// Share of assignees that have, 0 to 1; null unless everyone must.
    pub completion_progress: Option<f64>,
    /// Whether other deadlines hang on it.
    pub has_deadline_dependent_child_tasks: bool,
    /// Whether only assignees may complete it.
    pub can_complete_only_assignees: bool,
    /// Most assignees; 0 for no limit.
    pub max_assignable: i64,
    /// Whether guests may be assigned.
    pub allow_guest_owners: bool,
    /// Whether guests may not comment.
    pub prevent_guest_comment: bool,
    /// Address that is told when it is completed.
    pub webhook: Option<String>,
    /// Milestone.
    pub stage_id: Option<String>,
    /// Whether an issue is open on it.
    pub problem: bool,
    /// For mail: without the product's frame.
    pub send_chromeless: Option<bool>,
    /// How its process stands.
    pub run_status: Option<String>,
    /// Visible to assignees and administrators only.
    pub top_secret: bool,
    /// Custom field values.
    pub custom_fields: Option<Object>,
    /// What `with=` asked for.
    #[serde(flatten)]
    pub includes: TaskIncludes,
}

/// The parts of a task that only `with=` brings.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(
    missing_docs,
    reason = "each is the object of its name; the contract's list explains them"
)]
pub struct TaskIncludes {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run: Option<Item<Option<Json>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<Item<Option<Json>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threads: Option<Collection<Comment>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comments: Option<Collection<Comment>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issues: Option<Collection<Comment>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub threads_count: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activities: Option<Collection<Activity>>,
    /// Other includes, and whatever a newer server sends that this version has no field for.
    #[serde(flatten)]
    pub more: std::collections::BTreeMap<String, Json>,
}

/// One thing that happened to a task.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Activity {
    /// Number of the row.
    pub id: i64,
    /// What happened: `created`, `updated`, `completed`, …
    pub verb: String,
    /// The member who did it.
    pub actor_id: Option<i64>,
    /// When.
    pub created_at: Time,
}

/// `meta` of a list of tasks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskMeta {
    /// Tasks of this page whose deadline has passed.
    pub overdue_tasks: i64,
    /// Tasks of this page that are due within 24 hours.
    pub tasks_due_soon: i64,
    /// Where this page stands in the whole.
    pub pagination: Pagination,
}

/// A page of tasks.
pub type TaskPage = Page<Task, TaskMeta>;

/// Assignment in a request: a list that is missing is emptied, unknown keys are ignored.
#[derive(Debug, Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnersInput {
    /// Members by number, also as strings of digits; entries that are neither are dropped.
    #[serde(default)]
    pub users: Patch<Vec<Json>>,
    /// Guests by address.
    #[serde(default)]
    pub guests: Patch<Vec<String>>,
    /// Groups by id.
    #[serde(default)]
    pub groups: Patch<Vec<String>>,
}

/// Body of `POST …/tasks` and `PUT …/tasks/{task}`.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[expect(
    missing_docs,
    reason = "the names are those of the Task object, which explains them"
)]
pub struct TaskInput {
    #[serde(default)]
    pub title: Patch<Text>,
    #[serde(default)]
    pub name: Patch<Text>,
    #[serde(default)]
    pub summary: Patch<String>,
    #[serde(default)]
    pub description: Patch<String>,
    #[serde(default)]
    pub task_type: Patch<String>,
    #[serde(default)]
    pub owners: Patch<OwnersInput>,
    #[serde(default)]
    pub assignees: Patch<OwnersInput>,
    #[serde(default)]
    pub deadline: Patch<String>,
    #[serde(default)]
    pub started_at: Patch<String>,
    #[serde(default)]
    pub status: Patch<String>,
    #[serde(default)]
    pub position: Patch<Int>,
    #[serde(default)]
    pub everyone_must_complete: Patch<Flag>,
    #[serde(default)]
    pub can_complete_only_assignees: Patch<Flag>,
    #[serde(default)]
    pub max_assignable: Patch<Int>,
    #[serde(default)]
    pub prevent_guest_comment: Patch<Flag>,
    #[serde(default)]
    pub is_soft_start_date: Patch<Flag>,
    #[serde(default)]
    pub top_secret: Patch<Flag>,
    #[serde(default)]
    pub webhook: Patch<String>,
    #[serde(default)]
    pub run_id: Patch<String>,
    #[serde(default)]
    pub tags: Patch<Json>,
    #[serde(default)]
    pub form_fields: Patch<Json>,
    #[serde(default)]
    pub separate_task_for_each_assignee: Patch<Flag>,
    #[serde(default)]
    pub taskdata: Patch<Json>,
}

/// Body of `POST …/completed-tasks`.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskComplete {
    /// The task; required.
    #[serde(default)]
    pub task_id: Patch<String>,
    /// The decision; required for an approval.
    #[serde(default)]
    pub is_approved: Patch<Flag>,
    /// Administrators only: the member to record as completer.
    #[serde(default)]
    pub override_user: Patch<Int>,
}
