//! `me` and the members of an organisation (contract: auth, section 13; organization, section 1).

pub mod fields;

use ::http::Method;
use tallystick_wire::custom_field::Record;
use tallystick_wire::member::{User as Person, UserList};
use tallystick_wire::page::Page;

use crate::custom_field;
use crate::http::page::Window;
use crate::http::{Answer, Call, Member, Refusal, Reply, User};
use crate::member::store::{self, Sorting};
use crate::member::view::{Groups, include, reduce};

/// The caller
///
/// What belongs to one organisation (role, status) comes from the token's organisation or from the one used
/// last, and is null when there is none.
#[utoipa::path(get, path = "/me", tag = "me", operation_id = "me",
    params(("with" = Option<String>, Query)),
    responses((status = 200, body = tallystick_wire::Item<Person>), (status = 401, body = tallystick_wire::ErrorBody)))]
pub fn me(call: &mut Call<'_, '_, User>) -> Answer {
    let organization = match &call.caller.token.organization_id {
        Some(only) => Some(only.clone()),
        None => store::current_organisation(call.tx, call.caller.id)?,
    };
    let mut person = store::person(call.tx, call.caller.id, organization.as_deref(), call.now)?
        .ok_or_else(Refusal::not_found)?;
    let groups = match organization {
        Some(organization) => Groups::of(call.tx, &organization, person.id, call.query())?,
        None => Groups::default(),
    };
    include(&mut person, call.query(), &groups, true);
    Reply::data(person)
}

/// The caller in this organisation
#[utoipa::path(get, path = "/organizations/{org}/me", tag = "me", operation_id = "me_in_organization",
    params(("org" = String, Path), ("with" = Option<String>, Query)),
    responses((status = 200, body = tallystick_wire::Item<Person>), (status = 404, body = tallystick_wire::ErrorBody)))]
pub fn me_here(call: &mut Call<'_, '_, Member>) -> Answer {
    let mut person = store::member(call.tx, call.org(), call.caller.id(), call.now)?
        .ok_or_else(Refusal::not_found)?;
    let groups = Groups::of(call.tx, call.org(), person.id, &call.request.query)?;
    include(&mut person, call.query(), &groups, true);
    Reply::data(person)
}

/// Members
///
/// Everybody, whatever their status, by name; 9999 a page unless asked otherwise. A light member gets names,
/// addresses, roles and status only.
#[utoipa::path(get, path = "/organizations/{org}/users", tag = "members", operation_id = "members",
    params(("org" = String, Path), ("q" = Option<String>, Query, description = "part of a name or address"),
        ("status" = Option<String>, Query, description = "active, invited or disabled"), ("sort" = Option<String>, Query),
        ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query), ("with" = Option<String>, Query)),
    responses((status = 200, body = Page<Person>), (status = 404, body = tallystick_wire::ErrorBody)))]
pub fn list(call: &mut Call<'_, '_, Member>) -> Answer {
    call.tx.take_time()?;
    let window = Window::read(call.query(), 9_999, i64::MAX / 4);
    let search = call.query().get("q").map(str::to_lowercase);
    let status = call.query().get("status").map(str::to_owned);
    let sorting = Sorting::read(call.query());
    let total = store::count(call.tx, call.org(), search.as_deref(), status.as_deref())?;
    let mut data = window.rows(total, |page| {
        store::list(
            call.tx,
            call.org(),
            search.as_deref(),
            status.as_deref(),
            sorting,
            page,
            call.now,
        )
    })?;
    let groups = Groups::all(call.tx, call.org(), &call.request.query)?;
    for person in &mut data {
        reduce(person, call.caller);
        let private = call.caller.is_admin() || person.id == call.caller.id();
        include(person, &call.request.query, &groups, private);
    }
    Reply::whole(&window.page(call.request, total, data))
}

/// Members, whole and without pages
#[utoipa::path(get, path = "/organizations/{org}/users-list", tag = "members", operation_id = "members_list",
    params(("org" = String, Path)),
    responses((status = 200, body = UserList), (status = 404, body = tallystick_wire::ErrorBody)))]
pub fn list_names(call: &mut Call<'_, '_, Member>) -> Answer {
    call.tx.take_time()?;
    let mut data = store::list(
        call.tx,
        call.org(),
        None,
        None,
        Sorting::default(),
        (i64::from(i32::MAX), 0),
        call.now,
    )?;
    data.iter_mut()
        .for_each(|person| reduce(person, call.caller));
    let count = i64::try_from(data.len()).unwrap_or(i64::MAX);
    Reply::whole(&UserList { data, count })
}

/// One member
///
/// By number; a user name or an address is understood too.
#[utoipa::path(get, path = "/organizations/{org}/users/{user_id}", tag = "members", operation_id = "member",
    params(("org" = String, Path), ("user_id" = String, Path), ("with" = Option<String>, Query)),
    responses((status = 200, body = tallystick_wire::Item<Person>), (status = 404, body = tallystick_wire::ErrorBody)))]
pub fn get(call: &mut Call<'_, '_, Member>) -> Answer {
    let named = call.path("user_id")?.to_owned();
    let id = match named.parse::<i64>() {
        Ok(id) => id,
        Err(_) => store::number_of(call.tx, call.org(), &named)?.ok_or_else(Refusal::not_found)?,
    };
    let mut person =
        store::member(call.tx, call.org(), id, call.now)?.ok_or_else(Refusal::not_found)?;
    reduce(&mut person, call.caller);
    let private = call.caller.is_admin() || person.id == call.caller.id();
    let groups = Groups::of(call.tx, call.org(), person.id, &call.request.query)?;
    include(&mut person, call.query(), &groups, private);
    Reply::data(person)
}

/// The member of the path as a record that has custom fields. Any member reads them with the member; they themselves and
/// administrators write them.
fn target(call: &mut Call<'_, '_, Member>) -> Result<custom_field::Target, Refusal> {
    let id: i64 = call
        .path("user_id")?
        .parse()
        .map_err(|_| Refusal::not_found())?;
    store::member(call.tx, call.org(), id, call.now)?.ok_or_else(Refusal::not_found)?;
    let writes = call.request.method != Method::GET;
    if writes && !call.caller.is_admin() && call.caller.id() != id {
        return Err(Refusal::forbidden(
            "Only administrators change the custom fields of others",
        ));
    }
    Ok(custom_field::Target {
        record: Record::Member,
        id: id.to_string(),
    })
}
