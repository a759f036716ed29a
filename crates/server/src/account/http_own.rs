//! What somebody does with their own account: password, address, sessions, signing out.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tallystick_wire::account::{SessionInfo, UpdateEmail, UpdatePassword};
use tallystick_wire::member::User as Person;
use tallystick_wire::{ErrorBody, Item};

use crate::account::email::{self, Change};
use crate::account::http::{is_set, needed, twice};
use crate::account::sign_out::{With, sign_out};
use crate::account::{password, session};
use crate::app::App;
use crate::audit::{Event, Origin};
use crate::http::request::Request;
use crate::http::{Answer, Call, Member, Problems, Refusal, Reply, User};
use crate::member::store;

/// Sign out
///
/// Ends the token of this request, with everything that came of the same sign-in. Where the installation is set so, the
/// caller's personal access tokens end too.
#[utoipa::path(post, path = "/auth/logout", tag = "account", operation_id = "logout", responses((status = 204), (status = 401, body = ErrorBody)))]
pub fn logout(call: &mut Call<'_, '_, User>) -> Answer {
    let with = With::Token(&call.caller.token.id);
    let origin = Origin::from(call.request);
    sign_out(call.tx, call.app, call.caller.id, with, &origin, call.now)?;
    Ok(Reply::nothing())
}

/// Own sessions
///
/// The browsers that are signed in, the one used last first.
#[utoipa::path(get, path = "/me/sessions", tag = "account", operation_id = "sessions",
    responses((status = 200, body = Item<Vec<SessionInfo>>)))]
pub fn sessions(call: &mut Call<'_, '_, User>) -> Answer {
    Reply::data(session::list(call.tx, call.caller.id, call.now)?)
}

/// End a session
#[utoipa::path(delete, path = "/me/sessions/{session}", tag = "account", operation_id = "end_session", params(("session" = String, Path)),
    responses((status = 204), (status = 404, body = ErrorBody)))]
pub fn end_session(call: &mut Call<'_, '_, User>) -> Answer {
    let id = call.id("session")?;
    if session::end(call.tx, call.caller.id, &id, call.now)? == 0 {
        return Err(Refusal::not_found());
    }
    let event = Event::new("session_ended").by(call.caller.id);
    let event = event.of(call.caller.id).with(&id);
    event
        .from(&Origin::from(call.request))
        .record(call.tx, call.app, call.now)?;
    Ok(Reply::nothing())
}

/// Whether the path names the caller; somebody else may not be changed, and who is not here is not found.
async fn check_self(app: &App, request: &Request, member: &Member) -> Result<(), Refusal> {
    let named = request
        .param("user_id")
        .and_then(|text| text.parse::<i64>().ok())
        .ok_or_else(Refusal::not_found)?;
    if named == member.id() {
        return Ok(());
    }
    let (organization, now) = (member.organization.clone(), app.clock.now());
    let read = app
        .db
        .read(move |tx| Ok::<_, Refusal>(store::member(tx, &organization, named, now)?));
    match read.await? {
        Some(_) => Err(Refusal::forbidden(
            "Everybody changes their own password and address only",
        )),
        None => Err(Refusal::not_found()),
    }
}

async fn myself(app: &App, member: &Member) -> Answer {
    let (organization, user_id) = (member.organization.clone(), member.id());
    let now = app.clock.now();
    let read = app.db.read(move |tx| {
        store::member(tx, &organization, user_id, now)?.ok_or_else(Refusal::not_found)
    });
    Reply::data(read.await?)
}

fn wrong_password() -> Refusal {
    Refusal::invalid("current_password", "The current_password is wrong")
}

/// Change the own password
///
/// Ends browser sessions, refresh tokens and tokens got with the password, also the one of this request if it is such;
/// tokens made by name stay unless `revoke_everything` is true.
#[utoipa::path(put, path = "/organizations/{org}/users/{user_id}/update-password", tag = "account", operation_id = "update_password",
    params(("org" = String, Path), ("user_id" = i64, Path)), request_body = UpdatePassword,
    responses((status = 200, body = Item<Person>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn update_password(
    app: App,
    request: Arc<Request>,
    member: Member,
) -> BoxFuture<'static, Answer> {
    Box::pin(async move {
        check_self(&app, &request, &member).await?;
        let input: UpdatePassword = request.input()?;
        let mut problems = Problems::default();
        let current = needed("current_password", &input.current_password, &mut problems);
        let chosen = twice(&input.password, &input.password_confirmation, &mut problems);
        problems.check()?;
        let everything = is_set(&input.revoke_everything, false);
        let (id, origin) = (member.id(), Origin::from(&*request));
        if !password::change(&app, id, current, chosen, None, everything, &origin).await? {
            return Err(wrong_password());
        }
        myself(&app, &member).await
    })
}

/// Change the own address
///
/// The answer shows the address so far: the new one replaces it when the link that is mailed there is followed and confirmed.
#[utoipa::path(put, path = "/organizations/{org}/users/{user_id}/update-email", tag = "account", operation_id = "update_email",
    params(("org" = String, Path), ("user_id" = i64, Path)), request_body = UpdateEmail,
    responses((status = 200, body = Item<Person>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn update_email(app: App, request: Arc<Request>, member: Member) -> BoxFuture<'static, Answer> {
    Box::pin(async move {
        check_self(&app, &request, &member).await?;
        let input: UpdateEmail = request.input()?;
        let mut problems = Problems::default();
        let address = needed("email", &input.email, &mut problems);
        let current = needed("current_password", &input.current_password, &mut problems);
        problems.check()?;
        let (id, origin) = (member.id(), Origin::from(&*request));
        match email::request_change(&app, id, &address, current, &origin).await? {
            Change::Sent => myself(&app, &member).await,
            Change::WrongPassword => Err(wrong_password()),
        }
    })
}
