//! Handlers of tags (contract: organization, section 4.2).

pub mod fields;

use std::collections::BTreeMap;

use http::Method;
use tallystick_wire::ErrorBody;
use tallystick_wire::custom_field::Record;
use tallystick_wire::include::Item;
use tallystick_wire::lenient::Object;
use tallystick_wire::page::Page;
use tallystick_wire::patch::Patch;
use tallystick_wire::tag::{self as wire, TITLE_MAX, TagInput};

use crate::activity::store::{Subject, record_named};
use crate::custom_field;
use crate::http::fields::{already, name, taken};
use crate::http::page::Window;
use crate::http::{Answer, Call, Member, Problems, Refusal, Reply};
use crate::tag::store::{self, Filter, Tag};

/// Tags
///
/// The oldest first unless `sort` says otherwise. Tags that the system made are left out unless `all=true` or
/// `auto_generated=true` asks for them.
#[utoipa::path(get, path = "/organizations/{org}/tags", tag = "tags", operation_id = "tags",
    params(("org" = String, Path), ("q" = Option<String>, Query, description = "part of the title"),
        ("all" = Option<String>, Query, description = "true for automatic tags too"),
        ("auto_generated" = Option<bool>, Query, description = "only automatic tags, or only the others"),
        ("sort" = Option<String>, Query, description = "created_at (default), title; - reverses"),
        ("with" = Option<String>, Query, description = "statistics"),
        ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query, description = "default 10, at most 100")),
    responses((status = 200, body = Page<wire::Tag>), (status = 404, body = ErrorBody)))]
pub fn list(call: &mut Call<'_, '_, Member>) -> Answer {
    call.tx.take_time()?;
    let window = Window::read(call.query(), 10, 100);
    let filter = Filter::read(call.query());
    let total = store::count(call.tx, call.org(), &filter)?;
    let tags = window.rows(total, |page| {
        store::list(call.tx, call.org(), &filter, &call.request.query, page)
    })?;
    let data = views(call, tags)?;
    Reply::whole(&window.page(call.request, total, data))
}

/// One tag
#[utoipa::path(get, path = "/organizations/{org}/tags/{tag_id}", tag = "tags", operation_id = "tag",
    params(("org" = String, Path), ("tag_id" = String, Path), ("with" = Option<String>, Query, description = "statistics")),
    responses((status = 200, body = Item<wire::Tag>), (status = 404, body = ErrorBody)))]
pub fn get(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("tag_id")?;
    let tag = store::get(call.tx, call.org(), &id)?.ok_or_else(Refusal::not_found)?;
    Reply::data(view(call, tag)?)
}

/// Make a tag
#[utoipa::path(post, path = "/organizations/{org}/tags", tag = "tags", operation_id = "create_tag", params(("org" = String, Path)),
    request_body = TagInput, responses((status = 201, body = Item<wire::Tag>), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn create(call: &mut Call<'_, '_, Member>) -> Answer {
    let input: TagInput = call.body()?;
    let mut tag = Tag {
        id: call.app.ids.object(call.now),
        title: String::new(),
        color: None,
        auto_generated: false,
        created_at: call.now,
    };
    apply(call, &mut tag, &input, true)?;
    store::insert(call.tx, call.org(), &tag).map_err(|error| taken("title", error))?;
    record_named(call, Subject::Tag, &tag.id, "created", &tag.title)?;
    Reply::created(view(call, tag)?)
}

/// Change a tag
///
/// Its title, its colour, or both.
#[utoipa::path(put, path = "/organizations/{org}/tags/{tag_id}", tag = "tags", operation_id = "update_tag",
    params(("org" = String, Path), ("tag_id" = String, Path)), request_body = TagInput,
    responses((status = 200, body = Item<wire::Tag>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn update(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("tag_id")?;
    let before = store::get_to_change(call.tx, call.org(), &id)?.ok_or_else(Refusal::not_found)?;
    let input: TagInput = call.body()?;
    if !input.title.is_sent() && !input.color.is_sent() {
        return Err(Refusal::invalid("title", "Send a title, a color or both"));
    }
    let mut tag = before.clone();
    apply(call, &mut tag, &input, false)?;
    if tag != before {
        store::update(call.tx, call.org(), &tag, call.now)
            .map_err(|error| taken("title", error))?;
        record_named(call, Subject::Tag, &tag.id, "updated", &tag.title)?;
    }
    Reply::data(view(call, tag)?)
}

/// Delete a tag
///
/// For good, from everything that carries it. A tag that is not there is deleted already.
#[utoipa::path(delete, path = "/organizations/{org}/tags/{tag_id}", tag = "tags", operation_id = "delete_tag",
    params(("org" = String, Path), ("tag_id" = String, Path)),
    responses((status = 204), (status = 403, body = ErrorBody)))]
pub fn delete(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("tag_id")?;
    let Some(tag) = store::get_to_change(call.tx, call.org(), &id)? else {
        return Ok(Reply::nothing());
    };
    if store::delete(call.tx, call.org(), &id)? {
        custom_field::store::forget(call.tx, call.org(), Record::Tag, &id)?;
        record_named(call, Subject::Tag, &id, "deleted", &tag.title)?;
    }
    Ok(Reply::nothing())
}

fn apply(
    call: &mut Call<'_, '_, Member>,
    tag: &mut Tag,
    input: &TagInput,
    is_new: bool,
) -> Result<(), Refusal> {
    let mut problems = Problems::default();
    name(
        "title",
        &input.title,
        TITLE_MAX,
        is_new,
        &mut tag.title,
        &mut problems,
    );
    if store::is_taken(call.tx, call.org(), &tag.title, &tag.id)? {
        problems.add("title", already("title"));
    }
    match &input.color {
        Patch::Absent => {}
        Patch::Null => tag.color = None,
        Patch::Value(color) if is_color(&color.0) => tag.color = Some(color.0.clone()),
        Patch::Value(_) => problems.add("color", "The color must look like #1a2b3c"),
    }
    problems.check()
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#').is_some_and(|digits| {
        digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    })
}

fn view(call: &mut Call<'_, '_, Member>, tag: Tag) -> Result<wire::Tag, Refusal> {
    let mut views = views(call, vec![tag])?;
    views.pop().ok_or_else(Refusal::not_found)
}

fn views(call: &mut Call<'_, '_, Member>, tags: Vec<Tag>) -> Result<Vec<wire::Tag>, Refusal> {
    let ids: Vec<String> = tags.iter().map(|tag| tag.id.clone()).collect();
    let statistics = if call.query().asks_for("statistics") {
        Some(store::statistics(call.tx, call.org(), &ids)?)
    } else {
        None
    };
    let mut fields: BTreeMap<String, Object> =
        custom_field::store::of(call.tx, call.org(), Record::Tag, &ids)?;
    let shown = tags.into_iter().enumerate().map(|(index, tag)| wire::Tag {
        statistics: statistics.as_ref().map(|all| Item { data: all[index] }),
        custom_fields: Some(fields.remove(&tag.id).unwrap_or_default()),
        id: tag.id,
        title: tag.title,
        color: tag.color,
        r#type: "private".to_owned(),
        auto_generated: tag.auto_generated,
        created_at: tag.created_at,
        deleted_at: None,
    });
    Ok(shown.collect())
}

/// The tag of the path as a record that has custom fields; held when they are to be written.
fn target(call: &mut Call<'_, '_, Member>) -> Result<custom_field::Target, Refusal> {
    let id = call.id("tag_id")?;
    let found = if call.request.method == Method::GET {
        store::get(call.tx, call.org(), &id)?
    } else {
        store::get_to_change(call.tx, call.org(), &id)?
    };
    found.ok_or_else(Refusal::not_found)?;
    Ok(custom_field::Target {
        record: Record::Tag,
        id,
    })
}
