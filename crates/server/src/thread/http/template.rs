//! Threads on templates.

use tallystick_wire::thread::{Comment, CommentInput, CommentUpdate, IssueInput, ResolutionInput};
use tallystick_wire::{ErrorBody, Item};

use crate::http::{Answer, Call, Member, Refusal};
use crate::template::access;
use crate::template::store::Kinds;
use crate::thread::Place;

/// The template of the path, which the caller may read.
fn place(call: &mut Call<'_, '_, Member>) -> Result<Place, Refusal> {
    let id = call.id("checklist")?;
    let (template, ..) = access::readable_with(call, &id, Kinds::Usual)?;
    Ok(Place::Template {
        id,
        title: template.content.head.title,
    })
}

/// Comment on a template
///
/// For whoever may read it. With the label `problem` this reports an issue; with `thread_id` it resolves one. Comments are read
/// with `with=threads` on the template.
#[utoipa::path(post, path = "/organizations/{org}/checklists/{checklist}/comment", tag = "comments", operation_id = "comment_on_template",
    params(("org" = String, Path), ("checklist" = String, Path)), request_body = CommentInput,
    responses((status = 201, body = Item<Comment>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn comment_on_template(call: &mut Call<'_, '_, Member>) -> Answer {
    let place = place(call)?;
    super::comment_on(call, &place)
}

/// Report an issue on a template
///
/// It shows in the template's threads and keeps nobody from launching it.
#[utoipa::path(post, path = "/organizations/{org}/checklists/{checklist}/problem", tag = "comments", operation_id = "report_on_template",
    params(("org" = String, Path), ("checklist" = String, Path)), request_body = IssueInput,
    responses((status = 201, body = Item<Comment>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn report_on_template(call: &mut Call<'_, '_, Member>) -> Answer {
    let place = place(call)?;
    super::report_on(call, &place)
}

/// Resolve an issue on a template
///
/// `thread_id` names the issue, `content` says what was done. Answers with that comment.
#[utoipa::path(post, path = "/organizations/{org}/checklists/{checklist}/resolved-threads", tag = "comments", operation_id = "resolve_on_template",
    params(("org" = String, Path), ("checklist" = String, Path)), request_body = ResolutionInput,
    responses((status = 200, body = Item<Comment>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn resolve_on_template(call: &mut Call<'_, '_, Member>) -> Answer {
    let place = place(call)?;
    super::resolve_on(call, &place)
}

/// Change a comment on a template
///
/// Any subset of text, label and state. For its author and administrators.
#[utoipa::path(put, path = "/organizations/{org}/checklists/{checklist}/comment/{thread}", tag = "comments", operation_id = "edit_template_comment",
    params(("org" = String, Path), ("checklist" = String, Path), ("thread" = String, Path)), request_body = CommentUpdate,
    responses((status = 200, body = Item<Comment>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn edit_on_template(call: &mut Call<'_, '_, Member>) -> Answer {
    let (place, id) = (place(call)?, call.id("thread")?);
    super::edit_on(call, &place, &id)
}

/// Delete a comment on a template
///
/// For its author and administrators.
#[utoipa::path(delete, path = "/organizations/{org}/checklists/{checklist}/comment/{thread}", tag = "comments", operation_id = "delete_template_comment",
    params(("org" = String, Path), ("checklist" = String, Path), ("thread" = String, Path)),
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn delete_on_template(call: &mut Call<'_, '_, Member>) -> Answer {
    let (place, id) = (place(call)?, call.id("thread")?);
    super::delete_on(call, &place, &id)
}
