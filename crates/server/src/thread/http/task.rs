//! Threads on tasks.

use tallystick_wire::thread::{
    BotCommentInput, Comment, CommentInput, CommentUpdate, IssueInput, ResolutionInput,
};
use tallystick_wire::{ErrorBody, Item};

use crate::http::{Answer, Call, Member, Refusal};
use crate::task::access;
use crate::thread::Place;

/// The task of the path, held: an issue changes it.
fn place(call: &mut Call<'_, '_, Member>) -> Result<Place, Refusal> {
    let id = call.id("task")?;
    Ok(Place::Task(Box::new(access::held(call, &id)?)))
}

/// Comment on a task
///
/// `@[number]` mentions a member, who may then see the task and answer. With the label `problem` this reports an issue; with
/// `thread_id` it resolves one. Comments are read with `with=threads` on the task.
#[utoipa::path(post, path = "/organizations/{org}/tasks/{task}/comment", tag = "comments", operation_id = "comment_on_task",
    params(("org" = String, Path), ("task" = String, Path)), request_body = CommentInput,
    responses((status = 201, body = Item<Comment>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn comment_on_task(call: &mut Call<'_, '_, Member>) -> Answer {
    let place = place(call)?;
    super::comment_on(call, &place)
}

/// Comment on a task in nobody's name
///
/// For programs: the author is the organization's bot. The record says who called.
#[utoipa::path(post, path = "/organizations/{org}/tasks/{task}/bot-comment", tag = "comments", operation_id = "bot_comment_on_task",
    params(("org" = String, Path), ("task" = String, Path)), request_body = BotCommentInput,
    responses((status = 201, body = Item<Comment>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn comment_on_task_as_bot(call: &mut Call<'_, '_, Member>) -> Answer {
    let place = place(call)?;
    super::comment_as_bot_on(call, &place)
}

/// Report an issue on a task
///
/// While an issue is open the task cannot be completed. A finished task is opened again.
#[utoipa::path(post, path = "/organizations/{org}/tasks/{task}/problem", tag = "comments", operation_id = "report_on_task",
    params(("org" = String, Path), ("task" = String, Path)), request_body = IssueInput,
    responses((status = 201, body = Item<Comment>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn report_on_task(call: &mut Call<'_, '_, Member>) -> Answer {
    let place = place(call)?;
    super::report_on(call, &place)
}

/// Resolve an issue on a task
///
/// `thread_id` names the issue, `content` says what was done. Answers with that comment.
#[utoipa::path(post, path = "/organizations/{org}/tasks/{task}/resolved-threads", tag = "comments", operation_id = "resolve_on_task",
    params(("org" = String, Path), ("task" = String, Path)), request_body = ResolutionInput,
    responses((status = 200, body = Item<Comment>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn resolve_on_task(call: &mut Call<'_, '_, Member>) -> Answer {
    let place = place(call)?;
    super::resolve_on(call, &place)
}

/// Change a comment on a task
///
/// Any subset of text, label and state. For its author and administrators.
#[utoipa::path(put, path = "/organizations/{org}/tasks/{task}/comment/{comment}", tag = "comments", operation_id = "edit_task_comment",
    params(("org" = String, Path), ("task" = String, Path), ("comment" = String, Path)), request_body = CommentUpdate,
    responses((status = 200, body = Item<Comment>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn edit_on_task(call: &mut Call<'_, '_, Member>) -> Answer {
    let (place, id) = (place(call)?, call.id("comment")?);
    super::edit_on(call, &place, &id)
}

/// Delete a comment on a task
///
/// For its author and administrators. An issue that was open is so no longer.
#[utoipa::path(delete, path = "/organizations/{org}/tasks/{task}/comment/{comment}", tag = "comments", operation_id = "delete_task_comment",
    params(("org" = String, Path), ("task" = String, Path), ("comment" = String, Path)),
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn delete_on_task(call: &mut Call<'_, '_, Member>) -> Answer {
    let (place, id) = (place(call)?, call.id("comment")?);
    super::delete_on(call, &place, &id)
}
