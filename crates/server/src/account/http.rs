//! `/auth/…`: what anybody may call, because it is how one comes by a credential (contract: auth, section 8).

use std::sync::Arc;

use futures_util::future::BoxFuture;
use tallystick_db::Tx;
use tallystick_wire::account::{
    AccessToken, AddressInput, CodeInput, LoginInput, Message, RegisterInput, ResetPasswordInput,
    SignedIn,
};
use tallystick_wire::lenient::Flag;
use tallystick_wire::member::User;
use tallystick_wire::patch::Patch;
use tallystick_wire::token::Kind;
use tallystick_wire::{ErrorBody, Item, Time};

use crate::account::register::Registration;
use crate::account::second_factor::{self, Attempted};
use crate::account::sign_in::{self, Attempt, Person, Verdict};
use crate::account::{email, password};
use crate::app::App;
use crate::audit::{Event, Origin};
use crate::clock::{DAY, SECOND};
use crate::http::access::Scopes;
use crate::http::error::Reason;
use crate::http::request::Request;
use crate::http::{Answer, Problems, Refusal, Reply};
use crate::member::store as members;
use crate::oauth::authorization::{self, How, NewAuthorization};
use crate::token::store::{Order, issue_under};

/// How long the token of a sign-in lives.
const LIFE: i64 = 30 * DAY;

/// One answer for all that can be wrong with a sign-in, so that nothing can be learned from it.
fn refused() -> Refusal {
    Reason::SignIn {
        code: "INVALID_CREDENTIALS",
        message: "The address, the password or the code is wrong, or this account does not sign in",
    }
    .into()
}

fn second_factor_required() -> Refusal {
    Reason::SignIn {
        code: "SECOND_FACTOR_REQUIRED",
        message: "This account has a second factor: send its code as well",
    }
    .into()
}

/// A field that must be there.
pub(super) fn needed(field: &str, sent: &Patch<String>, problems: &mut Problems) -> String {
    match sent {
        Patch::Value(text) => text.clone(),
        Patch::Absent | Patch::Null => {
            problems.add(field, format!("The {field} field is required"));
            String::new()
        }
    }
}

/// A new password, which may be sent twice.
pub(super) fn twice(
    password: &Patch<String>,
    confirmation: &Patch<String>,
    problems: &mut Problems,
) -> String {
    let chosen = needed("password", password, problems);
    if confirmation
        .as_value()
        .is_some_and(|again| *again != chosen)
    {
        problems.add(
            "password_confirmation",
            "The password_confirmation is not the same as the password",
        );
    }
    chosen
}

pub(super) fn is_set(flag: &Patch<Flag>, usual: bool) -> bool {
    flag.as_value().map_or(usual, |flag| flag.0)
}

/// Sign in
///
/// The answer holds an access token that lives for 30 days, this once. It ends with a change of password, with
/// `POST /auth/logout`, or when it is disconnected.
#[utoipa::path(post, path = "/auth/login", tag = "account", operation_id = "login", request_body = LoginInput,
    responses((status = 200, body = Item<SignedIn>), (status = 401, body = ErrorBody), (status = 422, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub fn login(app: App, request: Arc<Request>) -> BoxFuture<'static, Answer> {
    Box::pin(async move {
        let input: LoginInput = request.input()?;
        let mut problems = Problems::default();
        let email = needed("email", &input.email, &mut problems);
        let password = needed("password", &input.password, &mut problems);
        problems.check()?;
        let origin = Origin::from(&*request);
        let attempt = Attempt {
            email,
            password,
            origin: origin.clone(),
        };
        let (person, owed) = match sign_in::check(&app, attempt).await? {
            Verdict::Accepted(person) => (person, None),
            Verdict::SecondFactor(person) => match input.code {
                Patch::Value(code) => (person, Some(code)),
                Patch::Absent | Patch::Null => return Err(second_factor_required()),
            },
            Verdict::Refused => return Err(refused()),
        };
        let inside = app.clone();
        let write = app.write(move |tx| {
            let now = inside.clock.now();
            if !person.stands(tx)? {
                return Err(refused());
            }
            if let Some(code) = &owed {
                let user = person.user_id;
                match second_factor::attempt(tx, &inside, user, code, Some(&origin), now)? {
                    Attempted::Right => {}
                    Attempted::Wrong => {
                        return Err(Refusal {
                            keep: true,
                            ..refused()
                        });
                    }
                }
            }
            signed_in(tx, &inside, person, &origin, now)
        });
        Ok(Reply::data(write.await?)?.holding_a_secret())
    })
}

/// The token of a sign-in: under an authorization of its own, which nobody but the person gave.
fn signed_in(
    tx: &mut Tx<'_>,
    app: &App,
    person: Person,
    origin: &Origin,
    now: Time,
) -> Result<SignedIn, Refusal> {
    let (user_id, scopes, ends) = (person.user_id, Scopes::all(), now.plus(LIFE));
    let authorization = app.ids.object(now);
    let new = NewAuthorization {
        id: &authorization,
        client: None,
        user_id,
        organization: None,
        how: How::SignIn,
        scopes: &scopes,
        expires_at: ends,
    };
    authorization::insert(tx, &new, now)?;
    let order = Order {
        user_id,
        name: "sign-in",
        scopes: &scopes,
        organization_id: None,
        expires_at: Some(ends),
    };
    let under = (None, authorization.as_str());
    let (token, access_token) = issue_under(tx, &app.ids, Kind::OAuth, &order, under, now)?;
    tx.run(
        "UPDATE users SET last_login_at = $2 WHERE id = $1",
        tallystick_db::args![user_id, now.0],
    )?;
    let event = Event::new("logged_in").by(user_id).of(user_id);
    event.with(&token).from(origin).record(tx, app, now)?;
    let organization = members::current_organisation(tx, user_id)?;
    let user = members::person(tx, user_id, organization.as_deref(), now)?
        .ok_or_else(Refusal::not_found)?;
    Ok(SignedIn {
        user,
        token: AccessToken {
            access_token,
            token_type: "Bearer".to_owned(),
            expires_in: LIFE / SECOND,
            expire: ends.0 / SECOND,
        },
    })
}

/// Create an account with an organisation
///
/// Only where the installation allows it. The account signs in once its address is confirmed by the link that is mailed.
#[utoipa::path(post, path = "/auth/register", tag = "account", operation_id = "register", request_body = RegisterInput,
    responses((status = 201, body = Item<User>), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn register(app: App, request: Arc<Request>) -> BoxFuture<'static, Answer> {
    Box::pin(async move {
        let input: RegisterInput = request.input()?;
        let text = |field: Patch<String>| field.value().unwrap_or_default();
        let registration = Registration {
            first_name: text(input.first_name),
            last_name: text(input.last_name),
            email: text(input.email),
            password: text(input.password),
            company_name: text(input.company_name),
            timezone: input.timezone.value(),
        };
        let origin = Origin::from(&*request);
        Reply::created(super::register::register(&app, registration, &origin).await?)
    })
}

/// Ask for a link to set a new password
///
/// The answer is the same whether the address has an account or not.
#[utoipa::path(post, path = "/auth/password/email", tag = "account", operation_id = "send_password_reset", request_body = AddressInput,
    responses((status = 200, body = Message), (status = 422, body = ErrorBody)))]
pub fn send_reset(app: App, request: Arc<Request>) -> BoxFuture<'static, Answer> {
    Box::pin(async move {
        let input: AddressInput = request.input()?;
        let mut problems = Problems::default();
        let email = needed("email", &input.email, &mut problems);
        problems.check()?;
        password::request_reset(&app, &email, &Origin::from(&*request)).await?;
        message("If this address has an account, a link to set a new password is on its way")
    })
}

/// Set a new password with a mailed code
///
/// It proves the address and ends every credential of the account, unless `revoke_everything` is false: then tokens made by
/// name stay. It signs nobody in.
#[utoipa::path(post, path = "/auth/password/reset", tag = "account", operation_id = "reset_password", request_body = ResetPasswordInput,
    responses((status = 200, body = Message), (status = 422, body = ErrorBody)))]
pub fn reset_password(app: App, request: Arc<Request>) -> BoxFuture<'static, Answer> {
    Box::pin(async move {
        let input: ResetPasswordInput = request.input()?;
        let mut problems = Problems::default();
        let code = needed("code", &input.code, &mut problems);
        let chosen = twice(&input.password, &input.password_confirmation, &mut problems);
        problems.check()?;
        let everything = is_set(&input.revoke_everything, true);
        let origin = Origin::from(&*request);
        if password::reset(&app, &code, chosen, everything, &origin).await? {
            message("The password is set")
        } else {
            Err(not_valid())
        }
    })
}

/// Confirm an address with a mailed code
#[utoipa::path(post, path = "/auth/email/verify", tag = "account", operation_id = "verify_email", request_body = CodeInput,
    responses((status = 200, body = Message), (status = 422, body = ErrorBody)))]
pub fn verify_email(app: App, request: Arc<Request>) -> BoxFuture<'static, Answer> {
    Box::pin(async move {
        let input: CodeInput = request.input()?;
        let mut problems = Problems::default();
        let code = needed("code", &input.code, &mut problems);
        problems.check()?;
        if email::verify(&app, &code).await? {
            message("The address is confirmed")
        } else {
            Err(not_valid())
        }
    })
}

fn not_valid() -> Refusal {
    Refusal::invalid(
        "code",
        "The code is not valid: it was used, has run out, or a newer one was sent",
    )
}

pub(super) fn message(text: &str) -> Answer {
    Reply::whole(&Message {
        message: text.to_owned(),
    })
}
