//! Where mailed links lead. A link shows what will happen and changes nothing; only the form on the page acts, so that a scanner
//! of mail that follows links does no harm.

use askama::Template;

use crate::account::invitation::{self, Acceptance, Invitation};
use crate::account::{email, password};
use crate::http::Refusal;
use crate::http::error::Reason;
use crate::web::door::Visit;
use crate::web::fault::Fault;
use crate::web::field::{Field, Wrong};
use crate::web::page::{self, Notice, Shell};
use crate::web::{Answered, sign_in};

const OVER: &str = "This link is not good any more: it was used, a newer one was sent, or its time is over. Ask for a new one.";
/// What a password must be, before somebody gets it wrong.
pub const PASSWORD_HINT: &str = "At least 6 characters with an upper-case letter, a lower-case letter and a digit; 12 or more are better.";

#[derive(Template)]
#[template(path = "app/mailed.html")]
struct Mailed {
    shell: Shell,
    wrong: Wrong,
    text: String,
    action: String,
    code: String,
    fields: Vec<Field>,
    option: Option<(&'static str, &'static str)>,
    button: &'static str,
}

fn code(visit: &Visit) -> String {
    let typed = visit.form.get("code");
    let named = visit.request.query.get("code").unwrap_or_default();
    if typed.is_empty() { named } else { typed }.to_owned()
}

fn done(visit: &Visit, title: &'static str, text: &str, link: (&str, &'static str)) -> Answered {
    let notice = Notice {
        shell: Shell::of(visit, title),
        text: text.to_owned(),
        link: Some((link.0.to_owned(), link.1)),
    };
    Ok(page::show(visit, &notice.shell, &notice)?)
}

fn over(visit: &Visit, link: (&str, &'static str)) -> Answered {
    let notice = Notice {
        shell: Shell::of(visit, "This link is over"),
        text: OVER.to_owned(),
        link: Some((link.0.to_owned(), link.1)),
    };
    Ok(page::show_as(
        http::StatusCode::UNPROCESSABLE_ENTITY,
        &notice,
    )?)
}

const SIGN_IN: (&str, &str) = ("/app/sign-in", "Go to the sign-in page");
const FORGOT: (&str, &str) = ("/app/forgot", "Ask for a new link");

/// What belongs beside a field.
fn beside(refusal: Refusal) -> Result<Wrong, Fault> {
    match &refusal.reason {
        Reason::Invalid(problems) => Ok(Wrong::from(problems)),
        _ => Err(refusal.into()),
    }
}

/// Asks for the address.
pub async fn forgot(visit: Visit) -> Answered {
    show_forgot(&visit, Wrong::none())
}

fn show_forgot(visit: &Visit, wrong: Wrong) -> Answered {
    let mailed = Mailed {
        shell: Shell::of(visit, "Set a new password").again(wrong.is_any()),
        text: "You get a link by mail. It works for an hour.".to_owned(),
        action: "/app/forgot".to_owned(),
        code: String::new(),
        fields: vec![
            Field::new("email", "Email address")
                .kind("email", "username")
                .value(visit.form.get("email"))
                .judged(&wrong),
        ],
        option: None,
        button: "Send the link",
        wrong,
    };
    Ok(page::show(visit, &mailed.shell, &mailed)?)
}

/// Sends a link, if there is such an account; the answer is the same.
pub async fn send(visit: Visit) -> Answered {
    let Some(address) = visit.form.filled("email") else {
        return show_forgot(&visit, Wrong::one("email", "Type in your email address."));
    };
    password::request_reset(&visit.app, address, &visit.origin).await?;
    done(
        &visit,
        "Look into your mail",
        "If there is an account with this address, a link is on its way. If nothing comes within a few minutes, look into the folder for unwanted mail.",
        SIGN_IN,
    )
}

/// Asks for the new password.
pub async fn reset_form(visit: Visit) -> Answered {
    show_reset(&visit, Wrong::none())
}

fn show_reset(visit: &Visit, wrong: Wrong) -> Answered {
    let mailed = Mailed {
        shell: Shell::of(visit, "Choose a new password").again(wrong.is_any()),
        text: "Every browser is signed out after that.".to_owned(),
        action: "/app/reset".to_owned(),
        code: code(visit),
        fields: vec![
            Field::new("password", "New password")
                .kind("password", "new-password")
                .hint(PASSWORD_HINT)
                .judged(&wrong),
        ],
        option: Some((
            "everything",
            "Also revoke all tokens and disconnect all applications",
        )),
        button: "Set the password",
        wrong,
    };
    Ok(page::show(visit, &mailed.shell, &mailed)?)
}

/// Sets it. Nobody is signed in by that.
pub async fn reset(visit: Visit) -> Answered {
    let (secret, chosen) = (code(&visit), visit.form.get("password").to_owned());
    let everything = visit.form.has("everything", "true");
    let ended = password::reset(&visit.app, &secret, chosen, everything, &visit.origin).await;
    match ended {
        Ok(true) => done(
            &visit,
            "The password is set",
            "Sign in with it now.",
            SIGN_IN,
        ),
        Ok(false) => over(&visit, FORGOT),
        Err(refusal) => show_reset(&visit, beside(refusal)?),
    }
}

fn one_button(
    visit: &Visit,
    title: &'static str,
    text: &str,
    action: &str,
    button: &'static str,
) -> Answered {
    let mailed = Mailed {
        shell: Shell::of(visit, title),
        wrong: Wrong::none(),
        text: text.to_owned(),
        action: action.to_owned(),
        code: code(visit),
        fields: Vec::new(),
        option: None,
        button,
    };
    Ok(page::show(visit, &mailed.shell, &mailed)?)
}

/// Asks before an address is proven.
pub async fn verify_form(visit: Visit) -> Answered {
    one_button(
        &visit,
        "Confirm your address",
        "With this you say that you get the mail of this address.",
        "/app/verify",
        "Confirm the address",
    )
}

/// Proves it.
pub async fn verify(visit: Visit) -> Answered {
    if email::verify(&visit.app, &code(&visit)).await? {
        done(
            &visit,
            "The address is confirmed",
            "You can sign in now.",
            SIGN_IN,
        )
    } else {
        over(&visit, SIGN_IN)
    }
}

/// Asks before an address is changed.
pub async fn address_form(visit: Visit) -> Answered {
    one_button(
        &visit,
        "Use this address from now on",
        "You sign in with the new address after that, and the old one gets a notice.",
        "/app/address",
        "Use the new address",
    )
}

/// Changes it.
pub async fn address(visit: Visit) -> Answered {
    if email::confirm_change(&visit.app, &code(&visit), &visit.origin).await? {
        done(
            &visit,
            "The address is changed",
            "Sign in with the new address from now on.",
            SIGN_IN,
        )
    } else {
        over(&visit, SIGN_IN)
    }
}

/// Shows an invitation.
pub async fn invitation_form(visit: Visit) -> Answered {
    match invitation::look(&visit.app, &code(&visit)).await? {
        Some(found) => show_invitation(&visit, &found, Wrong::none()),
        None => over(&visit, SIGN_IN),
    }
}

fn show_invitation(visit: &Visit, found: &Invitation, wrong: Wrong) -> Answered {
    let value = |name: &str, stored: &str| {
        if visit.form.is_empty() {
            stored.to_owned()
        } else {
            visit.form.get(name).to_owned()
        }
    };
    let fields = if found.needs_password {
        vec![
            Field::new("first_name", "First name")
                .kind("text", "given-name")
                .value(value("first_name", &found.first_name))
                .judged(&wrong),
            Field::new("last_name", "Last name")
                .kind("text", "family-name")
                .value(value("last_name", &found.last_name))
                .judged(&wrong),
            Field::new("password", "Password")
                .kind("password", "new-password")
                .hint(PASSWORD_HINT)
                .judged(&wrong),
            Field::new("timezone", "Time zone")
                .hint("A name such as Europe/Berlin.")
                .value(value("timezone", &found.timezone))
                .judged(&wrong),
        ]
    } else {
        Vec::new()
    };
    let mailed = Mailed {
        shell: Shell::of(visit, format!("Join {}", found.organization_name)).again(wrong.is_any()),
        text: format!("This invitation is for {}.", found.email),
        action: "/app/invitation".to_owned(),
        code: code(visit),
        fields,
        option: None,
        button: "Accept the invitation",
        wrong,
    };
    Ok(page::show(visit, &mailed.shell, &mailed)?)
}

/// Accepts it. Only who chose the password a moment ago is signed in; a link does not replace a sign-in.
pub async fn invitation(visit: Visit) -> Answered {
    let secret = code(&visit);
    let Some(found) = invitation::look(&visit.app, &secret).await? else {
        return over(&visit, SIGN_IN);
    };
    let needed = found.needs_password;
    let acceptance = Acceptance {
        first_name: visit.form.get("first_name").trim().to_owned(),
        last_name: visit.form.get("last_name").trim().to_owned(),
        password: needed.then(|| visit.form.get("password").to_owned()),
        timezone: visit.form.filled("timezone").map(str::to_owned),
    };
    match invitation::accept(&visit.app, &secret, acceptance, &visit.origin).await {
        Ok(Some(person)) if needed => sign_in::enter(&visit, person, super::next::HOME).await,
        Ok(Some(_)) => done(
            &visit,
            "You are a member now",
            "Sign in as you always do.",
            SIGN_IN,
        ),
        Ok(None) => over(&visit, SIGN_IN),
        Err(refusal) => show_invitation(&visit, &found, beside(refusal)?),
    }
}
