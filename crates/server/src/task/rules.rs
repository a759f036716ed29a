//! Decisions about one-off tasks: pure functions of the task, the caller and the moment
//! (contract: runtime, sections 1.5, 2.3, 6 and 15.7; auth, section 14.2).

use serde::{Deserialize, Serialize};
use tallystick_wire::Time;
use tallystick_wire::task::{TaskStatus, TaskType};

use crate::clock::DAY;
use crate::http::{Member, Refusal};

/// A task as the rules know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(
    missing_docs,
    reason = "the names are those of the Task object, which explains them"
)]
pub struct Task {
    pub id: String,
    pub increment_id: i64,
    pub title: String,
    pub summary: Option<String>,
    pub task_type: TaskType,
    pub status: TaskStatus,
    pub is_approved: Option<bool>,
    pub position: i64,
    pub started_at: Option<Time>,
    pub deadline: Option<Time>,
    pub is_soft_start_date: bool,
    pub everyone_must_complete: bool,
    pub can_complete_only_assignees: bool,
    pub max_assignable: i64,
    pub prevent_guest_comment: bool,
    pub top_secret: bool,
    pub webhook: Option<String>,
    pub starter_id: i64,
    pub completer_id: Option<i64>,
    pub completed_at: Option<Time>,
    pub archived_at: Option<Time>,
    pub created_at: Time,
    pub updated_at: Time,
    pub assignees: Vec<Assignee>,
    /// Addresses.
    pub guests: Vec<String>,
    /// Whether there are guests to be loaded; what is stored follows from `guests`.
    pub has_guests: bool,
    /// Whether an issue is open.
    #[serde(default)]
    pub problem: bool,
    /// Whether there are mentioned members to be loaded.
    #[serde(default)]
    pub has_mentions: bool,
    /// Members that a comment on it mentions; loaded for one task, not for lists.
    #[serde(skip)]
    pub mentioned: Vec<i64>,
}

/// A member a task is assigned to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignee {
    /// The member.
    pub user_id: i64,
    /// When they did their part, where everyone must.
    pub completed_at: Option<Time>,
}

impl Task {
    /// An open task without title, deadline or assignees.
    #[must_use]
    pub const fn new(id: String, increment_id: i64, starter_id: i64, now: Time) -> Self {
        Self {
            id,
            increment_id,
            title: String::new(),
            summary: None,
            task_type: TaskType::Task,
            status: TaskStatus::NotStarted,
            is_approved: None,
            position: 1,
            started_at: Some(now),
            deadline: None,
            is_soft_start_date: false,
            everyone_must_complete: false,
            can_complete_only_assignees: false,
            max_assignable: 0,
            prevent_guest_comment: false,
            top_secret: false,
            webhook: None,
            starter_id,
            completer_id: None,
            completed_at: None,
            archived_at: None,
            created_at: now,
            updated_at: now,
            assignees: Vec::new(),
            guests: Vec::new(),
            has_guests: false,
            problem: false,
            has_mentions: false,
            mentioned: Vec::new(),
        }
    }

    /// Whether this member is assigned.
    #[must_use]
    pub fn is_assigned_to(&self, user_id: i64) -> bool {
        self.assignees
            .iter()
            .any(|assignee| assignee.user_id == user_id)
    }

    /// Whether it is finished, whichever way.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.status == TaskStatus::Completed
    }

    /// Whether it waits for somebody: not finished, not hidden, not archived.
    #[must_use]
    pub fn is_active(&self) -> bool {
        matches!(self.status, TaskStatus::NotStarted | TaskStatus::InProgress)
            && self.archived_at.is_none()
    }

    /// Whether its deadline has passed while it waits.
    #[must_use]
    pub fn is_overdue(&self, now: Time) -> bool {
        self.is_active() && self.deadline.is_some_and(|deadline| deadline < now)
    }

    /// Whether it is due within 24 hours.
    #[must_use]
    pub fn is_due_soon(&self, now: Time) -> bool {
        self.is_active()
            && self
                .deadline
                .is_some_and(|deadline| deadline >= now && deadline <= now.plus(DAY))
    }

    /// Share of assignees that have done their part, 0 to 1.
    #[must_use]
    pub fn progress(&self) -> Option<f64> {
        if !self.everyone_must_complete {
            return None;
        }
        let all = self.assignees.len();
        if self.is_finished() || all == 0 {
            return Some(if self.is_finished() { 1.0 } else { 0.0 });
        }
        let done = self
            .assignees
            .iter()
            .filter(|assignee| assignee.completed_at.is_some())
            .count();
        #[expect(clippy::cast_precision_loss, reason = "counts of assignees are small")]
        Some(done as f64 / all as f64)
    }

    /// The status as people read it.
    #[must_use]
    pub const fn label(&self) -> &'static str {
        match (self.status, self.task_type, self.is_approved) {
            (TaskStatus::NotStarted, ..) => "not-started",
            (TaskStatus::InProgress, ..) => "in-progress",
            (TaskStatus::AutoSkipped, ..) => "auto-skipped",
            (TaskStatus::Completed, TaskType::Approval, Some(false)) => "rejected",
            (TaskStatus::Completed, TaskType::Approval, _) => "approved",
            (TaskStatus::Completed, TaskType::Expiring | TaskType::ExpiringEmail, Some(false)) => {
                "expired"
            }
            (TaskStatus::Completed, TaskType::Expiring | TaskType::ExpiringEmail, _) => {
                "acknowledged"
            }
            (TaskStatus::Completed, TaskType::Email, _) => "sent",
            (TaskStatus::Completed, TaskType::Task, _) => "completed",
        }
    }
}

/// Whether this member may know of the task. A task they may not see does not exist for them.
///
/// Administrators see all, assignees see theirs. Unless it is secret, so does whoever a comment on it mentions, and who
/// started it if they are no light member, who sees assigned work only.
#[must_use]
pub fn may_see(task: &Task, member: &Member) -> bool {
    member.is_admin()
        || task.is_assigned_to(member.id())
        || (!task.top_secret
            && (task.mentioned.contains(&member.id())
                || (task.starter_id == member.id() && !member.is_light())))
}

/// Whether this member may complete, reopen or work on a task that they see.
#[must_use]
pub fn may_complete(task: &Task, member: &Member) -> bool {
    let assigned = task.is_assigned_to(member.id());
    member.is_admin() || assigned || !(member.is_light() || task.can_complete_only_assignees)
}

/// Refuses who may not comment on a task that they see: who is mentioned may answer.
pub fn check_comment(task: &Task, member: &Member) -> Result<(), Refusal> {
    if may_complete(task, member) || task.mentioned.contains(&member.id()) {
        Ok(())
    } else {
        Err(Refusal::forbidden(
            "Only the assignees of this task may comment on it",
        ))
    }
}

/// Refuses who may not report or resolve an issue on a task that they see.
pub fn check_report(task: &Task, member: &Member) -> Result<(), Refusal> {
    if member.is_light() && !task.is_assigned_to(member.id()) {
        return Err(Refusal::forbidden(
            "Light members report and resolve issues on tasks assigned to them",
        ));
    }
    Ok(())
}

/// Refuses who may not edit, reassign, move or archive a task that they see.
pub fn check_edit(task: &Task, member: &Member) -> Result<(), Refusal> {
    if member.is_light() {
        return Err(Refusal::forbidden(
            "Light members work on tasks assigned to them but do not change them",
        ));
    }
    if may_complete(task, member) {
        Ok(())
    } else {
        Err(Refusal::forbidden(
            "Only the assignees of this task may change it",
        ))
    }
}

/// Refuses a change of a finished task.
pub fn check_open(task: &Task) -> Result<(), Refusal> {
    if task.is_finished() {
        return Err(Refusal::invalid(
            "task",
            "This task is completed. Reopen it before changing it",
        ));
    }
    Ok(())
}

/// Completes a task, or one assignee's part of it. `completer` is who is recorded.
///
/// Answers true when the whole task is finished now.
pub fn complete(
    task: &mut Task,
    member: &Member,
    decision: Option<bool>,
    completer: i64,
    now: Time,
) -> Result<bool, Refusal> {
    if !may_complete(task, member) {
        return Err(Refusal::forbidden(
            "Only the assignees of this task may complete it",
        ));
    }
    if task.is_finished() {
        return Err(Refusal::invalid(
            "task_id",
            "This task is already completed",
        ));
    }
    if task.status == TaskStatus::AutoSkipped {
        return Err(Refusal::invalid(
            "task_id",
            "This task is hidden and cannot be completed",
        ));
    }
    if task.archived_at.is_some() {
        return Err(Refusal::invalid(
            "task_id",
            "This task is archived. Restore it before completing it",
        ));
    }
    if task.problem {
        return Err(Refusal::invalid(
            "task_id",
            "This task has an open issue. Resolve it before completing the task",
        ));
    }
    let decision =
        match task.task_type {
            TaskType::Task | TaskType::Email => None,
            TaskType::Approval => Some(decision.ok_or_else(|| {
                Refusal::invalid("is_approved", "The is approved field is required")
            })?),
            TaskType::Expiring | TaskType::ExpiringEmail => Some(decision.unwrap_or(true)),
        };
    task.updated_at = now;
    if task.everyone_must_complete && matches!(task.task_type, TaskType::Task | TaskType::Approval)
    {
        match task
            .assignees
            .iter_mut()
            .find(|assignee| assignee.user_id == completer)
        {
            Some(own) if own.completed_at.is_some() => {
                return Err(Refusal::invalid(
                    "task_id",
                    "You have completed your part of this task already",
                ));
            }
            Some(own) => own.completed_at = Some(now),
            None if member.is_admin() => {}
            None => {
                return Err(Refusal::forbidden(
                    "Each assignee completes this task; you are not one of them",
                ));
            }
        }
        let by_an_assignee = task.is_assigned_to(completer);
        if by_an_assignee
            && task
                .assignees
                .iter()
                .any(|assignee| assignee.completed_at.is_none())
        {
            task.status = TaskStatus::InProgress;
            return Ok(false);
        }
    }
    task.status = TaskStatus::Completed;
    task.completed_at = Some(now);
    task.completer_id = Some(completer);
    task.is_approved = decision;
    Ok(true)
}

/// Opens a finished task again.
pub fn reopen(task: &mut Task, member: &Member, now: Time) -> Result<(), Refusal> {
    if !may_complete(task, member) {
        return Err(Refusal::forbidden(
            "Only the assignees of this task may reopen it",
        ));
    }
    if !task.is_finished() {
        return Err(Refusal::invalid("task", "This task is not completed"));
    }
    open_again(task, now);
    Ok(())
}

/// What reopening changes, by whoever it is asked for.
pub fn open_again(task: &mut Task, now: Time) {
    task.status = TaskStatus::InProgress;
    task.completed_at = None;
    task.completer_id = None;
    task.is_approved = None;
    task.updated_at = now;
    for assignee in &mut task.assignees {
        assignee.completed_at = None;
    }
}
