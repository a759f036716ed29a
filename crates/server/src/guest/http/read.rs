//! Reading guests.

use tallystick_wire::guest::{Guest, GuestList};
use tallystick_wire::page::Page;
use tallystick_wire::{ErrorBody, Item};

use super::{found, views};
use crate::guest::store::{self, Shown};
use crate::http::page::Window;
use crate::http::{Answer, Call, Member, Refusal, Reply};

fn shown(caller: &Member) -> Shown {
    if caller.is_light() {
        Shown::WorkingWith(caller.id())
    } else {
        Shown::All
    }
}

/// Guests
///
/// The oldest first, 999 a page unless asked otherwise. A light member gets those they share a task with, without their
/// links.
#[utoipa::path(get, path = "/organizations/{org}/guests", tag = "guests", operation_id = "guests",
    params(("org" = String, Path), ("q" = Option<String>, Query, description = "part of the address or of a name"),
        ("sort" = Option<String>, Query, description = "created_at (default), email, last_accessed_at; - reverses"),
        ("with" = Option<String>, Query, description = "stats"),
        ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<Guest>), (status = 404, body = ErrorBody)))]
pub fn list(call: &mut Call<'_, '_, Member>) -> Answer {
    call.tx.take_time()?;
    let window = Window::read(call.query(), 999, i64::MAX / 4);
    let search = call.query().get("q").map(str::to_lowercase);
    let (search, shown) = (search.as_deref(), shown(call.caller));
    let total = store::count(call.tx, call.org(), search, shown)?;
    let guests = window.rows(total, |page| {
        store::list(
            call.tx,
            call.org(),
            search,
            shown,
            &call.request.query,
            page,
        )
    })?;
    let data = views(call, guests)?;
    Reply::whole(&window.page(call.request, total, data))
}

/// Guests, whole and without pages
#[utoipa::path(get, path = "/organizations/{org}/guests-list", tag = "guests", operation_id = "guests_list",
    params(("org" = String, Path), ("q" = Option<String>, Query), ("with" = Option<String>, Query, description = "stats")),
    responses((status = 200, body = GuestList), (status = 404, body = ErrorBody)))]
pub fn list_names(call: &mut Call<'_, '_, Member>) -> Answer {
    call.tx.take_time()?;
    let search = call.query().get("q").map(str::to_lowercase);
    let guests = store::list(
        call.tx,
        call.org(),
        search.as_deref(),
        shown(call.caller),
        &call.request.query,
        (i64::from(i32::MAX), 0),
    )?;
    let data = views(call, guests)?;
    let count = i64::try_from(data.len()).unwrap_or(i64::MAX);
    Reply::whole(&GuestList { data, count })
}

/// One guest
///
/// By address, number or the code of their link.
#[utoipa::path(get, path = "/organizations/{org}/guests/{email}", tag = "guests", operation_id = "guest",
    params(("org" = String, Path), ("email" = String, Path), ("with" = Option<String>, Query, description = "stats")),
    responses((status = 200, body = Item<Guest>), (status = 404, body = ErrorBody)))]
pub fn get(call: &mut Call<'_, '_, Member>) -> Answer {
    let guest = found(call, "email")?;
    let mut views = views(call, vec![guest])?;
    Reply::data(views.pop().ok_or_else(Refusal::not_found)?)
}
