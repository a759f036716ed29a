//! Making and changing tasks.

use tallystick_wire::task::{TITLE_MAX, Task, TaskInput};
use tallystick_wire::{ErrorBody, Item};

use crate::activity::store::{Subject, record_named};
use crate::guest;
use crate::http::{Answer, Call, Member, Problems, Refusal, Reply};
use crate::organisation::{store as organisation, worktime};
use crate::task::http::input::{self, Moving};
use crate::task::http::{changes, tags};
use crate::task::rules::{self, Assignee};
use crate::task::{store, view};

/// Make a one-off task
///
/// Only the title is required. Without a deadline it gets the organisation's default. A light member makes tasks
/// for themselves only.
#[utoipa::path(post, path = "/organizations/{org}/tasks", tag = "tasks", operation_id = "create_task", params(("org" = String, Path)),
    request_body = TaskInput, responses((status = 201, body = Item<Task>), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn create(call: &mut Call<'_, '_, Member>) -> Answer {
    let input: TaskInput = call.body()?;
    let calendar = organisation::calendar(call.tx, call.org())?;
    // The running number is taken last: a refused request leaves no gap.
    let mut task = rules::Task {
        deadline: Some(worktime::default_deadline(&calendar, call.now)),
        ..rules::Task::new(call.app.ids.object(call.now), 0, call.caller.id(), call.now)
    };
    let mut problems = Problems::default();
    if !input.title.is_sent() && !input.name.is_sent() {
        problems.add("title", "The title field is required");
    }
    input::apply(
        call,
        &mut task,
        &input,
        &calendar,
        Moving::AsGiven,
        &mut problems,
    )?;
    let tags = tags::read(call, &input, &mut problems)?;
    input::refuse_what_has_no_room_yet(&input, &mut problems);
    problems.check()?;
    if call.caller.is_light() {
        if tags.as_ref().is_some_and(|tags| !tags.is_empty()) {
            return Err(Refusal::forbidden("Light members put no tags on tasks"));
        }
        let foreign = task
            .assignees
            .iter()
            .any(|assignee| assignee.user_id != call.caller.id())
            || !task.guests.is_empty();
        if foreign {
            return Err(Refusal::forbidden(
                "Light members make tasks for themselves only",
            ));
        }
        task.assignees = vec![Assignee {
            user_id: call.caller.id(),
            completed_at: None,
        }];
    }
    task.increment_id = store::next_increment(call.tx, call.org())?;
    store::insert(call.tx, &call.caller.organization, &task)?;
    tags::set(call, &task.id, tags.as_deref())?;
    give_links(call, &task)?;
    record_named(call, Subject::Task, &task.id, "created", &task.title)?;
    made(call, task)
}

/// Guests who have none yet get the link that they will work through.
fn give_links(call: &mut Call<'_, '_, Member>, task: &rules::Task) -> Result<(), Refusal> {
    guest::code::give(call.tx, call.app, &call.caller.organization, &task.guests)
}

fn made(call: &mut Call<'_, '_, Member>, task: rules::Task) -> Answer {
    Reply::created(view::single(
        call.tx,
        &call.caller.organization,
        task,
        call.caller,
        &call.request.query,
    )?)
}

/// Change a one-off task
///
/// Any subset of the fields. `owners` replaces all assignments, `tags` all tags. A finished task has to be reopened first.
#[utoipa::path(put, path = "/organizations/{org}/tasks/{task}", tag = "tasks", operation_id = "update_task",
    params(("org" = String, Path), ("task" = String, Path)), request_body = TaskInput,
    responses((status = 200, body = Item<Task>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn update(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("task")?;
    let before = super::held(call, &id)?;
    rules::check_edit(&before, call.caller)?;
    let input: TaskInput = call.body()?;
    rules::check_open(&before)?;
    let calendar = organisation::calendar(call.tx, call.org())?;
    let mut task = before.clone();
    let mut problems = Problems::default();
    input::apply(
        call,
        &mut task,
        &input,
        &calendar,
        Moving::IntoWorkingHours,
        &mut problems,
    )?;
    let tags = tags::read(call, &input, &mut problems)?;
    input::refuse_what_has_no_room_yet(&input, &mut problems);
    problems.check()?;
    tags::set(call, &task.id, tags.as_deref())?;
    if task != before {
        task.updated_at = call.now;
        store::update(call.tx, &call.caller.organization, &before, &task)?;
        give_links(call, &task)?;
        changes::record(call, &before, &task)?;
    }
    super::shown(call, task)
}

/// Copy a one-off task
///
/// With settings and assignees, without completion.
#[utoipa::path(post, path = "/organizations/{org}/tasks/{task}/clone", tag = "tasks", operation_id = "clone_task",
    params(("org" = String, Path), ("task" = String, Path)), responses((status = 201, body = Item<Task>), (status = 404, body = ErrorBody)))]
pub fn clone(call: &mut Call<'_, '_, Member>) -> Answer {
    const SUFFIX: &str = " - Copy";
    let id = call.id("task")?;
    let original = super::held(call, &id)?;
    rules::check_edit(&original, call.caller)?;
    let room = TITLE_MAX - SUFFIX.len();
    let mut title: String = original.title.chars().take(room).collect();
    title.push_str(SUFFIX);
    let assignees = original
        .assignees
        .iter()
        .map(|assignee| Assignee {
            completed_at: None,
            ..*assignee
        })
        .collect();
    let number = store::next_increment(call.tx, call.org())?;
    let fresh = rules::Task::new(
        call.app.ids.object(call.now),
        number,
        call.caller.id(),
        call.now,
    );
    let task = rules::Task {
        title,
        assignees,
        summary: original.summary,
        task_type: original.task_type,
        position: original.position,
        started_at: original.started_at,
        deadline: original.deadline,
        is_soft_start_date: original.is_soft_start_date,
        everyone_must_complete: original.everyone_must_complete,
        can_complete_only_assignees: original.can_complete_only_assignees,
        max_assignable: original.max_assignable,
        prevent_guest_comment: original.prevent_guest_comment,
        top_secret: original.top_secret,
        webhook: original.webhook,
        guests: original.guests,
        ..fresh
    };
    store::insert(call.tx, &call.caller.organization, &task)?;
    give_links(call, &task)?;
    record_named(call, Subject::Task, &task.id, "created", &task.title)?;
    made(call, task)
}
