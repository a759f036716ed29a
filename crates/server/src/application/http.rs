//! `/applications/{org}/users…`.

use jiff::tz::TimeZone;
use tallystick_wire::application::ProvisionedUser;
use tallystick_wire::member::{MemberStatus, Role, User as Person};
use tallystick_wire::oauth::TokenAnswer;
use tallystick_wire::patch::Patch;
use tallystick_wire::token::Kind;
use tallystick_wire::{ErrorBody, Item};

use crate::audit::{Event, Origin};
use crate::clock::SECOND;
use crate::http::access::Scopes;
use crate::http::{Answer, Application, Call, Problems, Refusal, Reply};
use crate::mail;
use crate::member::rules;
use crate::member::store::{self, NewUser, insert_membership, insert_user, set_membership};
use crate::oauth::authorization::{self, How, NewAuthorization};
use crate::token::store::{Order, issue_under};

/// Make somebody a member
///
/// They are an active member at once and need no invitation; they have no password until they ask for a link to set one.
/// Somebody who has an account here already is invited instead: nobody else decides what acts for them.
#[utoipa::path(post, path = "/applications/{org}/users", tag = "applications", operation_id = "provision_user",
    params(("org" = String, Path)), request_body = ProvisionedUser,
    responses((status = 201, body = Item<Person>), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn provision(call: &mut Call<'_, '_, Application>) -> Answer {
    let input: ProvisionedUser = call.body()?;
    let mut problems = Problems::default();
    let first_name = rules::name("first_name", &input.first_name, &mut problems);
    let last_name = rules::name("last_name", &input.last_name, &mut problems);
    let email = rules::email("email", &input.email, &mut problems);
    let role = match input.role.as_value() {
        None => Role::Standard,
        Some(word) => Role::read(&word.to_ascii_lowercase()).unwrap_or_else(|| {
            problems.add("role", "The role is admin, standard or light");
            Role::Standard
        }),
    };
    if let Patch::Value(zone) = &input.timezone
        && TimeZone::get(zone).is_err()
    {
        problems.add("timezone", "The timezone is a name such as Europe/Berlin");
    }
    let organization = &call.caller.organization;
    let known = store::by_email(call.tx, &email)?;
    if let Some(known) = known
        && store::member(call.tx, organization, known, call.now)?.is_some()
    {
        problems.add("email", "The email has already been taken");
    }
    problems.check()?;
    let user_id = match known {
        Some(known) => {
            insert_membership(call.tx, organization, known, role, false, call.now)?;
            set_membership(
                call.tx,
                organization,
                known,
                role,
                MemberStatus::Invited,
                call.now,
            )?;
            mail::invite(call.tx, call.app, known, organization, None, call.now)?;
            known
        }
        None => {
            let new = NewUser {
                email: &email,
                first_name: &first_name,
                last_name: &last_name,
                timezone: input.timezone.as_value().map(String::as_str),
                password_hash: None,
            };
            let id = insert_user(call.tx, &new, call.now)?;
            insert_membership(call.tx, organization, id, role, false, call.now)?;
            id
        }
    };
    Event::new("member_provisioned")
        .inside(organization)
        .of(user_id)
        .through(&call.caller.client_id)
        .with(&call.caller.token_id)
        .from(&Origin::from(call.request))
        .record(call.tx, call.app, call.now)?;
    let person =
        store::member(call.tx, organization, user_id, call.now)?.ok_or_else(Refusal::not_found)?;
    Reply::created(person)
}

/// A token that acts for a member
///
/// It works in this organisation only, is listed among the member's connected applications, and ends with the application,
/// the membership, or when the member disconnects the application. An address that is nobody's here is 404, whether it has an
/// account elsewhere or none.
#[utoipa::path(post, path = "/applications/{org}/users/{email}/token", tag = "applications", operation_id = "issue_user_token",
    params(("org" = String, Path), ("email" = String, Path)),
    responses((status = 200, body = TokenAnswer), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn issue(call: &mut Call<'_, '_, Application>) -> Answer {
    let organization = &call.caller.organization;
    let email = call.path("email")?;
    let member = match store::by_email(call.tx, email)? {
        Some(id) => store::member(call.tx, organization, id, call.now)?,
        None => None,
    };
    let member = member.ok_or_else(Refusal::not_found)?;
    if member.status.as_deref() != Some(MemberStatus::Active.word()) {
        return Err(Refusal::invalid(
            "email",
            "This member is not active: nothing can act for them",
        ));
    }
    let life = call.app.settings.oauth.issued;
    let expires_at = call.now.plus(life * SECOND);
    let scopes: &Scopes = &call.caller.scopes;
    let id = call.app.ids.object(call.now);
    let new = NewAuthorization {
        id: &id,
        client: Some(&call.caller.client_id),
        user_id: member.id,
        organization: Some(organization),
        how: How::Issued,
        scopes,
        expires_at,
    };
    authorization::insert(call.tx, &new, call.now)?;
    let order = Order {
        user_id: member.id,
        name: "issued to an application",
        scopes,
        organization_id: Some(organization),
        expires_at: Some(expires_at),
    };
    let under = (Some(call.caller.client_id.as_str()), id.as_str());
    let (token_id, access_token) = issue_under(
        call.tx,
        &call.app.ids,
        Kind::Issued,
        &order,
        under,
        call.now,
    )?;
    Event::new("user_token_issued")
        .inside(organization)
        .of(member.id)
        .through(&call.caller.client_id)
        .with(&token_id)
        .from(&Origin::from(call.request))
        .record(call.tx, call.app, call.now)?;
    let answer = TokenAnswer {
        token_type: "Bearer".to_owned(),
        expires_in: life,
        access_token,
        refresh_token: None,
        scope: None,
    };
    Ok(Reply::whole(&answer)?.holding_a_secret())
}
