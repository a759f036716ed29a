//! The handler of the feed.

use tallystick_wire::activity::Event;
use tallystick_wire::{ErrorBody, Page};

use crate::activity::filter::Filter;
use crate::activity::{feed as rows, view};
use crate::http::page::Window;
use crate::http::{Answer, Call, Member, Reply};
use crate::organisation::{store as organisation, worktime};

/// What happened
///
/// Everything to administrators; to others what was done to tasks and templates that they may see, comments included. The latest
/// first.
#[utoipa::path(get, path = "/organizations/{org}/activity-feeds", tag = "activity", operation_id = "activity_feed",
    params(("org" = String, Path), ("entity_type" = Option<String>, Query, description = "checklist, run, step, task or thread"),
        ("entity_id" = Option<String>, Query), ("type" = Option<String>, Query, description = "Comment, Task, Step, Process, Blueprint, …"),
        ("verb" = Option<String>, Query, description = "created, updated, completed, commented, …"),
        ("actor_type" = Option<String>, Query, description = "user or guest"), ("actor_id" = Option<i64>, Query),
        ("actor_email" = Option<String>, Query), ("source" = Option<String>, Query, description = "Member, Guest or Webhook"),
        ("created_after" = Option<String>, Query), ("created_before" = Option<String>, Query, description = "inclusive"),
        ("search" = Option<String>, Query, description = "2 to 100 characters of the description"),
        ("field" = Option<String>, Query, description = "the field that changed"),
        ("sort" = Option<String>, Query, description = "-created_at (default) or created_at"),
        ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query, description = "default 20, at most 100")),
    responses((status = 200, body = Page<Event>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn feed(call: &mut Call<'_, '_, Member>) -> Answer {
    let zone = worktime::zone(&organisation::calendar(call.tx, call.org())?);
    let filter = Filter::read(call.query(), &zone)?;
    let window = Window::read(call.query(), 20, 100);
    let (found, total) = rows::find(call.tx, call.caller, &filter, window)?;
    let data = view::many(call.tx, call.org(), found)?;
    Reply::whole(&window.page(call.request, total, data))
}
