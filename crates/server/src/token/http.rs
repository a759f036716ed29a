//! `/me/tokens` (contract: auth, section 15.1).

use tallystick_wire::page::Page;
use tallystick_wire::patch::Patch;
use tallystick_wire::token::{NewToken, Token, TokenCreate, TokenUpdate};
use tallystick_wire::{ErrorBody, Item};

use crate::audit::Origin;
use crate::http::access::Scopes;
use crate::http::page::Window;
use crate::http::{Answer, Call, Problems, Refusal, Reply, User};
use crate::token::make::{self, Holder};
use crate::token::rules;
use crate::token::store::{self, State};

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
    let data = window.rows(total, |page| {
        store::list(call.tx, call.user_id(), state, call.now, page.0, page.1)
    })?;
    Reply::whole(&window.page(call.request, total, data))
}

/// Make a token
///
/// The answer holds the secret, this once. A token cannot make a stronger one: neither more scopes nor more organisations.
#[utoipa::path(post, path = "/me/tokens", tag = "tokens", operation_id = "create_token", request_body = TokenCreate,
    responses((status = 201, body = Item<NewToken>), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn create(call: &mut Call<'_, '_, User>) -> Answer {
    let input: TokenCreate = call.body()?;
    let origin = Origin::from(call.request);
    let holder = holder(call.caller, &origin);
    let (id, token) = make::make(call.tx, call.app, &holder, &input, call.now)?;
    shown_once(call, &id, token)
}

fn holder<'a>(caller: &'a User, origin: &'a Origin) -> Holder<'a> {
    Holder {
        user_id: caller.id,
        scopes: &caller.token.scopes,
        organization: caller.token.organization_id.as_deref(),
        token: Some(&caller.token.id),
        origin,
    }
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
    let origin = Origin::from(call.request);
    let holder = holder(call.caller, &origin);
    make::revoke_all(call.tx, call.app, &holder, call.now)?;
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
    let origin = Origin::from(call.request);
    let holder = holder(call.caller, &origin);
    make::revoke(call.tx, call.app, &holder, &call.caller.token.id, call.now)?;
    Ok(Reply::nothing())
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
    let origin = Origin::from(call.request);
    let holder = holder(call.caller, &origin);
    let (id, token) = make::replace(call.tx, call.app, &holder, &old, call.now)?;
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
    let origin = Origin::from(call.request);
    let holder = holder(call.caller, &origin);
    make::revoke(call.tx, call.app, &holder, &id, call.now)?;
    Ok(Reply::nothing())
}
