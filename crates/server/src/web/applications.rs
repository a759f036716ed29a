//! Settings › Applications, for administrators: what may act for people of the organisation, and with which rights.

use askama::Template;
use tallystick_db::Tx;
use tallystick_wire::lenient::Flag;
use tallystick_wire::oauth::OAuthClientInput;
use tallystick_wire::patch::Patch;

use crate::http::Refusal;
use crate::http::error::Reason;
use crate::oauth::client::{self, Client, GrantType};
use crate::oauth::steward::Steward;
use crate::web::Answered;
use crate::web::door::{Acting, Visit};
use crate::web::fault::Fault;
use crate::web::field::{Field, Wrong};
use crate::web::page::{self, Ask, Shell};
use crate::web::who::Who;
use crate::web::words;

/// Where the list is.
const LIST: &str = "/app/settings/applications";
/// Most applications that the page lists.
const MOST: i64 = 500;

struct Row {
    id: String,
    name: String,
    kind: &'static str,
    secret: Option<String>,
    redirects: Vec<String>,
    legacy: Vec<&'static str>,
    created: String,
}

#[derive(Template)]
#[template(path = "app/applications.html")]
struct Applications {
    shell: Shell,
    rows: Vec<Row>,
    suffix: String,
}

struct GrantRow {
    word: &'static str,
    text: &'static str,
    legacy: bool,
    ticked: bool,
}

#[derive(Template)]
#[template(path = "app/application.html")]
struct Application {
    shell: Shell,
    wrong: Wrong,
    action: String,
    id: Option<String>,
    is_confidential: bool,
    name: Field,
    redirects: Field,
    grants: Vec<GrantRow>,
    organization: String,
    suffix: String,
    rotated_until: Option<String>,
}

#[derive(Template)]
#[template(path = "app/application_made.html")]
struct Made {
    shell: Shell,
    id: String,
    secret: Option<String>,
    overlap: bool,
    back: String,
}

/// The organisation that the address or the form names.
pub fn named(visit: &Visit) -> Option<String> {
    let named = visit.form.filled("organization");
    named
        .or(visit.request.query.get("organization"))
        .map(str::to_owned)
}

/// The list.
pub async fn page(visit: Visit) -> Answered {
    let wanted = named(&visit);
    let read = visit.read(move |tx, acting| {
        let (who, organization) = Who::administering(tx, acting, wanted.as_deref())?;
        let clients = client::list(tx, &organization, (MOST, 0))?;
        Ok((who, clients))
    });
    let (who, clients) = read.await?;
    let row = |client: Client| Row {
        kind: if client.is_confidential() {
            "Confidential"
        } else {
            "Public"
        },
        secret: client.secret_last4.clone(),
        legacy: client
            .grants
            .iter()
            .filter(|grant| grant.is_legacy())
            .map(|grant| grant.word())
            .collect(),
        created: words::day(client.created_at, &who.zone),
        id: client.id,
        name: client.name,
        redirects: client.redirect_uris,
    };
    let applications = Applications {
        rows: clients.into_iter().map(row).collect(),
        suffix: who.suffix(),
        shell: Shell::settings(&visit, "Applications", "applications", who),
    };
    Ok(page::show(&visit, &applications.shell, &applications)?)
}

/// The form for a new one.
pub async fn form(visit: Visit) -> Answered {
    fill(&visit, None, Wrong::none()).await
}

/// The form for one that is there.
pub async fn edit(visit: Visit) -> Answered {
    let id = visit.request.param("id").unwrap_or_default().to_owned();
    fill(&visit, Some(id), Wrong::none()).await
}

fn stored(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<Client, Fault> {
    Ok(client::find_in(tx, organization, id)?.ok_or_else(Refusal::not_found)?)
}

async fn fill(visit: &Visit, id: Option<String>, wrong: Wrong) -> Answered {
    let (wanted, known) = (named(visit), id.clone());
    let read = visit.read(move |tx, acting| {
        let (who, organization) = Who::administering(tx, acting, wanted.as_deref())?;
        let client = match &known {
            Some(id) => Some(stored(tx, &organization, id)?),
            None => None,
        };
        Ok((who, organization, client, acting.now))
    });
    let (who, organization, client, now) = read.await?;
    let typed = !visit.form.is_empty();
    let usual = [GrantType::AuthorizationCode, GrantType::RefreshToken];
    let ticked = |grant: GrantType| {
        if typed {
            visit.form.has("grant_types", grant.word())
        } else {
            let grants = client.as_ref().map_or(&usual[..], |client| &client.grants);
            grants.contains(&grant)
        }
    };
    let grants = GrantType::ALL.into_iter().map(|grant| GrantRow {
        word: grant.word(),
        text: words::grant(grant),
        legacy: grant.is_legacy(),
        ticked: ticked(grant),
    });
    let value = |name: &str, stored: Option<String>| {
        if typed {
            visit.form.get(name).to_owned()
        } else {
            stored.unwrap_or_default()
        }
    };
    let title = client.as_ref().map_or_else(
        || "Add an application".to_owned(),
        |client| client.name.clone(),
    );
    let application = Application {
        action: visit.request.path.clone(),
        is_confidential: match &client {
            Some(client) => client.is_confidential(),
            None => !typed || visit.form.get("confidential") != "false",
        },
        name: Field::new("name", "Name")
            .hint("People see it when they are asked for consent.")
            .value(value("name", client.as_ref().map(|client| client.name.clone())))
            .judged(&wrong),
        redirects: Field::new("redirect_uris", "Redirect addresses")
            .hint("Where people are sent back to, one address to a line, compared letter by letter. https:// only, or http://127.0.0.1 for programs on a desk.")
            .value(value(
                "redirect_uris",
                client.as_ref().map(|client| client.redirect_uris.join("\n")),
            ))
            .optional()
            .lines(4)
            .judged(&wrong),
        grants: grants.collect(),
        rotated_until: client
            .as_ref()
            .and_then(|client| client.view(now).old_secret_until)
            .map(|until| words::moment(until, &who.zone)),
        id,
        organization,
        suffix: who.suffix(),
        shell: Shell::settings(visit, title, "applications", who).again(wrong.is_any()),
        wrong,
    };
    Ok(page::show(visit, &application.shell, &application)?)
}

fn input(visit: &Visit) -> OAuthClientInput {
    let lines = visit.form.get("redirect_uris").lines();
    OAuthClientInput {
        name: Patch::Value(visit.form.get("name").to_owned()),
        redirect_uris: Patch::Value(
            lines
                .map(str::trim)
                .filter(|line| !line.is_empty())
                .map(str::to_owned)
                .collect(),
        ),
        grant_types: Patch::Value(visit.form.all("grant_types")),
        confidential: Patch::Value(Flag(visit.form.get("confidential") != "false")),
        ..OAuthClientInput::default()
    }
}

fn steward<'a>(acting: &'a Acting, organization: &'a str) -> Steward<'a> {
    Steward {
        app: &acting.app,
        organization,
        user_id: acting.session.user_id,
        token: None,
        origin: &acting.origin,
        now: acting.now,
    }
}

/// The refusals that belong beside a field of the form.
fn beside(fault: Fault) -> Result<Wrong, Fault> {
    match fault {
        Fault::Refused(Refusal {
            reason: Reason::Invalid(problems),
            ..
        }) => Ok(Wrong::from(&problems)),
        other => Err(other),
    }
}

/// Makes one; its secret is shown, this once.
pub async fn create(visit: Visit) -> Answered {
    let wanted = named(&visit);
    let input = input(&visit);
    let back = format!("{LIST}/new?{}", suffix(&wanted));
    let write = visit.write(move |tx, acting| {
        let (who, organization) = Who::administering(tx, acting, wanted.as_deref())?;
        if !acting.session.is_confirmed(acting.now) {
            return Err(Fault::Confirm(back.clone()));
        }
        let made = steward(acting, &organization).create(tx, &input)?;
        Ok((who, made.0, made.1))
    });
    match write.await {
        Ok((who, id, secret)) => shown_once(&visit, who, id, secret, false),
        Err(fault) => fill(&visit, None, beside(fault)?).await,
    }
}

fn suffix(organization: &Option<String>) -> String {
    organization
        .as_ref()
        .map(|id| format!("organization={id}"))
        .unwrap_or_default()
}

fn shown_once(
    visit: &Visit,
    who: Who,
    id: String,
    secret: Option<String>,
    overlap: bool,
) -> Answered {
    let title = if overlap {
        "The new secret"
    } else {
        "Your new application"
    };
    let made = Made {
        id,
        secret,
        overlap,
        back: format!("{LIST}{}", who.suffix()),
        shell: Shell::settings(visit, title, "applications", who),
    };
    Ok(page::show(visit, &made.shell, &made)?)
}

/// Changes one.
pub async fn change(visit: Visit) -> Answered {
    let id = visit.request.param("id").unwrap_or_default().to_owned();
    let (wanted, known) = (named(&visit), id.clone());
    let input = OAuthClientInput {
        confidential: Patch::Absent,
        ..input(&visit)
    };
    let write = visit.write(move |tx, acting| {
        let (who, organization) = Who::administering(tx, acting, wanted.as_deref())?;
        let client = stored(tx, &organization, &known)?;
        steward(acting, &organization).change(tx, client, &input)?;
        Ok(who)
    });
    match write.await {
        Ok(who) => Ok(page::go(&format!("{LIST}{}", who.suffix()))),
        Err(fault) => fill(&visit, Some(id), beside(fault)?).await,
    }
}

async fn ask(
    visit: &Visit,
    ask: impl FnOnce(&Client) -> (String, &'static str, &'static str, bool),
) -> Answered {
    let id = visit.request.param("id").unwrap_or_default().to_owned();
    let (wanted, known) = (named(visit), id.clone());
    let read = visit.read(move |tx, acting| {
        let (who, organization) = Who::administering(tx, acting, wanted.as_deref())?;
        Ok((who, stored(tx, &organization, &known)?))
    });
    let (who, client) = read.await?;
    let (title, text, button, danger) = ask(&client);
    let ask = Ask {
        text: text.to_owned(),
        action: format!("{}{}", visit.request.path, who.suffix()),
        button,
        danger,
        back: format!("{LIST}/{id}{}", who.suffix()),
        option: (!danger).then_some((
            "at_once",
            "End the old secret at once, because somebody may have it",
        )),
        shell: Shell::settings(visit, title, "applications", who),
    };
    Ok(page::show(visit, &ask.shell, &ask)?)
}

/// Asks before a secret is replaced.
pub async fn ask_rotate(visit: Visit) -> Answered {
    let here = format!("{}?{}", visit.request.path, visit.request.query.encoded());
    visit.confirmed(&here)?;
    ask(&visit, |client| {
        (
            format!("Make a new secret for {}?", client.name),
            "You see the new secret once. The old one works for 24 hours more, so that you can change it over without a gap.",
            "Make a new secret",
            false,
        )
    })
    .await
}

/// Replaces it; the new one is shown, this once.
pub async fn rotate(visit: Visit) -> Answered {
    let id = visit.request.param("id").unwrap_or_default().to_owned();
    let (wanted, known) = (named(&visit), id.clone());
    let at_once = visit.form.has("at_once", "true");
    let here = format!("{}?{}", visit.request.path, visit.request.query.encoded());
    let write = visit.write(move |tx, acting| {
        let (who, organization) = Who::administering(tx, acting, wanted.as_deref())?;
        let client = stored(tx, &organization, &known)?;
        if !acting.session.is_confirmed(acting.now) {
            return Err(Fault::Confirm(here.clone()));
        }
        let secret = steward(acting, &organization).rotate(tx, &client, at_once)?;
        Ok((who, secret))
    });
    let (who, secret) = write.await?;
    shown_once(&visit, who, id, Some(secret), true)
}

/// Asks before one is removed.
pub async fn ask_remove(visit: Visit) -> Answered {
    ask(&visit, |client| {
        (
            format!("Remove {}?", client.name),
            "Every token that was issued to it stops working at once, for everybody. This cannot be undone.",
            "Remove the application",
            true,
        )
    })
    .await
}

/// Removes it.
pub async fn remove(visit: Visit) -> Answered {
    let id = visit.request.param("id").unwrap_or_default().to_owned();
    let wanted = named(&visit);
    let write = visit.write(move |tx, acting| {
        let (who, organization) = Who::administering(tx, acting, wanted.as_deref())?;
        let client = stored(tx, &organization, &id)?;
        steward(acting, &organization).remove(tx, &client)?;
        Ok(who)
    });
    let who = write.await?;
    Ok(page::go(&format!("{LIST}{}", who.suffix())))
}
