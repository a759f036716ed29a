//! Handlers of job titles (contract: organization, section 5b).

use tallystick_wire::job_title::{self as wire, JobTitleInput, NAME_MAX};
use tallystick_wire::lenient::Object;
use tallystick_wire::page::Page;
use tallystick_wire::{ErrorBody, Item};

use crate::activity::store::{Subject, record_named};
use crate::http::fields::{already, name, taken};
use crate::http::page::Window;
use crate::http::{Answer, Call, Member, Problems, Refusal, Reply};
use crate::job_title::store::{self, JobTitle};

/// Job titles
///
/// By name unless `sort` says otherwise.
#[utoipa::path(get, path = "/organizations/{org}/roles", tag = "job titles", operation_id = "job_titles",
    params(("org" = String, Path), ("q" = Option<String>, Query, description = "part of the name"),
        ("sort" = Option<String>, Query, description = "name (default), created_at; - reverses"),
        ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query, description = "default 10, at most 100")),
    responses((status = 200, body = Page<wire::JobTitle>), (status = 404, body = ErrorBody)))]
pub fn list(call: &mut Call<'_, '_, Member>) -> Answer {
    call.tx.take_time()?;
    let window = Window::read(call.query(), 10, 100);
    let search = call.query().get("q").map(str::to_lowercase);
    let total = store::count(call.tx, call.org(), search.as_deref())?;
    let titles = window.rows(total, |page| {
        store::list(
            call.tx,
            call.org(),
            search.as_deref(),
            &call.request.query,
            page,
        )
    })?;
    let data = titles.into_iter().map(view).collect();
    Reply::whole(&window.page(call.request, total, data))
}

/// One job title
#[utoipa::path(get, path = "/organizations/{org}/roles/{role_id}", tag = "job titles", operation_id = "job_title",
    params(("org" = String, Path), ("role_id" = String, Path)),
    responses((status = 200, body = Item<wire::JobTitle>), (status = 404, body = ErrorBody)))]
pub fn get(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("role_id")?;
    let title = store::get(call.tx, call.org(), &id)?.ok_or_else(Refusal::not_found)?;
    Reply::data(view(title))
}

/// Make a job title
#[utoipa::path(post, path = "/organizations/{org}/roles", tag = "job titles", operation_id = "create_job_title", params(("org" = String, Path)),
    request_body = JobTitleInput, responses((status = 201, body = Item<wire::JobTitle>), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn create(call: &mut Call<'_, '_, Member>) -> Answer {
    let input: JobTitleInput = call.body()?;
    let mut title = JobTitle {
        id: call.app.ids.object(call.now),
        name: String::new(),
        created_at: call.now,
        updated_at: call.now,
    };
    apply(call, &mut title, &input, true)?;
    store::insert(call.tx, call.org(), &title).map_err(|error| taken("name", error))?;
    record_named(call, Subject::JobTitle, &title.id, "created", &title.name)?;
    Reply::created(view(title))
}

/// Rename a job title
#[utoipa::path(put, path = "/organizations/{org}/roles/{role_id}", tag = "job titles", operation_id = "update_job_title",
    params(("org" = String, Path), ("role_id" = String, Path)), request_body = JobTitleInput,
    responses((status = 200, body = Item<wire::JobTitle>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn update(call: &mut Call<'_, '_, Member>) -> Answer {
    let before = held(call)?;
    let input: JobTitleInput = call.body()?;
    let mut title = before.clone();
    apply(call, &mut title, &input, false)?;
    if title != before {
        title.updated_at = call.now;
        store::update(call.tx, call.org(), &title).map_err(|error| taken("name", error))?;
        record_named(call, Subject::JobTitle, &title.id, "updated", &title.name)?;
    }
    Reply::data(view(title))
}

/// Delete a job title
///
/// For good, from every step that names it.
#[utoipa::path(delete, path = "/organizations/{org}/roles/{role_id}", tag = "job titles", operation_id = "delete_job_title",
    params(("org" = String, Path), ("role_id" = String, Path)),
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn delete(call: &mut Call<'_, '_, Member>) -> Answer {
    let title = held(call)?;
    store::forget(call.tx, call.org(), &title.id)?;
    record_named(call, Subject::JobTitle, &title.id, "deleted", &title.name)?;
    Ok(Reply::nothing())
}

fn held(call: &mut Call<'_, '_, Member>) -> Result<JobTitle, Refusal> {
    let id = call.id("role_id")?;
    store::get_to_change(call.tx, call.org(), &id)?.ok_or_else(Refusal::not_found)
}

fn apply(
    call: &mut Call<'_, '_, Member>,
    title: &mut JobTitle,
    input: &JobTitleInput,
    is_new: bool,
) -> Result<(), Refusal> {
    let mut problems = Problems::default();
    let place = &mut title.name;
    name("name", &input.name, NAME_MAX, is_new, place, &mut problems);
    if store::is_taken(call.tx, call.org(), &title.name, &title.id)? {
        problems.add("name", already("name"));
    }
    problems.check()
}

fn view(title: JobTitle) -> wire::JobTitle {
    wire::JobTitle {
        id: title.id,
        name: title.name,
        permissions: Object::default(),
        created_at: title.created_at,
        updated_at: title.updated_at,
    }
}
