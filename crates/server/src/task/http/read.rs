//! Reading tasks.

use tallystick_wire::task::{Task, TaskMeta, TaskPage};
use tallystick_wire::{ErrorBody, Item};

use crate::guest;
use crate::http::page::Window;
use crate::http::{Answer, Call, Member, Refusal, Reply};
use crate::member;
use crate::task::list::{self, Filter, Status, Whose};
use crate::task::{access, view};

/// Own tasks
///
/// Tasks assigned to the caller. Without `status` only active ones: not completed, not hidden, not archived.
#[utoipa::path(get, path = "/organizations/{org}/me/tasks", tag = "tasks", operation_id = "my_tasks",
    params(("org" = String, Path), ("status" = Option<String>, Query, description = "active (default), all, completed, overdue, due_soon, …"),
        ("sort" = Option<String>, Query, description = "newest (default), deadline, name, position, created_at, updated_at, completed_newest; - reverses"),
        ("q" = Option<String>, Query, description = "part of the title"), ("with" = Option<String>, Query),
        ("archived" = Option<String>, Query, description = "true or only"), ("deadline_on" = Option<String>, Query),
        ("deadline_before" = Option<String>, Query), ("deadline_after" = Option<String>, Query), ("created" = Option<String>, Query),
        ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query, description = "default 10, at most 100")),
    responses((status = 200, body = TaskPage), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn list_mine(call: &mut Call<'_, '_, Member>) -> Answer {
    let filter = Filter::read(call.query(), Status::Active)?;
    listed(call, Whose::Own, &filter)
}

/// Tasks of a member
///
/// As far as the caller may see them; a light member only their own. Filters as for own tasks.
#[utoipa::path(get, path = "/organizations/{org}/users/{user_id}/tasks", tag = "tasks", operation_id = "user_tasks",
    params(("org" = String, Path), ("user_id" = String, Path), ("status" = Option<String>, Query), ("sort" = Option<String>, Query),
        ("q" = Option<String>, Query), ("with" = Option<String>, Query), ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = TaskPage), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn list_of_user(call: &mut Call<'_, '_, Member>) -> Answer {
    let id: i64 = call
        .path("user_id")?
        .parse()
        .map_err(|_| Refusal::not_found())?;
    if id == call.caller.id() {
        let filter = Filter::read(call.query(), Status::Active)?;
        return listed(call, Whose::Own, &filter);
    }
    if call.caller.is_light() {
        return Err(Refusal::forbidden("Light members see their own tasks only"));
    }
    member::store::member(call.tx, call.org(), id, call.now)?.ok_or_else(Refusal::not_found)?;
    let filter = Filter::read(call.query(), Status::Active)?;
    listed(call, Whose::Member(id), &filter)
}

/// Tasks of a guest
///
/// As far as the caller may see them. The guest is named by address, number or the code of their link. Filters as for own
/// tasks.
#[utoipa::path(get, path = "/organizations/{org}/guests/{email}/tasks", tag = "tasks", operation_id = "guest_tasks",
    params(("org" = String, Path), ("email" = String, Path), ("status" = Option<String>, Query), ("sort" = Option<String>, Query),
        ("q" = Option<String>, Query), ("with" = Option<String>, Query), ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = TaskPage), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn list_of_guest(call: &mut Call<'_, '_, Member>) -> Answer {
    let guest = guest::found(call, "email")?;
    let mut filter = Filter::read(call.query(), Status::Active)?;
    filter.guests = vec![guest.email];
    listed(call, Whose::Everybody, &filter)
}

/// All tasks
///
/// That the caller may see: an administrator all, others those assigned to them or started by them. No status is
/// preset. Filters as for own tasks, and `owners`, `guests`, `unassigned`, `assignee=me`, `tag`, `folder`.
#[utoipa::path(get, path = "/organizations/{org}/tasks", tag = "tasks", operation_id = "tasks",
    params(("org" = String, Path), ("status" = Option<String>, Query), ("owners" = Option<String>, Query, description = "numbers of members, comma separated"),
        ("guests" = Option<String>, Query), ("tag" = Option<String>, Query, description = "ids or titles, comma separated: carries any of them"),
        ("folder" = Option<String>, Query), ("assignee" = Option<String>, Query, description = "me"), ("unassigned" = Option<bool>, Query),
        ("sort" = Option<String>, Query), ("q" = Option<String>, Query), ("with" = Option<String>, Query), ("page" = Option<i64>, Query),
        ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = TaskPage), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn list_all(call: &mut Call<'_, '_, Member>) -> Answer {
    let filter = Filter::read(call.query(), Status::All)?;
    listed(call, Whose::Everybody, &filter)
}

fn listed(call: &mut Call<'_, '_, Member>, whose: Whose, filter: &Filter) -> Answer {
    let window = Window::read(call.query(), 10, 100);
    let (rows, total) = list::find(call.tx, call.caller, whose, filter, window, call.now)?;
    let (data, overdue_tasks, tasks_due_soon) = view::many(
        call.tx,
        &call.caller.organization,
        rows,
        call.caller,
        &call.request.query,
        call.now,
    )?;
    let pagination = window.describe(call.request, total, data.len());
    Reply::whole(&TaskPage {
        data,
        meta: TaskMeta {
            overdue_tasks,
            tasks_due_soon,
            pagination,
        },
    })
}

/// One task
///
/// With its summary. 404 when the caller may not see it.
#[utoipa::path(get, path = "/organizations/{org}/tasks/{task}", tag = "tasks", operation_id = "task",
    params(("org" = String, Path), ("task" = String, Path), ("with" = Option<String>, Query)),
    responses((status = 200, body = Item<Task>), (status = 404, body = ErrorBody)))]
pub fn get(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("task")?;
    let task = access::readable(call, &id)?;
    super::shown(call, task)
}
