//! Signing in and out. A wrong address, a wrong password and an account that does not sign in get the same answer.

use askama::Template;

use crate::account::sign_in::{self, Attempt, Person, Verdict};
use crate::account::{challenge, session};
use crate::audit::Event;
use crate::http::error::Reason;
use crate::http::pipeline::Finished;
use crate::web::door::{Visit, challenge_cookie, no_session_cookie, session_cookie};
use crate::web::fault::Fault;
use crate::web::field::{Field, Wrong};
use crate::web::page::{self, Shell};
use crate::web::{Answered, next, words};

#[derive(Template)]
#[template(path = "app/sign_in.html")]
struct SignIn {
    shell: Shell,
    wrong: Wrong,
    email: Field,
    password: Field,
    next: String,
}

/// The form.
pub async fn page(visit: Visit) -> Answered {
    let target = next::or_home(visit.request.query.get("next")).to_owned();
    if visit.session.is_some() && visit.request.query.get("switch").is_none() {
        return Ok(page::go(&target));
    }
    form(&visit, &target, Wrong::none())
}

fn form(visit: &Visit, target: &str, wrong: Wrong) -> Answered {
    let sign_in = SignIn {
        shell: Shell::of(visit, "Sign in").again(wrong.is_any()),
        email: Field::new("email", "Email address")
            .kind("email", "username")
            .value(visit.form.get("email")),
        password: Field::new("password", "Password")
            .kind("password", "current-password")
            .judged(&wrong),
        wrong,
        next: target.to_owned(),
    };
    Ok(page::show(visit, &sign_in.shell, &sign_in)?)
}

/// Compares the password.
pub async fn submit(visit: Visit) -> Answered {
    let target = next::or_home(Some(visit.form.get("next"))).to_owned();
    let attempt = Attempt {
        email: visit.form.get("email").trim().to_owned(),
        password: visit.form.get("password").to_owned(),
        origin: visit.origin.clone(),
    };
    match sign_in::check(&visit.app, attempt).await {
        Ok(Verdict::Accepted(person)) => enter(&visit, person, &target).await,
        Ok(Verdict::SecondFactor(person)) => second_factor(&visit, person, &target).await,
        Ok(Verdict::Refused) => form(
            &visit,
            &target,
            Wrong::one(
                "email",
                "Email address and password do not belong to an account that can sign in here. Check both, or set a new password.",
            ),
        ),
        Err(refusal) => match &refusal.reason {
            Reason::RateLimited { retry_after, .. } => too_many(&visit, &target, *retry_after),
            _ => Err(refusal.into()),
        },
    }
}

fn too_many(visit: &Visit, target: &str, seconds: u64) -> Answered {
    let text = format!(
        "There were too many tries for this account or from this network. Wait {}, then try again.",
        words::wait(seconds)
    );
    let mut response = form(visit, target, Wrong::one("email", text))?;
    *response.status_mut() = http::StatusCode::TOO_MANY_REQUESTS;
    response
        .headers_mut()
        .insert(http::header::RETRY_AFTER, http::HeaderValue::from(seconds));
    Ok(response)
}

/// A session of its own for this sign-in; one that the browser had before ends.
pub async fn enter(visit: &Visit, person: Person, target: &str) -> Result<Finished, Fault> {
    let (app, origin) = (visit.app.clone(), visit.origin.clone());
    let before = visit
        .session
        .as_ref()
        .map(|session| (session.user_id, session.id.clone()));
    let write = visit.app.write(move |tx| {
        let now = app.clock.now();
        if !person.stands(tx)? {
            return Err(Fault::SignIn);
        }
        if let Some((user_id, id)) = &before {
            session::end(tx, *user_id, id, now)?;
        }
        let secret = session::begin(tx, &app, person, &origin, now)?;
        Event::new("signed_in")
            .by(person.user_id)
            .of(person.user_id)
            .from(&origin)
            .record(tx, &app, now)?;
        Ok(secret)
    });
    let secret = write.await?;
    let mut response = page::go(target);
    page::set_cookie(&mut response, &session_cookie(&visit.app, &secret));
    if visit.challenge.is_some() {
        page::set_cookie(&mut response, &challenge_cookie(&visit.app, None));
    }
    Ok(response)
}

/// The password was right, and a code is owed: a secret in a cookie stands for that.
async fn second_factor(visit: &Visit, person: Person, target: &str) -> Answered {
    let app = visit.app.clone();
    let write = visit.app.write(move |tx| {
        let secret = challenge::begin(tx, &app, person, app.clock.now())?;
        Ok::<_, Fault>(secret)
    });
    let secret = write.await?;
    let mut response = page::go(&next::with("/app/sign-in/code", target));
    page::set_cookie(&mut response, &challenge_cookie(&visit.app, Some(&secret)));
    Ok(response)
}

#[derive(Template)]
#[template(path = "app/code.html")]
struct Code {
    shell: Shell,
    wrong: Wrong,
    code: Field,
    next: String,
}

/// The form for the second factor.
pub async fn code_page(visit: Visit) -> Answered {
    let target = next::or_home(visit.request.query.get("next")).to_owned();
    if visit.challenge.is_none() {
        return Ok(page::go(&next::with("/app/sign-in", &target)));
    }
    code_form(&visit, &target, Wrong::none())
}

fn code_form(visit: &Visit, target: &str, wrong: Wrong) -> Answered {
    let code = Code {
        shell: Shell::of(visit, "Second factor").again(wrong.is_any()),
        code: Field::new("code", "Code")
            .kind("text", "one-time-code")
            .hint("Six digits from your authenticator app, or one of your recovery codes.")
            .narrow()
            .judged(&wrong),
        wrong,
        next: target.to_owned(),
    };
    Ok(page::show(visit, &code.shell, &code)?)
}

/// Compares it.
pub async fn submit_code(visit: Visit) -> Answered {
    let target = next::or_home(Some(visit.form.get("next"))).to_owned();
    let secret = visit.challenge.clone().unwrap_or_default();
    let typed = visit.form.get("code").trim();
    match challenge::answer(&visit.app, &secret, typed, &visit.origin).await {
        Ok(Some(person)) => enter(&visit, person, &target).await,
        Ok(None) => code_form(
            &visit,
            &target,
            Wrong::one(
                "code",
                "The code does not fit, or the sign-in took too long. Type in the one that the app shows now, or begin again.",
            ),
        ),
        Err(refusal) => match &refusal.reason {
            Reason::RateLimited { retry_after, .. } => code_form(
                &visit,
                &target,
                Wrong::one(
                    "code",
                    format!(
                        "There were too many tries. Wait {}, then try again.",
                        words::wait(*retry_after)
                    ),
                ),
            ),
            _ => Err(refusal.into()),
        },
    }
}

/// Ends the session.
pub async fn sign_out(visit: Visit) -> Answered {
    if visit.session.is_some() {
        let write = visit.write(|tx, acting| {
            session::end(tx, acting.session.user_id, &acting.session.id, acting.now)?;
            Event::new("signed_out")
                .by(acting.session.user_id)
                .of(acting.session.user_id)
                .from(&acting.origin)
                .record(tx, &acting.app, acting.now)?;
            Ok(())
        });
        write.await?;
    }
    let target = match visit.form.filled("next") {
        Some(asked) => next::with("/app/sign-in", next::or_home(Some(asked))),
        None => "/app/sign-in".to_owned(),
    };
    let mut response = page::go(&target);
    page::set_cookie(&mut response, &no_session_cookie(&visit.app));
    Ok(response)
}
