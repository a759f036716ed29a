//! Handlers of groups (contract: organization, section 3.2).

use std::collections::BTreeMap;

use tallystick_wire::group::{self as wire, GroupInput};
use tallystick_wire::include::Collection;
use tallystick_wire::member::User;
use tallystick_wire::page::Page;
use tallystick_wire::{ErrorBody, Item};

use crate::activity::store::{Subject, record_named};
use crate::group::rules::{Group, check_manage};
use crate::group::{input, store};
use crate::guest;
use crate::http::fields::taken;
use crate::http::page::Window;
use crate::http::{Answer, Call, Member, Refusal, Reply};
use crate::member;
use crate::organisation::store as organisation;

/// Groups
///
/// The oldest first unless `sort` says otherwise.
#[utoipa::path(get, path = "/organizations/{org}/groups", tag = "groups", operation_id = "groups",
    params(("org" = String, Path), ("q" = Option<String>, Query, description = "part of the name or description"),
        ("sort" = Option<String>, Query, description = "created_at (default), name, updated_at; - reverses"),
        ("with" = Option<String>, Query, description = "users, assets"),
        ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query, description = "default 10, at most 100")),
    responses((status = 200, body = Page<wire::Group>), (status = 404, body = ErrorBody)))]
pub fn list(call: &mut Call<'_, '_, Member>) -> Answer {
    call.tx.take_time()?;
    let window = Window::read(call.query(), 10, 100);
    let search = call.query().get("q").map(str::to_lowercase);
    let total = store::count(call.tx, call.org(), search.as_deref())?;
    let groups = window.rows(total, |page| {
        store::list(
            call.tx,
            call.org(),
            search.as_deref(),
            &call.request.query,
            page,
        )
    })?;
    let data = views(call, groups)?;
    Reply::whole(&window.page(call.request, total, data))
}

/// One group
#[utoipa::path(get, path = "/organizations/{org}/groups/{group_id}", tag = "groups", operation_id = "group",
    params(("org" = String, Path), ("group_id" = String, Path), ("with" = Option<String>, Query, description = "users, assets")),
    responses((status = 200, body = Item<wire::Group>), (status = 404, body = ErrorBody)))]
pub fn get(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("group_id")?;
    let group = store::get(call.tx, call.org(), &id)?.ok_or_else(Refusal::not_found)?;
    Reply::data(view(call, group)?)
}

/// Make a group
///
/// For administrators, and for standard members where the organisation allows it. Somebody unknown among `guests` becomes
/// a guest.
#[utoipa::path(post, path = "/organizations/{org}/groups", tag = "groups", operation_id = "create_group", params(("org" = String, Path)),
    request_body = GroupInput, responses((status = 201, body = Item<wire::Group>), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn create(call: &mut Call<'_, '_, Member>) -> Answer {
    may_manage(call)?;
    let input: GroupInput = call.body()?;
    let mut group = Group {
        id: call.app.ids.object(call.now),
        name: String::new(),
        description: None,
        members: Vec::new(),
        guests: Vec::new(),
        created_at: call.now,
        updated_at: call.now,
    };
    input::apply(call, &mut group, &input, true)?;
    store::insert(call.tx, call.org(), &group).map_err(|error| taken("name", error))?;
    guest::code::give(call.tx, call.app, &call.caller.organization, &group.guests)?;
    record_named(call, Subject::Group, &group.id, "created", &group.name)?;
    Reply::created(view(call, group)?)
}

/// Change a group
///
/// A list that is sent replaces the stored one; a list that is not sent stays. Answers 201, as the contract's samples
/// expect.
#[utoipa::path(put, path = "/organizations/{org}/groups/{group_id}", tag = "groups", operation_id = "update_group",
    params(("org" = String, Path), ("group_id" = String, Path)), request_body = GroupInput,
    responses((status = 201, body = Item<wire::Group>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn update(call: &mut Call<'_, '_, Member>) -> Answer {
    let before = held(call)?;
    let input: GroupInput = call.body()?;
    let mut group = before.clone();
    input::apply(call, &mut group, &input, false)?;
    if group != before {
        group.updated_at = call.now;
        store::update(call.tx, call.org(), &group).map_err(|error| taken("name", error))?;
        guest::code::give(call.tx, call.app, &call.caller.organization, &group.guests)?;
        record_named(call, Subject::Group, &group.id, "updated", &group.name)?;
    }
    Reply::created(view(call, group)?)
}

/// Delete a group
///
/// For good. The people in it are not touched.
#[utoipa::path(delete, path = "/organizations/{org}/groups/{group_id}", tag = "groups", operation_id = "delete_group",
    params(("org" = String, Path), ("group_id" = String, Path)),
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn delete(call: &mut Call<'_, '_, Member>) -> Answer {
    let group = held(call)?;
    store::forget(call.tx, call.org(), &group.id)?;
    record_named(call, Subject::Group, &group.id, "deleted", &group.name)?;
    Ok(Reply::nothing())
}

/// The group of the path, held, for somebody who may change it.
fn held(call: &mut Call<'_, '_, Member>) -> Result<Group, Refusal> {
    let id = call.id("group_id")?;
    let group = store::get_to_change(call.tx, call.org(), &id)?.ok_or_else(Refusal::not_found)?;
    may_manage(call)?;
    Ok(group)
}

fn may_manage(call: &mut Call<'_, '_, Member>) -> Result<(), Refusal> {
    let settings = organisation::calendar(call.tx, call.org())?.settings;
    check_manage(call.caller, settings.allow_manage_groups)
}

fn view(call: &mut Call<'_, '_, Member>, group: Group) -> Result<wire::Group, Refusal> {
    let mut views = views(call, vec![group])?;
    views.pop().ok_or_else(Refusal::not_found)
}

fn views(call: &mut Call<'_, '_, Member>, groups: Vec<Group>) -> Result<Vec<wire::Group>, Refusal> {
    let users = if call.query().asks_for("users") {
        let mut numbers: Vec<i64> = groups
            .iter()
            .flat_map(|group| group.members.iter().copied())
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        Some(member::view::many(
            call.tx,
            call.caller,
            &numbers,
            call.now,
        )?)
    } else {
        None
    };
    let assets = call.query().asks_for("assets");
    Ok(groups
        .into_iter()
        .map(|group| show(group, users.as_ref(), assets))
        .collect())
}

fn show(group: Group, users: Option<&BTreeMap<i64, User>>, assets: bool) -> wire::Group {
    let users = users.map(|users| {
        let known = group.members.iter().filter_map(|id| users.get(id).cloned());
        Collection::of(known.collect())
    });
    wire::Group {
        id: group.id,
        name: group.name,
        description: group.description,
        logo: None,
        members: group.members,
        guests: group.guests,
        created_at: group.created_at,
        updated_at: group.updated_at,
        last_updated: group.updated_at,
        deleted_at: None,
        users,
        assets: assets.then(|| Collection::of(Vec::new())),
    }
}
