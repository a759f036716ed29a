//! Applications of an organisation, and what people allowed them (contract: auth, section 15).

use tallystick_wire::oauth::{Authorization, NewOAuthClient, OAuthClient, OAuthClientInput};
use tallystick_wire::page::Page;
use tallystick_wire::{ErrorBody, Item};

use crate::audit::{Event, Origin};
use crate::http::page::Window;
use crate::http::{Answer, Call, Member, Refusal, Reply, User};
use crate::oauth::authorization;
use crate::oauth::client::{self, Client};
use crate::oauth::steward::Steward;

/// Applications that the caller allowed to act for them
#[utoipa::path(get, path = "/me/authorizations", tag = "tokens", operation_id = "authorizations",
    params(("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<Authorization>)))]
pub fn authorizations(call: &mut Call<'_, '_, User>) -> Answer {
    let window = Window::read(call.query(), 10, 100);
    let organization = call.caller.token.organization_id.as_deref();
    let total = authorization::count(call.tx, call.user_id(), organization, call.now)?;
    let data = window.rows(total, |page| {
        authorization::list(call.tx, call.user_id(), organization, page, call.now)
    })?;
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
    let data = window.rows(total, |page| client::list(call.tx, call.org(), page))?;
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
    let origin = Origin::from(call.request);
    let (id, secret) = steward(call, &origin).create(call.tx, &input)?;
    shown_once(call, &id, secret)
}

/// Change an application
///
/// Name, addresses, grants and scopes; what was issued before stays as it is, and what it may no longer do ends with its tokens.
#[utoipa::path(put, path = "/organizations/{org}/oauth-clients/{client}", tag = "applications", operation_id = "update_oauth_client",
    params(("org" = String, Path), ("client" = String, Path)), request_body = OAuthClientInput,
    responses((status = 200, body = Item<OAuthClient>), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn update_client(call: &mut Call<'_, '_, Member>) -> Answer {
    let client = stored(call)?;
    let input: OAuthClientInput = call.body()?;
    let origin = Origin::from(call.request);
    steward(call, &origin).change(call.tx, client, &input)?;
    self::client(call)
}

/// Remove an application
///
/// Ends every token that was issued to it.
#[utoipa::path(delete, path = "/organizations/{org}/oauth-clients/{client}", tag = "applications", operation_id = "delete_oauth_client",
    params(("org" = String, Path), ("client" = String, Path)), responses((status = 204), (status = 404, body = ErrorBody)))]
pub fn delete_client(call: &mut Call<'_, '_, Member>) -> Answer {
    let client = stored(call)?;
    let origin = Origin::from(call.request);
    steward(call, &origin).remove(call.tx, &client)?;
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
    let at_once = call.query().flag("overlap") == Some(false);
    let origin = Origin::from(call.request);
    let secret = steward(call, &origin).rotate(call.tx, &client, at_once)?;
    shown_once(call, &client.id, Some(secret))
}

fn shown_once(call: &mut Call<'_, '_, Member>, id: &str, secret: Option<String>) -> Answer {
    let client = client::find_in(call.tx, call.org(), id)?.ok_or_else(Refusal::not_found)?;
    let client = client.view(call.now);
    Ok(Reply::created(NewOAuthClient { client, secret })?.holding_a_secret())
}

fn steward<'b, 'a: 'b>(call: &Call<'a, '_, Member>, origin: &'b Origin) -> Steward<'b> {
    Steward {
        app: call.app,
        organization: call.org(),
        user_id: call.caller.id(),
        token: Some(&call.caller.user.token.id),
        origin,
        now: call.now,
    }
}
