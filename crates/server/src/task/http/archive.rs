//! Archiving, restoring and deleting one-off tasks.

use tallystick_wire::task::Task;
use tallystick_wire::{ErrorBody, Item};

use crate::activity::store::{Subject, record_named};
use crate::http::{Answer, Call, Member, Reply};
use crate::task::{rules, store};

/// Archive a one-off task
///
/// In any state, finished ones included. It stays readable and can be restored without a time limit. Doing it again
/// changes nothing.
#[utoipa::path(delete, path = "/organizations/{org}/tasks/{task}", tag = "tasks", operation_id = "archive_task",
    params(("org" = String, Path), ("task" = String, Path)),
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn archive(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("task")?;
    let before = super::held(call, &id)?;
    rules::check_edit(&before, call.caller)?;
    if before.archived_at.is_none() {
        let task = rules::Task {
            archived_at: Some(call.now),
            updated_at: call.now,
            ..before.clone()
        };
        store::update_state(call.tx, &call.caller.organization, &before, &task)?;
        record_named(call, Subject::Task, &task.id, "archived", &task.title)?;
    }
    Ok(Reply::nothing())
}

/// Restore an archived task
#[utoipa::path(put, path = "/organizations/{org}/tasks/{task}/restore", tag = "tasks", operation_id = "restore_task",
    params(("org" = String, Path), ("task" = String, Path)),
    responses((status = 200, body = Item<Task>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn restore(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("task")?;
    let before = super::held(call, &id)?;
    rules::check_edit(&before, call.caller)?;
    let mut task = before.clone();
    if before.archived_at.is_some() {
        task.archived_at = None;
        task.updated_at = call.now;
        store::update_state(call.tx, &call.caller.organization, &before, &task)?;
        record_named(call, Subject::Task, &task.id, "unarchived", &task.title)?;
    }
    super::shown(call, task)
}

/// Delete a one-off task for good
///
/// The API cannot bring it back. For thirty days an administrator on the server's machine can.
#[utoipa::path(delete, path = "/organizations/{org}/tasks/{task}/delete", tag = "tasks", operation_id = "delete_task",
    params(("org" = String, Path), ("task" = String, Path)),
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn delete(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("task")?;
    let task = super::held(call, &id)?;
    rules::check_edit(&task, call.caller)?;
    store::throw_away(
        call.tx,
        &call.caller.organization,
        &task,
        call.caller.id(),
        call.now,
    )?;
    record_named(call, Subject::Task, &task.id, "deleted", &task.title)?;
    Ok(Reply::nothing())
}
