//! Settings › Integrations › REST API: the organisation's id, tokens, and the applications that act for somebody.

use askama::Template;
use tallystick_wire::Time;

use crate::audit::Event;
use crate::http::Refusal;
use crate::http::access::Scopes;
use crate::oauth::authorization;
use crate::token::store::{self, State};
use crate::web::Answered;
use crate::web::door::{Acting, Visit};
use crate::web::fault::Fault;
use crate::web::page::{self, Ask, Shell};
use crate::web::who::Who;
use crate::web::words;

/// Most tokens and connections that the page lists.
const MOST: i64 = 200;

/// A token in the list.
struct TokenRow {
    id: String,
    name: String,
    start: String,
    last4: String,
    scopes: String,
    place: String,
    created: String,
    expires: String,
    soon: bool,
    used: Option<String>,
    used_from: String,
}

/// A connected application in the list.
struct ConnectionRow {
    id: String,
    name: String,
    unreviewed: bool,
    scopes: String,
    place: String,
    created: String,
    used: Option<String>,
}

#[derive(Template)]
#[template(path = "app/integrations.html")]
struct Integrations {
    shell: Shell,
    organization: String,
    organization_name: String,
    tokens: Vec<TokenRow>,
    connections: Vec<ConnectionRow>,
    address: String,
    suffix: String,
}

/// The page.
pub async fn page(visit: Visit) -> Answered {
    let wanted = visit.request.query.get("organization").map(str::to_owned);
    let read = visit.read(move |tx, acting| {
        let who = Who::read(tx, acting, wanted.as_deref())?;
        let tokens = store::list(tx, who.id, State::Active, acting.now, MOST, 0)?;
        let connections = authorization::list(tx, who.id, None, (MOST, 0), acting.now)?;
        Ok((who, tokens, connections, acting.now))
    });
    let (who, tokens, connections, now) = read.await?;
    let tokens = tokens
        .into_iter()
        .filter(|token| token.kind == "personal")
        .map(|token| TokenRow {
            start: token.prefix,
            last4: token.last4,
            scopes: words::scopes(&token.scopes),
            place: place(&who, token.organization_id.as_deref()),
            created: words::day(token.created_at, &who.zone),
            expires: token
                .expires_at
                .map_or_else(|| "Never".to_owned(), |end| words::day(end, &who.zone)),
            soon: token.expires_at.is_some_and(|end| is_soon(end, now)),
            used: token.last_used_at.map(|used| words::ago(used, now)),
            used_from: [token.last_client, token.last_used_ip]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(", "),
            id: token.id,
            name: token.name,
        })
        .collect();
    let connections = connections
        .into_iter()
        .map(|connection| ConnectionRow {
            name: connection
                .client_name
                .unwrap_or_else(|| "Sign-in by API".to_owned()),
            unreviewed: connection.self_registered,
            scopes: words::scopes(&connection.scopes),
            place: place(&who, connection.organization_id.as_deref()),
            created: words::day(connection.created_at, &who.zone),
            used: connection.last_used_at.map(|used| words::ago(used, now)),
            id: connection.id,
        })
        .collect();
    let integrations = Integrations {
        organization: who.organization().to_owned(),
        organization_name: who.name_of(who.organization()).to_owned(),
        tokens,
        connections,
        address: format!("{}/api", visit.app.origin()),
        suffix: who.suffix(),
        shell: Shell::settings(&visit, "REST API", "integrations", who),
    };
    Ok(page::show(&visit, &integrations.shell, &integrations)?)
}

fn place(who: &Who, organization: Option<&str>) -> String {
    organization.map_or_else(
        || "All of yours".to_owned(),
        |organization| who.name_of(organization).to_owned(),
    )
}

fn is_soon(end: Time, now: Time) -> bool {
    end.0 - now.0 < 7 * crate::clock::DAY
}

/// The id in the path, if it can be one.
pub fn id(visit: &Visit) -> Result<String, Refusal> {
    let id = visit.request.param("id").unwrap_or_default();
    crate::http::call::object_id(id).ok_or_else(Refusal::not_found)
}

/// The authorization, if it is the caller's; else 404.
fn own(tx: &mut tallystick_db::Tx<'_>, acting: &Acting, id: &str) -> Result<Option<String>, Fault> {
    match authorization::owner(tx, id)? {
        Some((owner, organization)) if owner == acting.session.user_id => Ok(organization),
        _ => Err(Refusal::not_found().into()),
    }
}

/// Asks before an application is disconnected.
pub async fn ask_disconnect(visit: Visit) -> Answered {
    let id = id(&visit)?;
    let read = visit.read(move |tx, acting| {
        own(tx, acting, &id)?;
        Who::read(tx, acting, None)
    });
    let who = read.await?;
    let ask = Ask {
        shell: Shell::settings(&visit, "Disconnect this application?", "integrations", who),
        text: "Its tokens stop working at once. To use it again you connect it again.".to_owned(),
        action: visit.request.path.clone(),
        button: "Disconnect the application",
        danger: true,
        back: super::next::HOME.to_owned(),
        option: None,
    };
    Ok(page::show(&visit, &ask.shell, &ask)?)
}

/// Disconnects it.
pub async fn disconnect(visit: Visit) -> Answered {
    let id = id(&visit)?;
    let write = visit.write(move |tx, acting| {
        let organization = own(tx, acting, &id)?;
        authorization::end(tx, &id, acting.now)?;
        Event::new("application_disconnected")
            .by(acting.session.user_id)
            .of(acting.session.user_id)
            .inside(organization.as_deref().unwrap_or_default())
            .with(&id)
            .from(&acting.origin)
            .record(tx, &acting.app, acting.now)?;
        Ok(())
    });
    write.await?;
    Ok(page::go(super::next::HOME))
}

/// What somebody in a browser may give to a token: everything that they may do themselves.
#[must_use]
pub fn everything() -> Scopes {
    Scopes::all()
}
