//! Making, changing and removing guests.

use tallystick_wire::custom_field::Record;
use tallystick_wire::guest::{Guest, GuestDetails, GuestInput};
use tallystick_wire::{ErrorBody, Item};

use super::{held, now_shown, show};
use crate::activity::store::{Subject, record_named};
use crate::guest::{code, input, store};
use crate::http::{Answer, Call, Member, Problems, Refusal, Reply};
use crate::member::rules::is_email;
use crate::member::store::fold;
use crate::{custom_field, group, task};

/// Make a guest
///
/// Somebody who is a guest already is answered as they are; nothing of them is overwritten.
#[utoipa::path(post, path = "/organizations/{org}/guests", tag = "guests", operation_id = "create_guest", params(("org" = String, Path)),
    request_body = GuestInput, responses((status = 201, body = Item<Guest>), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn create(call: &mut Call<'_, '_, Member>) -> Answer {
    let input: GuestInput = call.body()?;
    let mut problems = Problems::default();
    let email = fold(input.email.as_value().map_or("", |email| &email.0));
    if email.is_empty() {
        problems.add("email", "The email field is required");
    } else if !is_email(&email) {
        problems.add("email", "The email must be an e-mail address");
    } else if store::is_member(call.tx, call.org(), &email)? {
        problems.add("email", "This address belongs to a member");
    }
    let mut details = GuestDetails::default();
    input::apply(call, &mut details, &input, &mut problems)?;
    problems.check()?;
    if store::get(call.tx, call.org(), &email)?.is_none() {
        let id = store::ensure(call.tx, call.org(), &email, call.now)?;
        let mut guest =
            store::get_to_change(call.tx, call.org(), &email)?.ok_or_else(Refusal::not_found)?;
        guest.details = details;
        store::update(call.tx, call.org(), &guest)?;
        record_named(
            call,
            Subject::Guest,
            &id.to_string(),
            "created",
            &guest.email,
        )?;
    }
    let emails = std::slice::from_ref(&email);
    code::give(call.tx, call.app, &call.caller.organization, emails)?;
    let guest = store::get(call.tx, call.org(), &email)?.ok_or_else(Refusal::not_found)?;
    Reply::created(now_shown(call, guest.id)?)
}

/// Change a guest
///
/// Every field that is sent, except the address. Answers 201, as the contract's samples expect.
#[utoipa::path(put, path = "/organizations/{org}/guests/{email}", tag = "guests", operation_id = "update_guest",
    params(("org" = String, Path), ("email" = String, Path)), request_body = GuestInput,
    responses((status = 201, body = Item<Guest>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn update(call: &mut Call<'_, '_, Member>) -> Answer {
    let before = held(call, "email")?;
    let input: GuestInput = call.body()?;
    let mut guest = before.clone();
    let mut problems = Problems::default();
    input::apply(call, &mut guest.details, &input, &mut problems)?;
    problems.check()?;
    if guest != before {
        store::update(call.tx, call.org(), &guest)?;
        record_named(
            call,
            Subject::Guest,
            &guest.id.to_string(),
            "updated",
            &guest.email,
        )?;
    }
    let emails = std::slice::from_ref(&guest.email);
    code::give(call.tx, call.app, &call.caller.organization, emails)?;
    Reply::created(now_shown(call, guest.id)?)
}

/// Remove a guest
///
/// From this organisation: open tasks lose them, finished ones keep them, their link ends. Somebody unknown is a 422.
#[utoipa::path(delete, path = "/organizations/{org}/guests/{email}", tag = "guests", operation_id = "delete_guest",
    params(("org" = String, Path), ("email" = String, Path)),
    responses((status = 200, body = Item<Guest>), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn delete(call: &mut Call<'_, '_, Member>) -> Answer {
    let named = call.path("email")?;
    let guest = store::get_to_change(call.tx, call.org(), named)?
        .ok_or_else(|| Refusal::invalid("email", "There is no such guest in this organization"))?;
    task::store::detach_guest(call.tx, call.org(), &guest, call.now)?;
    group::store::guest_leaves(call.tx, call.org(), guest.id)?;
    let id = guest.id.to_string();
    custom_field::store::forget(call.tx, call.org(), Record::Guest, &id)?;
    store::forget(call.tx, call.org(), guest.id, call.now)?;
    record_named(call, Subject::Guest, &id, "deleted", &guest.email)?;
    Reply::data(show(call, guest, Some(call.now)))
}
