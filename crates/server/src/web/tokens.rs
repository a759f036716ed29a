//! What happens to tokens on their page: made, replaced, revoked. The rules are those of the room `token`.

use askama::Template;
use tallystick_wire::token::Token;

use crate::http::Refusal;
use crate::http::error::Reason;
use crate::token::make::{self, Holder};
use crate::token::store;
use crate::web::Answered;
use crate::web::door::{Acting, Visit};
use crate::web::fault::Fault;
use crate::web::field::Wrong;
use crate::web::integrations::{everything, id};
use crate::web::page::{self, Ask, Shell};
use crate::web::snippets::{self, Snippet};
use crate::web::token_form;
use crate::web::who::Who;
use crate::web::{next, words};

#[derive(Template)]
#[template(path = "app/token_made.html")]
struct Made {
    shell: Shell,
    name: String,
    secret: String,
    organization: String,
    expires: Option<String>,
    snippets: Vec<Snippet>,
    back: String,
}

fn holder<'a>(acting: &'a Acting, scopes: &'a crate::http::access::Scopes) -> Holder<'a> {
    Holder {
        user_id: acting.session.user_id,
        scopes,
        organization: None,
        token: None,
        origin: &acting.origin,
    }
}

/// Makes a token and shows it, this once.
pub async fn make(visit: Visit) -> Answered {
    let filled = format!("{}?{}", token_form::ADDRESS, visit.form.as_query());
    visit.confirmed(&filled)?;
    let input = match token_form::read(&visit.form) {
        Ok(input) => input,
        Err(wrong) => return token_form::show(&visit, &visit.form, wrong).await,
    };
    let wanted = visit.form.get("organization_id").to_owned();
    let write = visit.write(move |tx, acting| {
        if !acting.session.is_confirmed(acting.now) {
            return Err(Fault::Confirm(filled.clone()));
        }
        let scopes = everything();
        let made = make::make(
            tx,
            &acting.app,
            &holder(acting, &scopes),
            &input,
            acting.now,
        )?;
        let who = Who::read(tx, acting, Some(&wanted))?;
        let token = store::get(tx, who.id, &made.0)?.ok_or_else(Refusal::not_found)?;
        Ok((who, token, made.1))
    });
    match write.await {
        Ok(made) => shown_once(&visit, made),
        Err(Fault::Refused(refusal)) => match &refusal.reason {
            Reason::Invalid(problems) => {
                let wrong = renamed(&Wrong::from(problems));
                token_form::show(&visit, &visit.form, wrong).await
            }
            _ => Err(refusal.into()),
        },
        Err(fault) => Err(fault),
    }
}

/// The API's names for fields, as the form has them.
fn renamed(wrong: &Wrong) -> Wrong {
    let mut out = Wrong::none();
    for (api, form, words) in [
        ("name", "name", None),
        (
            "expires_at",
            "date",
            Some("Choose a day after today, within the longest life allowed here."),
        ),
        ("expires_in", "expiry", None),
        ("scopes", "access", None),
        ("organization_id", "organization_id", None),
    ] {
        if let Some(text) = wrong.of(api) {
            out.add(form, words.unwrap_or(text));
        }
    }
    out
}

fn shown_once(visit: &Visit, (who, token, secret): (Who, Token, String)) -> Answered {
    let organization = token
        .organization_id
        .unwrap_or_else(|| who.organization().to_owned());
    let made = Made {
        name: token.name,
        expires: token.expires_at.map(|end| words::moment(end, &who.zone)),
        snippets: snippets::with(&visit.app, &organization, &secret),
        organization,
        secret,
        back: format!("{}{}", next::HOME, who.suffix()),
        shell: Shell::settings(visit, "Your new token", "integrations", who),
    };
    Ok(page::show(visit, &made.shell, &made)?)
}

/// A token of the caller that somebody can still do something to; else 404.
async fn own(visit: &Visit) -> Result<(Who, Token), Fault> {
    let id = id(visit)?;
    let read = visit.read(move |tx, acting| {
        let token = live(tx, acting, &id)?;
        Ok((Who::read(tx, acting, None)?, token))
    });
    read.await
}

fn live(tx: &mut tallystick_db::Tx<'_>, acting: &Acting, id: &str) -> Result<Token, Fault> {
    store::get(tx, acting.session.user_id, id)?
        .filter(|token| token.kind == "personal" && token.revoked_at.is_none())
        .ok_or_else(|| Refusal::not_found().into())
}

/// Asks before a token gets a new secret.
pub async fn ask_rotate(visit: Visit) -> Answered {
    let (who, token) = own(&visit).await?;
    visit.confirmed(&visit.request.path)?;
    let ask = Ask {
        shell: Shell::settings(
            &visit,
            format!("Replace the secret of {}?", token.name),
            "integrations",
            who,
        ),
        text: format!(
            "You get a new secret with the same name and rights. The old one, which ends in {}, stops working at once.",
            token.last4
        ),
        action: visit.request.path.clone(),
        button: "Replace the secret",
        danger: false,
        back: next::HOME.to_owned(),
        option: None,
    };
    Ok(page::show(&visit, &ask.shell, &ask)?)
}

/// Gives it one and shows it, this once.
pub async fn rotate(visit: Visit) -> Answered {
    let id = id(&visit)?;
    let here = visit.request.path.clone();
    let write = visit.write(move |tx, acting| {
        let old = live(tx, acting, &id)?;
        if !acting.session.is_confirmed(acting.now) {
            return Err(Fault::Confirm(here.clone()));
        }
        let scopes = everything();
        let made = make::replace(tx, &acting.app, &holder(acting, &scopes), &old, acting.now)?;
        let who = Who::read(tx, acting, None)?;
        let token = store::get(tx, who.id, &made.0)?.ok_or_else(Refusal::not_found)?;
        Ok((who, token, made.1))
    });
    shown_once(&visit, write.await?)
}

/// Asks before a token is revoked.
pub async fn ask_revoke(visit: Visit) -> Answered {
    let (who, token) = own(&visit).await?;
    let ask = Ask {
        shell: Shell::settings(
            &visit,
            format!("Revoke {}?", token.name),
            "integrations",
            who,
        ),
        text: format!(
            "The token that ends in {} stops working at once, and whatever uses it is refused. This cannot be undone.",
            token.last4
        ),
        action: visit.request.path.clone(),
        button: "Revoke the token",
        danger: true,
        back: next::HOME.to_owned(),
        option: None,
    };
    Ok(page::show(&visit, &ask.shell, &ask)?)
}

/// Revokes it.
pub async fn revoke(visit: Visit) -> Answered {
    let id = id(&visit)?;
    let write = visit.write(move |tx, acting| {
        let scopes = everything();
        make::revoke(tx, &acting.app, &holder(acting, &scopes), &id, acting.now)?;
        Ok(())
    });
    write.await?;
    Ok(page::go(next::HOME))
}

/// Asks before everything is revoked.
pub async fn ask_revoke_all(visit: Visit) -> Answered {
    let who = visit.read(|tx, acting| Who::read(tx, acting, None)).await?;
    let ask = Ask {
        shell: Shell::settings(&visit, "Revoke everything?", "integrations", who),
        text: "All your tokens stop working at once and all applications are disconnected, in every organization. You stay signed in here. This cannot be undone.".to_owned(),
        action: visit.request.path.clone(),
        button: "Revoke all tokens and connections",
        danger: true,
        back: next::HOME.to_owned(),
        option: None,
    };
    Ok(page::show(&visit, &ask.shell, &ask)?)
}

/// Revokes everything.
pub async fn revoke_all(visit: Visit) -> Answered {
    let write = visit.write(|tx, acting| {
        let scopes = everything();
        make::revoke_all(tx, &acting.app, &holder(acting, &scopes), acting.now)?;
        Ok(())
    });
    write.await?;
    Ok(page::go(next::HOME))
}
