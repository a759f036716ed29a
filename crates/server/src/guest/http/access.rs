//! Whether a guest's link works, and making a member of a guest.

use tallystick_wire::custom_field::Record;
use tallystick_wire::guest::Guest;
use tallystick_wire::member::{MemberStatus, Role, User};
use tallystick_wire::{ErrorBody, Item};

use super::{held, now_shown};
use crate::activity::store::{Subject, record_change, record_named};
use crate::audit::{Event, Origin};
use crate::guest::{code, rules, store};
use crate::http::{Answer, Call, Member, Refusal, Reply};
use crate::member::store::{self as members, NewUser};
use crate::{custom_field, group, mail, task, template};

/// Longest name of a member, in characters.
const NAME_MAX: usize = 32;

/// Switch a guest's link off
///
/// Not while tasks wait for them. Doing it again changes nothing.
#[utoipa::path(delete, path = "/organizations/{org}/guests/{email}/disable", tag = "guests", operation_id = "disable_guest",
    params(("org" = String, Path), ("email" = String, Path)),
    responses((status = 200, body = Item<Guest>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn disable(call: &mut Call<'_, '_, Member>) -> Answer {
    let guest = held(call, "email")?;
    if guest.details.disabled_at.is_none() {
        if !task::store::open_of_guest(call.tx, call.org(), guest.id)?.is_empty() {
            return Err(Refusal::forbidden(
                "This guest has incomplete tasks; complete or reassign them first",
            ));
        }
        store::disable(call.tx, call.org(), guest.id, call.caller.id(), call.now)?;
        record_named(
            call,
            Subject::Guest,
            &guest.id.to_string(),
            "disabled",
            &guest.email,
        )?;
    }
    Reply::data(now_shown(call, guest.id)?)
}

/// Switch a guest's link on again
#[utoipa::path(put, path = "/organizations/{org}/guests/{email}/enable", tag = "guests", operation_id = "enable_guest",
    params(("org" = String, Path), ("email" = String, Path)),
    responses((status = 200, body = Item<Guest>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn enable(call: &mut Call<'_, '_, Member>) -> Answer {
    let guest = held(call, "email")?;
    if guest.details.disabled_at.is_some() {
        store::enable(call.tx, call.org(), guest.id, call.caller.id(), call.now)?;
        record_named(
            call,
            Subject::Guest,
            &guest.id.to_string(),
            "enabled",
            &guest.email,
        )?;
    }
    let emails = std::slice::from_ref(&guest.email);
    code::give(call.tx, call.app, &call.caller.organization, emails)?;
    Reply::data(now_shown(call, guest.id)?)
}

/// Give a guest a new link
///
/// The old one ends.
#[utoipa::path(post, path = "/organizations/{org}/guests/{email}/reset-link", tag = "guests", operation_id = "reset_guest_link",
    params(("org" = String, Path), ("email" = String, Path)),
    responses((status = 200, body = Item<Guest>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody, description = "the installation has no key file")))]
pub fn reset_link(call: &mut Call<'_, '_, Member>) -> Answer {
    let guest = held(call, "email")?;
    code::renew(call.tx, call.app, &call.caller.organization, guest.id)?;
    let description = format!("gave the guest \"{}\" a new link", guest.email);
    let (id, field) = (guest.id.to_string(), Some("link"));
    record_change(
        call,
        Subject::Guest,
        &id,
        "updated",
        field,
        Some(&description),
    )?;
    Reply::data(now_shown(call, guest.id)?)
}

/// Make a member of a guest
///
/// A standard member, invited by mail: they set a password, or accept with the account they have. Open tasks, groups and
/// places in templates follow; the link ends.
#[utoipa::path(post, path = "/organizations/{org}/guests/{email}/to/member", tag = "guests", operation_id = "guest_to_member",
    params(("org" = String, Path), ("email" = String, Path)),
    responses((status = 200, body = Item<User>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn to_member(call: &mut Call<'_, '_, Member>) -> Answer {
    let guest = held(call, "email")?;
    if store::is_member(call.tx, call.org(), &guest.email)? {
        return Err(Refusal::invalid(
            "email",
            "This address belongs to a member already",
        ));
    }
    let user_id = match members::by_email(call.tx, &guest.email)? {
        Some(known) => known,
        None => new_person(call, &guest)?,
    };
    let organization = &call.caller.organization;
    let role = Role::Standard;
    members::insert_membership(call.tx, organization, user_id, role, false, call.now)?;
    members::set_invited(call.tx, organization, user_id, call.caller.id())?;
    task::store::hand_over(call.tx, organization, &guest, user_id, call.now)?;
    group::store::hand_over(call.tx, organization, guest.id, user_id)?;
    let email = members::fold(&guest.email);
    template::forget::guest_joins(call.tx, organization, &email, user_id)?;
    let id = guest.id.to_string();
    custom_field::store::forget(call.tx, organization, Record::Guest, &id)?;
    store::forget(call.tx, organization, guest.id, call.now)?;
    mail::invite(
        call.tx,
        call.app,
        user_id,
        organization,
        Some(call.caller.id()),
        call.now,
    )?;
    Event::new("guest_converted")
        .inside(organization)
        .by(call.caller.id())
        .of(user_id)
        .from(&Origin::from(call.request))
        .record(call.tx, call.app, call.now)?;
    let description = format!("made the guest \"{}\" a member", guest.email);
    record_change(
        call,
        Subject::Guest,
        &id,
        "invited",
        None,
        Some(&description),
    )?;
    let person = members::member(call.tx, call.org(), user_id, call.now)?;
    let person = person.ok_or_else(Refusal::not_found)?;
    debug_assert_eq!(person.status.as_deref(), Some(MemberStatus::Invited.word()));
    Reply::data(person)
}

/// An account that nobody can sign in to until the invitation is accepted.
fn new_person(call: &mut Call<'_, '_, Member>, guest: &rules::Guest) -> Result<i64, Refusal> {
    let short = |name: &Option<String>| -> String {
        let name = name.as_deref().unwrap_or_default();
        name.chars().take(NAME_MAX).collect()
    };
    let mut first_name = short(&guest.details.first_name);
    if first_name.is_empty() {
        let local = guest.email.split('@').next().map(str::to_owned);
        first_name = short(&local);
    }
    let last_name = short(&guest.details.last_name);
    let new = NewUser {
        email: &guest.email,
        first_name: &first_name,
        last_name: &last_name,
        timezone: guest.details.timezone.as_deref(),
        password_hash: None,
    };
    Ok(members::insert_user(call.tx, &new, call.now)?)
}
