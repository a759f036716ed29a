//! Completing and reopening tasks.

use tallystick_wire::task::{Task, TaskComplete};
use tallystick_wire::{ErrorBody, Item};

use crate::activity::store::{Subject, record_named};
use crate::http::call::object_id;
use crate::http::{Answer, Call, Member, Refusal};
use crate::member;
use crate::task::{rules, store};

/// Complete a task
///
/// An approval needs `is_approved`. Where everyone must complete, each assignee's call counts as theirs and the last one finishes
/// the task. `override_user` lets an administrator record somebody else as completer.
#[utoipa::path(post, path = "/organizations/{org}/completed-tasks", tag = "tasks", operation_id = "complete_task",
    params(("org" = String, Path)), request_body = TaskComplete,
    responses((status = 200, body = Item<Task>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn complete(call: &mut Call<'_, '_, Member>) -> Answer {
    let input: TaskComplete = call.body()?;
    let named = input
        .task_id
        .as_value()
        .ok_or_else(|| Refusal::invalid("task_id", "The task_id field is required"))?;
    let id = object_id(named).ok_or_else(Refusal::not_found)?;
    let before = super::held(call, &id)?;
    let mut completer = call.caller.id();
    if let Some(other) = input
        .override_user
        .as_value()
        .filter(|other| other.0 != completer)
    {
        if !call.caller.is_admin() {
            return Err(Refusal::forbidden(
                "Only administrators may record somebody else as completer",
            ));
        }
        if member::store::assignable(call.tx, call.org(), &[other.0])?.is_empty() {
            return Err(Refusal::invalid(
                "override_user",
                "There is no such member in this organization",
            ));
        }
        completer = other.0;
    }
    let decision = input.is_approved.as_value().map(|flag| flag.0);
    let mut task = before.clone();
    let finished = rules::complete(&mut task, call.caller, decision, completer, call.now)?;
    store::update_state(call.tx, &call.caller.organization, &before, &task)?;
    let verb = if finished {
        "completed"
    } else {
        "completed-part"
    };
    record_named(call, Subject::Task, &task.id, verb, &task.title)?;
    super::shown(call, task)
}

/// Reopen a task
///
/// The answers stay, the decision and who completed it go.
#[utoipa::path(delete, path = "/organizations/{org}/completed-tasks/{task}", tag = "tasks", operation_id = "reopen_task",
    params(("org" = String, Path), ("task" = String, Path)),
    responses((status = 200, body = Item<Task>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn reopen(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("task")?;
    let before = super::held(call, &id)?;
    let mut task = before.clone();
    rules::reopen(&mut task, call.caller, call.now)?;
    store::update_state(call.tx, &call.caller.organization, &before, &task)?;
    record_named(call, Subject::Task, &task.id, "re-opened", &task.title)?;
    super::shown(call, task)
}
