//! Applications of an organisation, and what people allowed them (contract: auth, section 15).

use tallystick_wire::oauth::{Authorization, NewOAuthClient, OAuthClient, OAuthClientInput};
use tallystick_wire::page::Page;
use tallystick_wire::patch::Patch;
use tallystick_wire::{ErrorBody, Item};

use crate::audit::{Event, Origin};
use crate::http::access::Scopes;
use crate::http::page::Window;
use crate::http::{Answer, Call, Member, Problems, Refusal, Reply, User};
use crate::oauth::client::{self, Client, GrantType, NewClient};
use crate::oauth::{authorization, redirect};
use crate::token::policy;

/// Most addresses that one client may have.
const MOST_REDIRECTS: usize = 50;

/// Applications that the caller allowed to act for them
#[utoipa::path(get, path = "/me/authorizations", tag = "tokens", operation_id = "authorizations",
    params(("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<Authorization>)))]
pub fn authorizations(call: &mut Call<'_, '_, User>) -> Answer {
    let window = Window::read(call.query(), 10, 100);
    let organization = call.caller.token.organization_id.as_deref();
    let total = authorization::count(call.tx, call.user_id(), organization, call.now)?;
    let data = match window.offset(total) {
        Some(offset) => authorization::list(
            call.tx,
            call.user_id(),
            organization,
            (window.per_page, offset),
            call.now,
        )?,
        None => Vec::new(),
    };
    Reply::whole(&window.page(call.request, total, data))
}

/// Disconnect an application
///
/// Ends every token that it got because of this authorization.
#[utoipa::path(delete, path = "/me/authorizations/{authorization}", tag = "tokens", operation_id = "end_authorization",
    params(("authorization" = String, Path)), responses((status = 204), (status = 404, body = ErrorBody)))]
pub fn end_authorization(call: &mut Call<'_, '_, User>) -> Answer {
    let id = call.id("authorization")?;
    disconnect(call, &id)?;
    Ok(Reply::nothing())
}

fn disconnect(call: &mut Call<'_, '_, User>, id: &str) -> Result<(), Refusal> {
    let (owner, organization) =
        authorization::owner(call.tx, id)?.ok_or_else(Refusal::not_found)?;
    let bound = call.caller.token.organization_id.as_deref();
    if owner != call.caller.id || (bound.is_some() && bound != organization.as_deref()) {
        return Err(Refusal::not_found());
    }
    authorization::end(call.tx, id, call.now)?;
    Event::new("application_disconnected")
        .by(owner)
        .of(owner)
        .inside(organization.as_deref().unwrap_or_default())
        .with(id)
        .from(&Origin::from(call.request))
        .record(call.tx, call.app, call.now)?;
    Ok(())
}

/// Applications of the organisation
#[utoipa::path(get, path = "/organizations/{org}/oauth-clients", tag = "applications", operation_id = "oauth_clients",
    params(("org" = String, Path), ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<OAuthClient>), (status = 403, body = ErrorBody)))]
pub fn clients(call: &mut Call<'_, '_, Member>) -> Answer {
    let window = Window::read(call.query(), 10, 100);
    let total = client::count(call.tx, call.org())?;
    let data = match window.offset(total) {
        Some(offset) => client::list(call.tx, call.org(), (window.per_page, offset))?,
        None => Vec::new(),
    };
    let data: Vec<OAuthClient> = data.iter().map(|client| client.view(call.now)).collect();
    Reply::whole(&window.page(call.request, total, data))
}

/// One application
#[utoipa::path(get, path = "/organizations/{org}/oauth-clients/{client}", tag = "applications", operation_id = "oauth_client",
    params(("org" = String, Path), ("client" = String, Path)),
    responses((status = 200, body = Item<OAuthClient>), (status = 404, body = ErrorBody)))]
pub fn client(call: &mut Call<'_, '_, Member>) -> Answer {
    let client = stored(call)?;
    Reply::data(client.view(call.now))
}

fn stored(call: &mut Call<'_, '_, Member>) -> Result<Client, Refusal> {
    let id = call.path("client")?;
    client::find_in(call.tx, call.org(), id)?.ok_or_else(Refusal::not_found)
}

/// Make an application
///
/// The answer holds its secret, this once. The grants `password` and `implicit` are discouraged and only there when they are
/// asked for.
#[utoipa::path(post, path = "/organizations/{org}/oauth-clients", tag = "applications", operation_id = "create_oauth_client",
    params(("org" = String, Path)), request_body = OAuthClientInput,
    responses((status = 201, body = Item<NewOAuthClient>), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn create_client(call: &mut Call<'_, '_, Member>) -> Answer {
    let input: OAuthClientInput = call.body()?;
    let mut problems = Problems::default();
    let confidential = input.confidential.as_value().is_none_or(|flag| flag.0);
    let name = name(&input, &mut problems);
    let redirects = redirects(&input, &mut problems).unwrap_or_default();
    let grants = grants(&input, &mut problems).unwrap_or_else(|| {
        let own = confidential.then_some(GrantType::ClientCredentials);
        own.into_iter()
            .chain([GrantType::AuthorizationCode, GrantType::RefreshToken])
            .collect()
    });
    if !confidential && grants.contains(&GrantType::ClientCredentials) {
        problems.add(
            "grant_types",
            "client_credentials is for confidential clients: it needs a secret",
        );
    }
    let scopes = scopes(&input, &mut problems).unwrap_or_else(Scopes::all);
    problems.check()?;
    allowed_here(call, &grants)?;
    let new = NewClient {
        organization: Some(call.org()),
        name: &name,
        auth_method: if confidential {
            "client_secret_basic"
        } else {
            "none"
        },
        grants: &grants,
        redirect_uris: &redirects,
        scopes: &scopes,
        created_by: Some(call.caller.id()),
    };
    let (id, secret) = client::insert(call.tx, &call.app.ids, &new, call.now)?;
    record(call, "client_created", &id)?;
    shown_once(call, &id, secret)
}

/// Change an application
///
/// Name, addresses, grants and scopes; what was issued before stays as it is, and what it may no longer do ends with its tokens.
#[utoipa::path(put, path = "/organizations/{org}/oauth-clients/{client}", tag = "applications", operation_id = "update_oauth_client",
    params(("org" = String, Path), ("client" = String, Path)), request_body = OAuthClientInput,
    responses((status = 200, body = Item<OAuthClient>), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn update_client(call: &mut Call<'_, '_, Member>) -> Answer {
    let mut client = stored(call)?;
    let input: OAuthClientInput = call.body()?;
    let mut problems = Problems::default();
    if input.name.is_sent() {
        client.name = name(&input, &mut problems);
    }
    if let Some(redirects) = redirects(&input, &mut problems) {
        client.redirect_uris = redirects;
    }
    if let Some(scopes) = scopes(&input, &mut problems) {
        client.scopes = scopes;
    }
    let grants = grants(&input, &mut problems);
    if grants
        .as_ref()
        .is_some_and(|grants| grants.contains(&GrantType::ClientCredentials))
        && !client.is_confidential()
    {
        problems.add(
            "grant_types",
            "client_credentials is for confidential clients: it needs a secret",
        );
    }
    problems.check()?;
    if let Some(grants) = grants {
        allowed_here(call, &grants)?;
        client.grants = grants;
    }
    client::update(call.tx, &client, call.now)?;
    record(call, "client_changed", &client.id)?;
    self::client(call)
}

/// Remove an application
///
/// Ends every token that was issued to it.
#[utoipa::path(delete, path = "/organizations/{org}/oauth-clients/{client}", tag = "applications", operation_id = "delete_oauth_client",
    params(("org" = String, Path), ("client" = String, Path)), responses((status = 204), (status = 404, body = ErrorBody)))]
pub fn delete_client(call: &mut Call<'_, '_, Member>) -> Answer {
    let client = stored(call)?;
    client::revoke(call.tx, &client.id, call.now)?;
    record(call, "client_removed", &client.id)?;
    Ok(Reply::nothing())
}

/// Give an application a new secret
///
/// The answer holds it, this once. The old one works for 24 hours more, unless `?overlap=false`.
#[utoipa::path(post, path = "/organizations/{org}/oauth-clients/{client}/secret", tag = "applications", operation_id = "rotate_oauth_client_secret",
    params(("org" = String, Path), ("client" = String, Path), ("overlap" = Option<bool>, Query)),
    responses((status = 201, body = Item<NewOAuthClient>), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn rotate_secret(call: &mut Call<'_, '_, Member>) -> Answer {
    let client = stored(call)?;
    if !client.is_confidential() {
        return Err(Refusal::invalid("client", "A public client has no secret"));
    }
    let at_once = call.query().flag("overlap") == Some(false);
    let secret = client::rotate(call.tx, &call.app.ids, &client.id, at_once, call.now)?;
    record(call, "client_secret_rotated", &client.id)?;
    shown_once(call, &client.id, Some(secret))
}

fn shown_once(call: &mut Call<'_, '_, Member>, id: &str, secret: Option<String>) -> Answer {
    let client = client::find_in(call.tx, call.org(), id)?.ok_or_else(Refusal::not_found)?;
    let client = client.view(call.now);
    Ok(Reply::created(NewOAuthClient { client, secret })?.holding_a_secret())
}

fn record(
    call: &mut Call<'_, '_, Member>,
    event: &'static str,
    client: &str,
) -> Result<(), Refusal> {
    Event::new(event)
        .inside(call.org())
        .by(call.caller.id())
        .through(client)
        .with(&call.caller.user.token.id)
        .from(&Origin::from(call.request))
        .record(call.tx, call.app, call.now)?;
    Ok(())
}

fn allowed_here(call: &mut Call<'_, '_, Member>, grants: &[GrantType]) -> Result<(), Refusal> {
    for grant in grants {
        if !policy::allows(call.tx, call.org(), *grant)? {
            let text = format!("This organization's policy is against {}", grant.word());
            return Err(Refusal::invalid("grant_types", text));
        }
    }
    Ok(())
}

fn name(input: &OAuthClientInput, problems: &mut Problems) -> String {
    let name = input
        .name
        .as_value()
        .map(|name| name.trim().to_owned())
        .unwrap_or_default();
    if name.is_empty() {
        problems.add("name", "The name field is required");
    } else if name.chars().count() > 100 || name.chars().any(char::is_control) {
        problems.add(
            "name",
            "The name has at most 100 characters, none of them control characters",
        );
    }
    name
}

fn redirects(input: &OAuthClientInput, problems: &mut Problems) -> Option<Vec<String>> {
    let (field, list) = match (&input.redirect_uris, &input.redirect) {
        (Patch::Value(list), _) => ("redirect_uris", list.clone()),
        (_, Patch::Value(one)) => ("redirect", vec![one.clone()]),
        (Patch::Null, _) | (_, Patch::Null) => return Some(Vec::new()),
        (Patch::Absent, Patch::Absent) => return None,
    };
    if list.len() > MOST_REDIRECTS {
        problems.add(field, format!("At most {MOST_REDIRECTS} addresses"));
    }
    for (index, address) in list.iter().enumerate() {
        if let Err(text) = redirect::check(address) {
            problems.add(&format!("{field}.{index}"), text);
        }
    }
    Some(list)
}

fn grants(input: &OAuthClientInput, problems: &mut Problems) -> Option<Vec<GrantType>> {
    let words = input.grant_types.as_value()?;
    let mut grants = Vec::new();
    for (index, word) in words.iter().enumerate() {
        match GrantType::read(word) {
            Some(grant) if grants.contains(&grant) => {}
            Some(grant) => grants.push(grant),
            None => problems.add(
                &format!("grant_types.{index}"),
                format!("{word:.60} is not a grant_type"),
            ),
        }
    }
    Some(grants)
}

fn scopes(input: &OAuthClientInput, problems: &mut Problems) -> Option<Scopes> {
    match &input.scopes {
        Patch::Value(words) => match Scopes::read(words) {
            Ok(scopes) => Some(scopes),
            Err(text) => {
                problems.add("scopes", text);
                None
            }
        },
        Patch::Null => Some(Scopes::all()),
        Patch::Absent => None,
    }
}
