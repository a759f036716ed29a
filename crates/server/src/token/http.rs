//! `/me/tokens` (contract: auth, section 15.1).

use tallystick_wire::page::Page;
use tallystick_wire::patch::Patch;
use tallystick_wire::token::{NewToken, Token, TokenCreate, TokenUpdate};
use tallystick_wire::{ErrorBody, Item};

use crate::audit::{Event, Origin};
use crate::clock::DAY;
use crate::http::access::Scopes;
use crate::http::call::object_id;
use crate::http::page::Window;
use crate::http::{Answer, Call, Problems, Refusal, Reply, User};
use crate::mail::{self, Notice};
use crate::oauth::authorization;
use crate::token::store::{self, Order, State};
use crate::token::{policy, rules};

/// Own tokens
///
/// The newest first, ended ones included; their secrets are not stored and never shown again.
#[utoipa::path(get, path = "/me/tokens", tag = "tokens", operation_id = "tokens",
    params(("state" = Option<String>, Query, description = "active, expired or revoked"), ("page" = Option<i64>, Query),
        ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<Token>), (status = 422, body = ErrorBody)))]
pub fn list(call: &mut Call<'_, '_, User>) -> Answer {
    let window = Window::read(call.query(), 10, 100);
    let state = State::read(call.query().get("state"))
        .ok_or_else(|| Refusal::invalid("state", "The state must be active, expired or revoked"))?;
    let total = store::count(call.tx, call.user_id(), state, call.now)?;
    let data = match window.offset(total) {
        Some(offset) => store::list(
            call.tx,
            call.user_id(),
            state,
            call.now,
            window.per_page,
            offset,
        )?,
        None => Vec::new(),
    };
    Reply::whole(&window.page(call.request, total, data))
}

/// Make a token
///
/// The answer holds the secret, this once. A token cannot make a stronger one: neither more scopes nor more organisations.
#[utoipa::path(post, path = "/me/tokens", tag = "tokens", operation_id = "create_token", request_body = TokenCreate,
    responses((status = 201, body = Item<NewToken>), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn create(call: &mut Call<'_, '_, User>) -> Answer {
    let input: TokenCreate = call.body()?;
    let mut problems = Problems::default();
    let name = rules::name(&input.name, &mut problems);
    let scopes = match &input.scopes {
        Patch::Value(words) => Scopes::read(words).unwrap_or_else(|message| {
            problems.add("scopes", message);
            Scopes::all()
        }),
        Patch::Absent | Patch::Null => call.caller.token.scopes.clone(),
    };
    let organization_id = match &input.organization_id {
        Patch::Value(text) => object_id(text).or_else(|| {
            problems.add(
                "organization_id",
                "The organization_id must be 32 hex characters",
            );
            None
        }),
        Patch::Absent | Patch::Null => call.caller.token.organization_id.clone(),
    };
    let settings = &call.app.settings.tokens;
    let bounds = policy::bounds(
        call.tx,
        settings,
        call.caller.id,
        organization_id.as_deref(),
    )?;
    let expires_at = rules::expiry(&input, &bounds, call.now, &mut problems);
    problems.check()?;
    if !call.caller.token.scopes.cover(&scopes) {
        return Err(Refusal::forbidden(
            "What is made here may not do more than the credential that makes it",
        ));
    }
    if call.caller.token.organization_id.is_some()
        && call.caller.token.organization_id != organization_id
    {
        return Err(Refusal::forbidden(
            "A credential for one organization makes none for another",
        ));
    }
    let user_id = call.user_id();
    if let Some(organization) = &organization_id
        && !store::is_active_member(call.tx, user_id, organization)?
    {
        return Err(Refusal::invalid(
            "organization_id",
            "There is no such organization among yours",
        ));
    }
    if !bounds.may_make {
        return Err(Refusal::forbidden(
            "Light members make no credentials here; ask an administrator",
        ));
    }
    let order = Order {
        user_id,
        name: &name,
        scopes: &scopes,
        organization_id: organization_id.as_deref(),
        expires_at,
    };
    let (id, token) = store::issue(call.tx, &call.app.ids, &order, call.now)?;
    record(call, "token_created", &id, organization_id.as_deref())?;
    let notice = Notice::TokenCreated { token: &id };
    mail::notice(call.tx, call.app, notice, user_id, call.now)?;
    shown_once(call, &id, token)
}

/// Writes into the record what the caller did to a token of theirs.
fn record(
    call: &mut Call<'_, '_, User>,
    event: &'static str,
    token: &str,
    organization: Option<&str>,
) -> Result<(), Refusal> {
    Event::new(event)
        .by(call.caller.id)
        .of(call.caller.id)
        .inside(organization.unwrap_or_default())
        .with(token)
        .from(&Origin::from(call.request))
        .detail("done_with", call.caller.token.id.as_str())
        .record(call.tx, call.app, call.now)?;
    Ok(())
}

fn shown_once(call: &mut Call<'_, '_, User>, id: &str, token: String) -> Answer {
    let token_info = store::get(call.tx, call.caller.id, id)?.ok_or_else(Refusal::not_found)?;
    Ok(Reply::created(NewToken { token_info, token })?.holding_a_secret())
}

/// Revoke all own tokens
///
/// Ends every token of the caller, the one this request came with included, and disconnects every application.
#[utoipa::path(delete, path = "/me/tokens", tag = "tokens", operation_id = "revoke_all_tokens", responses((status = 204)))]
pub fn revoke_all(call: &mut Call<'_, '_, User>) -> Answer {
    store::revoke_all(call.tx, call.caller.id, call.now)?;
    authorization::end_all(call.tx, call.caller.id, None, call.now)?;
    let current = call.caller.token.id.clone();
    record(call, "all_tokens_revoked", &current, None)?;
    Ok(Reply::nothing())
}

/// The token of this request
#[utoipa::path(get, path = "/me/tokens/current", tag = "tokens", operation_id = "current_token",
    responses((status = 200, body = Item<Token>)))]
pub fn current(call: &mut Call<'_, '_, User>) -> Answer {
    let id = &call.caller.token.id;
    Reply::data(store::get(call.tx, call.caller.id, id)?.ok_or_else(Refusal::not_found)?)
}

/// Revoke the token of this request
#[utoipa::path(delete, path = "/me/tokens/current", tag = "tokens", operation_id = "revoke_current_token", responses((status = 204)))]
pub fn revoke_current(call: &mut Call<'_, '_, User>) -> Answer {
    let id = call.caller.token.id.clone();
    end(call, &id)?;
    Ok(Reply::nothing())
}

/// Ends a token, and with it the authorization it belongs to: a refresh must not bring it back.
fn end(call: &mut Call<'_, '_, User>, id: &str) -> Result<(), Refusal> {
    if store::revoke(call.tx, call.caller.id, id, call.now)? == 1 {
        if let Some(authorization) = store::authorization_of(call.tx, id)? {
            authorization::end(call.tx, &authorization, call.now)?;
        }
        let organization =
            store::get(call.tx, call.caller.id, id)?.and_then(|token| token.organization_id);
        record(call, "token_revoked", id, organization.as_deref())?;
    }
    Ok(())
}

/// Replace the secret of the token of this request
///
/// Name, scopes and organisation stay, its life begins anew, and the old secret ends at once.
#[utoipa::path(post, path = "/me/tokens/current/rotate", tag = "tokens", operation_id = "rotate_current_token",
    responses((status = 201, body = Item<NewToken>), (status = 403, body = ErrorBody)))]
pub fn rotate_current(call: &mut Call<'_, '_, User>) -> Answer {
    if !call.caller.token.is_personal {
        return Err(Refusal::forbidden(
            "Only a personal access token is replaced by another; sign in again for a new one",
        ));
    }
    let old = store::get(call.tx, call.caller.id, &call.caller.token.id)?
        .ok_or_else(Refusal::not_found)?;
    store::revoke(call.tx, call.caller.id, &old.id, call.now)?;
    let settings = &call.app.settings.tokens;
    let bounds = policy::bounds(
        call.tx,
        settings,
        call.caller.id,
        old.organization_id.as_deref(),
    )?;
    let longest = bounds
        .max_days
        .map_or(i64::MAX, |days| days.saturating_mul(DAY));
    let expires_at = old
        .expires_at
        .map(|end| call.now.plus((end.0 - old.created_at.0).min(longest)));
    let scopes = Scopes::stored(&old.scopes.join(" "));
    let order = Order {
        user_id: call.caller.id,
        name: &old.name,
        scopes: &scopes,
        organization_id: old.organization_id.as_deref(),
        expires_at,
    };
    let (id, token) = store::issue(call.tx, &call.app.ids, &order, call.now)?;
    record(call, "token_rotated", &id, old.organization_id.as_deref())?;
    shown_once(call, &id, token)
}

/// One own token
#[utoipa::path(get, path = "/me/tokens/{id}", tag = "tokens", operation_id = "token", params(("id" = String, Path)),
    responses((status = 200, body = Item<Token>), (status = 404, body = ErrorBody)))]
pub fn get(call: &mut Call<'_, '_, User>) -> Answer {
    let id = call.id("id")?;
    Reply::data(store::get(call.tx, call.caller.id, &id)?.ok_or_else(Refusal::not_found)?)
}

/// Rename a token or narrow its scopes
#[utoipa::path(put, path = "/me/tokens/{id}", tag = "tokens", operation_id = "update_token", params(("id" = String, Path)),
    request_body = TokenUpdate, responses((status = 200, body = Item<Token>), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn update(call: &mut Call<'_, '_, User>) -> Answer {
    let id = call.id("id")?;
    let stored = store::get(call.tx, call.caller.id, &id)?.ok_or_else(Refusal::not_found)?;
    let input: TokenUpdate = call.body()?;
    let mut problems = Problems::default();
    let name = if input.name.is_sent() {
        rules::name(&input.name, &mut problems)
    } else {
        stored.name.clone()
    };
    let before = Scopes::stored(&stored.scopes.join(" "));
    let scopes = match &input.scopes {
        Patch::Value(words) => match Scopes::read(words) {
            Ok(scopes) if before.cover(&scopes) => scopes,
            Ok(_) => {
                problems.add(
                    "scopes",
                    "The scopes can only be narrowed; make another token for more",
                );
                before
            }
            Err(message) => {
                problems.add("scopes", message);
                before
            }
        },
        Patch::Absent | Patch::Null => before,
    };
    problems.check()?;
    store::update(call.tx, call.caller.id, &id, &name, &scopes)?;
    Reply::data(store::get(call.tx, call.caller.id, &id)?.ok_or_else(Refusal::not_found)?)
}

/// Revoke a token
#[utoipa::path(delete, path = "/me/tokens/{id}", tag = "tokens", operation_id = "revoke_token", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = ErrorBody)))]
pub fn revoke(call: &mut Call<'_, '_, User>) -> Answer {
    let id = call.id("id")?;
    if store::get(call.tx, call.caller.id, &id)?.is_none() {
        return Err(Refusal::not_found());
    }
    end(call, &id)?;
    Ok(Reply::nothing())
}
