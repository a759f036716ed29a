//! Settings › Security: the second factor, its recovery codes, and the password, which is the first.

use askama::Template;
use base64ct::{Base64, Encoding};

use crate::account::{password, second_factor};
use crate::http::error::Reason;
use crate::web::Answered;
use crate::web::door::Visit;
use crate::web::field::{Field, Wrong};
use crate::web::mailed::PASSWORD_HINT;
use crate::web::page::{self, Ask, Shell};
use crate::web::security::HERE;
use crate::web::who::Who;

/// What is there to scan.
struct Scan {
    /// The picture, as an address.
    picture: String,
    secret: String,
    address: String,
}

#[derive(Template)]
#[template(path = "app/second_factor.html")]
struct Enrol {
    shell: Shell,
    wrong: Wrong,
    scan: Option<Scan>,
    code: Field,
}

#[derive(Template)]
#[template(path = "app/recovery.html")]
struct Recovery {
    shell: Shell,
    codes: Vec<String>,
}

#[derive(Template)]
#[template(path = "app/password.html")]
struct Password {
    shell: Shell,
    wrong: Wrong,
    current: Field,
    new: Field,
}

async fn who(visit: &Visit) -> Result<Who, super::fault::Fault> {
    visit.read(|tx, acting| Who::read(tx, acting, None)).await
}

/// Makes a secret and shows it, this once.
pub async fn start(visit: Visit) -> Answered {
    let user_id = visit.confirmed(HERE)?.user_id;
    let who = who(&visit).await?;
    let enrolment = second_factor::start(&visit.app, user_id).await?;
    let letters = enrolment.secret_base32.as_bytes().chunks(4);
    let scan = Scan {
        picture: format!(
            "data:image/svg+xml;base64,{}",
            Base64::encode_string(enrolment.qr_svg.as_bytes())
        ),
        secret: letters
            .map(|group| String::from_utf8_lossy(group).into_owned())
            .collect::<Vec<_>>()
            .join(" "),
        address: enrolment.otpauth_uri,
    };
    enrol(&visit, who, Some(scan), Wrong::none())
}

fn enrol(visit: &Visit, who: Who, scan: Option<Scan>, wrong: Wrong) -> Answered {
    let enrol = Enrol {
        code: Field::new("code", "Code of the app")
            .kind("text", "one-time-code")
            .hint("Six digits. With them the second factor is switched on.")
            .narrow()
            .judged(&wrong),
        shell: Shell::settings(visit, "Set up the second factor", "security", who)
            .again(wrong.is_any()),
        scan,
        wrong,
    };
    Ok(page::show(visit, &enrol.shell, &enrol)?)
}

/// Switches it on, with the first code; shows recovery codes, this once.
pub async fn confirm(visit: Visit) -> Answered {
    let user_id = visit.confirmed(HERE)?.user_id;
    let typed = visit.form.get("code").trim().to_owned();
    let ended = second_factor::confirm(&visit.app, user_id, &typed, &visit.origin).await?;
    let who = who(&visit).await?;
    match ended {
        Some(codes) => recovery(&visit, who, codes),
        None => enrol(
            &visit,
            who,
            None,
            Wrong::one(
                "code",
                "The code does not fit. Type in the one that the app shows now; if the clock of your phone is wrong, set it first.",
            ),
        ),
    }
}

fn recovery(visit: &Visit, who: Who, codes: Vec<String>) -> Answered {
    let recovery = Recovery {
        shell: Shell::settings(visit, "Your recovery codes", "security", who),
        codes,
    };
    Ok(page::show(visit, &recovery.shell, &recovery)?)
}

/// Asks before it is switched off.
pub async fn ask_off(visit: Visit) -> Answered {
    visit.confirmed(&visit.request.path)?;
    let ask = Ask {
        shell: Shell::settings(
            &visit,
            "Switch off the second factor?",
            "security",
            who(&visit).await?,
        ),
        text: "After that the password alone signs you in. Your recovery codes stop working."
            .to_owned(),
        action: visit.request.path.clone(),
        button: "Switch it off",
        danger: true,
        back: HERE.to_owned(),
        option: None,
    };
    Ok(page::show(&visit, &ask.shell, &ask)?)
}

/// Switches it off.
pub async fn off(visit: Visit) -> Answered {
    let user_id = visit.confirmed(&visit.request.path)?.user_id;
    second_factor::turn_off(&visit.app, user_id, &visit.origin).await?;
    Ok(page::go(HERE))
}

/// Asks before new recovery codes are made.
pub async fn ask_codes(visit: Visit) -> Answered {
    visit.confirmed(&visit.request.path)?;
    let ask = Ask {
        shell: Shell::settings(
            &visit,
            "Make new recovery codes?",
            "security",
            who(&visit).await?,
        ),
        text: "The ones you have stop working.".to_owned(),
        action: visit.request.path.clone(),
        button: "Make new codes and show them",
        danger: false,
        back: HERE.to_owned(),
        option: None,
    };
    Ok(page::show(&visit, &ask.shell, &ask)?)
}

/// Makes them and shows them, this once.
pub async fn codes(visit: Visit) -> Answered {
    let user_id = visit.confirmed(&visit.request.path)?.user_id;
    let codes = second_factor::new_recovery_codes(&visit.app, user_id, &visit.origin).await?;
    recovery(&visit, who(&visit).await?, codes)
}

/// The form for a new password.
pub async fn password_form(visit: Visit) -> Answered {
    show_password(&visit, Wrong::none()).await
}

async fn show_password(visit: &Visit, wrong: Wrong) -> Answered {
    let who = who(visit).await?;
    let password = Password {
        current: Field::new("current", "Current password")
            .kind("password", "current-password")
            .judged(&wrong),
        new: Field::new("password", "New password")
            .kind("password", "new-password")
            .hint(PASSWORD_HINT)
            .judged(&wrong),
        shell: Shell::settings(visit, "Change the password", "security", who).again(wrong.is_any()),
        wrong,
    };
    Ok(page::show(visit, &password.shell, &password)?)
}

/// Changes it.
pub async fn change_password(visit: Visit) -> Answered {
    let session = visit.session.as_ref().ok_or(super::fault::Fault::SignIn)?;
    let ended = password::change(
        &visit.app,
        session.user_id,
        visit.form.get("current").to_owned(),
        visit.form.get("password").to_owned(),
        Some(&session.id),
        visit.form.has("everything", "true"),
        &visit.origin,
    )
    .await;
    match ended {
        Ok(true) => Ok(page::go(&format!("{HERE}?changed=1"))),
        Ok(false) => {
            let text = "This is not the password of your account.";
            show_password(&visit, Wrong::one("current", text)).await
        }
        Err(refusal) => match &refusal.reason {
            Reason::Invalid(problems) => show_password(&visit, Wrong::from(problems)).await,
            _ => Err(refusal.into()),
        },
    }
}
