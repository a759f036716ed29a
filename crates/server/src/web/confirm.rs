//! The password once more, before something dangerous.

use askama::Template;

use crate::account::session;
use crate::account::sign_in::{self, Attempt, Verdict};
use crate::http::error::Reason;
use crate::web::door::Visit;
use crate::web::fault::Fault;
use crate::web::field::{Field, Wrong};
use crate::web::page::{self, Shell};
use crate::web::who::Who;
use crate::web::{Answered, next, words};

#[derive(Template)]
#[template(path = "app/confirm.html")]
struct Confirm {
    shell: Shell,
    wrong: Wrong,
    email: String,
    password: Field,
    next: String,
}

/// The form.
pub async fn page(visit: Visit) -> Answered {
    let target = next::or_home(visit.request.query.get("next")).to_owned();
    form(&visit, &target, Wrong::none()).await
}

async fn form(visit: &Visit, target: &str, wrong: Wrong) -> Answered {
    let who = visit.read(|tx, acting| Who::read(tx, acting, None)).await?;
    let confirm = Confirm {
        shell: Shell::of(visit, "Confirm that it is you").again(wrong.is_any()),
        email: who.email,
        password: Field::new("password", "Password")
            .kind("password", "current-password")
            .judged(&wrong),
        wrong,
        next: target.to_owned(),
    };
    Ok(page::show(visit, &confirm.shell, &confirm)?)
}

/// Compares it.
pub async fn submit(visit: Visit) -> Answered {
    let target = next::or_home(Some(visit.form.get("next"))).to_owned();
    let who = visit.read(|tx, acting| Who::read(tx, acting, None)).await?;
    let attempt = Attempt {
        email: who.email,
        password: visit.form.get("password").to_owned(),
        origin: visit.origin.clone(),
    };
    let wrong = match sign_in::check(&visit.app, attempt).await {
        // A second factor was given when this session began.
        Ok(Verdict::Accepted(person) | Verdict::SecondFactor(person)) => {
            let write = visit.write(move |tx, acting| {
                if acting.session.user_id != person.user_id {
                    return Err(Fault::SignIn);
                }
                session::confirm(tx, &acting.session.id, acting.now)?;
                Ok(())
            });
            write.await?;
            return Ok(page::go(&target));
        }
        Ok(Verdict::Refused) => Wrong::one("password", "This is not the password of your account."),
        Err(refusal) => match &refusal.reason {
            Reason::RateLimited { retry_after, .. } => Wrong::one(
                "password",
                format!(
                    "There were too many tries. Wait {}, then try again.",
                    words::wait(*retry_after)
                ),
            ),
            _ => return Err(refusal.into()),
        },
    };
    form(&visit, &target, wrong).await
}
