//! Tasks: lists, single ones, and what can be done with them.
//!
//! Fields of a change are `Option<Option<…>>` where they can be cleared: `None` leaves what is stored,
//! `Some(None)` clears it, `Some(Some(value))` sets it.

use serde::{Serialize, Serializer};

use crate::error::Error;
use crate::organisation::OrganizationClient;
use crate::page::Pages;
use crate::retry::Repeat;
use crate::transport::NOTHING;
use crate::wire::Time;
use crate::wire::task::{Task, TaskPage, TaskType};

/// Which tasks by their state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskFilter {
    /// Every state.
    All,
    /// Not completed, not hidden, not archived.
    Active,
    /// Not completed.
    Incomplete,
    /// Nobody has touched them.
    #[serde(rename = "not-started")]
    NotStarted,
    /// Somebody has.
    #[serde(rename = "in-progress")]
    InProgress,
    /// Done.
    Completed,
    /// Open and past their deadline.
    Overdue,
    /// Open and due within 24 hours.
    DueSoon,
    /// Archived.
    Archived,
}

/// Which tasks are asked for, and in which order. The default leaves everything to the server: ten on a page, the
/// newest first; `my_tasks` and `user_tasks` show active tasks, `tasks` shows all.
#[derive(Debug, Clone, Default, Serialize)]
pub struct TaskQuery {
    /// By state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<TaskFilter>,
    /// Part of the title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub q: Option<String>,
    /// `newest`, `completed_newest`, `deadline`, `position`, `created_at`, `updated_at` or `name`; `-` in front reverses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// Only tasks assigned to one of these members.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "joined")]
    pub owners: Vec<i64>,
    /// Only tasks assigned to nobody.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unassigned: Option<bool>,
    /// Only tasks due on this day, `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline_on: Option<String>,
    /// Only tasks due before this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline_before: Option<String>,
    /// Only tasks due after this day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline_after: Option<String>,
    /// Only tasks made on this day, or in `YYYY-MM-DD:YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created: Option<String>,
    /// What to include, such as `summary`.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "joined")]
    pub with: Vec<String>,
    /// Which page, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<i64>,
    /// How many on a page, at most 100.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_page: Option<i64>,
}

/// Who a task is assigned to.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Assign {
    /// Members, by number.
    pub users: Vec<i64>,
    /// Guests, by address.
    pub guests: Vec<String>,
}

/// A one-off task to be made. Only the title is required; without a deadline it gets the organisation's usual one.
#[derive(Debug, Clone, Default, Serialize)]
pub struct NewTask {
    /// What is to be done.
    pub title: String,
    /// How.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    /// What kind of work it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_type: Option<TaskType>,
    /// Who is to do it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owners: Option<Assign>,
    /// When it is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Time>,
    /// When work may begin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Time>,
    /// Whether each assignee has to complete it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub everyone_must_complete: Option<bool>,
    /// Whether only assignees may complete it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_complete_only_assignees: Option<bool>,
    /// Most assignees; 0 for no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_assignable: Option<i64>,
    /// Visible to assignees and administrators only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_secret: Option<bool>,
}

impl NewTask {
    /// A task with this title and nothing else said.
    #[must_use]
    pub fn titled(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..Self::default()
        }
    }
}

/// A change of a one-off task: what is `None` stays as it is.
#[derive(Debug, Clone, Default, Serialize)]
pub struct TaskChange {
    /// What is to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<Option<String>>,
    /// What kind of work it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_type: Option<TaskType>,
    /// Who is to do it, in place of those who were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owners: Option<Assign>,
    /// When it is due; the server moves it into working hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Option<Time>>,
    /// When work may begin.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Option<Time>>,
    /// Whether each assignee has to complete it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub everyone_must_complete: Option<bool>,
    /// Whether only assignees may complete it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub can_complete_only_assignees: Option<bool>,
    /// Most assignees; 0 for no limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_assignable: Option<i64>,
    /// Visible to assignees and administrators only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_secret: Option<bool>,
}

/// How a task is completed; the default for all but approvals.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct TaskCompletion {
    /// The decision; an approval needs one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_approved: Option<bool>,
    /// For administrators: the member to record as completer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub override_user: Option<i64>,
}

#[derive(Serialize)]
struct Completing<'a> {
    task_id: &'a str,
    #[serde(flatten)]
    how: &'a TaskCompletion,
}

impl OrganizationClient {
    /// A page of the tasks assigned to the owner of the token.
    pub async fn my_tasks(&self, query: &TaskQuery) -> Result<TaskPage, Error> {
        self.transport
            .get(&self.path(&["me", "tasks"]), query)
            .await
    }

    /// All of them, page by page: for long lists that need not be held at once. `page` of the query does not count.
    #[must_use]
    pub fn my_tasks_pages(&self, query: &TaskQuery) -> Pages<TaskQuery, TaskPage> {
        let query = TaskQuery {
            page: None,
            ..query.clone()
        };
        Pages::new(self.transport.clone(), &self.path(&["me", "tasks"]), query)
    }

    /// All of them at once, in as few requests as the server allows.
    pub async fn all_my_tasks(&self, query: &TaskQuery) -> Result<Vec<Task>, Error> {
        let query = TaskQuery {
            per_page: query.per_page.or(Some(100)),
            ..query.clone()
        };
        self.my_tasks_pages(&query).rest().await
    }

    /// A page of the tasks that the owner of the token may see.
    pub async fn tasks(&self, query: &TaskQuery) -> Result<TaskPage, Error> {
        self.transport.get(&self.path(&["tasks"]), query).await
    }

    /// A page of a member's tasks, as far as the owner of the token may see them.
    pub async fn user_tasks(&self, member: i64, query: &TaskQuery) -> Result<TaskPage, Error> {
        self.transport
            .get(&self.path(&["users", &member.to_string(), "tasks"]), query)
            .await
    }

    /// One task, with its summary.
    pub async fn task(&self, id: &str) -> Result<Task, Error> {
        self.transport.get_item(&self.path(&["tasks", id])).await
    }

    /// Makes a one-off task.
    pub async fn create_task(&self, task: &NewTask) -> Result<Task, Error> {
        self.transport.post(&self.path(&["tasks"]), task).await
    }

    /// Changes a one-off task.
    pub async fn update_task(&self, id: &str, change: &TaskChange) -> Result<Task, Error> {
        self.transport
            .put(&self.path(&["tasks", id]), Some(change))
            .await
    }

    /// Completes a task.
    pub async fn complete_task(&self, id: &str, how: &TaskCompletion) -> Result<Task, Error> {
        let body = Completing { task_id: id, how };
        self.transport
            .post(&self.path(&["completed-tasks"]), &body)
            .await
    }

    /// Opens a completed task again.
    pub async fn reopen_task(&self, id: &str) -> Result<Task, Error> {
        self.transport
            .delete_item(&self.path(&["completed-tasks", id]), Repeat::Harmful)
            .await
    }

    /// Archives a one-off task; it can be restored.
    pub async fn archive_task(&self, id: &str) -> Result<(), Error> {
        self.transport
            .delete(&self.path(&["tasks", id]), Repeat::Harmless)
            .await
    }

    /// Brings an archived task back.
    pub async fn restore_task(&self, id: &str) -> Result<Task, Error> {
        self.transport
            .put(&self.path(&["tasks", id, "restore"]), NOTHING)
            .await
    }

    /// Deletes a one-off task for good.
    pub async fn delete_task(&self, id: &str) -> Result<(), Error> {
        self.transport
            .delete(&self.path(&["tasks", id, "delete"]), Repeat::Harmful)
            .await
    }
}

/// Lists in a query are one value with commas.
#[expect(clippy::ptr_arg, reason = "serde hands over the field as it is")]
fn joined<T: ToString, S: Serializer>(list: &Vec<T>, output: S) -> Result<S::Ok, S::Error> {
    let words: Vec<String> = list.iter().map(ToString::to_string).collect();
    output.serialize_str(&words.join(","))
}
