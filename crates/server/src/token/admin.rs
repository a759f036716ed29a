//! What administrators see and decide of tokens (contract: auth, section 15.3).

use tallystick_wire::oauth::{OwnedToken, TokenPolicy, TokenPolicyInput};
use tallystick_wire::page::Page;
use tallystick_wire::patch::Patch;
use tallystick_wire::{ErrorBody, Item};

use crate::audit::{Event, Origin};
use crate::http::page::Window;
use crate::http::{Answer, Call, Member, Problems, Refusal, Reply};
use crate::member;
use crate::oauth::{GrantType, authorization};
use crate::token::{inventory, policy, store};

/// Tokens that work in the organisation
///
/// Everybody's: those bound to it and those that work in all organisations of a member. Their secrets are not stored.
#[utoipa::path(get, path = "/organizations/{org}/tokens", tag = "tokens", operation_id = "organization_tokens",
    params(("org" = String, Path), ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<OwnedToken>), (status = 403, body = ErrorBody)))]
pub fn organization_tokens(call: &mut Call<'_, '_, Member>) -> Answer {
    call.tx.take_time()?;
    let window = Window::read(call.query(), 10, 100);
    let total = inventory::count(call.tx, call.org(), call.now)?;
    let data = window.rows(total, |page| {
        inventory::list(call.tx, call.org(), page, call.now)
    })?;
    Reply::whole(&window.page(call.request, total, data))
}

/// Switch a token off in the organisation
///
/// A token of its owner for all their organisations goes on working in the others.
#[utoipa::path(delete, path = "/organizations/{org}/tokens/{token}", tag = "tokens", operation_id = "exclude_token",
    params(("org" = String, Path), ("token" = String, Path)), responses((status = 204), (status = 404, body = ErrorBody)))]
pub fn exclude(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("token")?;
    let owner =
        inventory::owner(call.tx, call.org(), &id, call.now)?.ok_or_else(Refusal::not_found)?;
    inventory::exclude(call.tx, call.org(), &id, call.now)?;
    if let Some(authorization) = store::authorization_of(call.tx, &id)? {
        authorization::end(call.tx, &authorization, call.now)?;
    }
    record(call, "token_switched_off", owner, &id)?;
    Ok(Reply::nothing())
}

/// Switch all tokens of a member off in the organisation
#[utoipa::path(delete, path = "/organizations/{org}/users/{user_id}/tokens", tag = "tokens", operation_id = "exclude_tokens_of_member",
    params(("org" = String, Path), ("user_id" = i64, Path)), responses((status = 204), (status = 404, body = ErrorBody)))]
pub fn exclude_member(call: &mut Call<'_, '_, Member>) -> Answer {
    let user_id: i64 = call
        .path("user_id")?
        .parse()
        .map_err(|_| Refusal::not_found())?;
    member::store::member(call.tx, call.org(), user_id, call.now)?
        .ok_or_else(Refusal::not_found)?;
    inventory::exclude_all_of(call.tx, call.org(), user_id, call.now)?;
    let current = call.caller.user.token.id.clone();
    record(call, "tokens_of_member_switched_off", user_id, &current)?;
    Ok(Reply::nothing())
}

fn record(
    call: &mut Call<'_, '_, Member>,
    event: &'static str,
    user_id: i64,
    credential: &str,
) -> Result<(), Refusal> {
    Event::new(event)
        .inside(call.org())
        .by(call.caller.id())
        .of(user_id)
        .with(credential)
        .from(&Origin::from(call.request))
        .record(call.tx, call.app, call.now)?;
    Ok(())
}

/// What the organisation allows of tokens and applications
#[utoipa::path(get, path = "/organizations/{org}/token-policy", tag = "tokens", operation_id = "token_policy",
    params(("org" = String, Path)), responses((status = 200, body = Item<TokenPolicy>)))]
pub fn token_policy(call: &mut Call<'_, '_, Member>) -> Answer {
    let light_members = call.app.settings.tokens.light_members;
    Reply::data(policy::of(call.tx, call.org(), light_members)?)
}

/// Change what the organisation allows of tokens and applications
///
/// It holds for what is made from now on, and for grants also for what is renewed; the settings of the installation go before.
#[utoipa::path(put, path = "/organizations/{org}/token-policy", tag = "tokens", operation_id = "update_token_policy",
    params(("org" = String, Path)), request_body = TokenPolicyInput,
    responses((status = 200, body = Item<TokenPolicy>), (status = 422, body = ErrorBody)))]
pub fn update_token_policy(call: &mut Call<'_, '_, Member>) -> Answer {
    let light_members = call.app.settings.tokens.light_members;
    let mut wanted = policy::of(call.tx, call.org(), light_members)?;
    let input: TokenPolicyInput = call.body()?;
    let mut problems = Problems::default();
    match input.max_days {
        Patch::Value(days) if !(1..=36_500).contains(&days.0) => {
            problems.add("max_days", "The max_days must be 1 to 36500, or null");
        }
        Patch::Value(days) => wanted.max_days = Some(days.0),
        Patch::Null => wanted.max_days = None,
        Patch::Absent => {}
    }
    let flags = [
        (
            &input.allow_never_expiring,
            &mut wanted.allow_never_expiring,
        ),
        (&input.light_members, &mut wanted.light_members),
        (
            &input.self_registered_clients,
            &mut wanted.self_registered_clients,
        ),
    ];
    for (sent, stored) in flags {
        if let Patch::Value(flag) = sent {
            *stored = flag.0;
        }
    }
    if let Patch::Value(words) = &input.grant_types {
        for (index, word) in words.iter().enumerate() {
            if GrantType::read(word).is_none() {
                problems.add(
                    &format!("grant_types.{index}"),
                    format!("{word:.60} is not a grant_type"),
                );
            }
        }
        let kept = GrantType::ALL.iter().map(|grant| grant.word().to_owned());
        wanted.grant_types = kept.filter(|word| words.contains(word)).collect();
    }
    problems.check()?;
    policy::put(call.tx, call.org(), &wanted, call.now)?;
    Event::new("token_policy_changed")
        .inside(call.org())
        .by(call.caller.id())
        .with(&call.caller.user.token.id)
        .from(&Origin::from(call.request))
        .detail("policy", serde_json::to_value(&wanted).unwrap_or_default())
        .record(call.tx, call.app, call.now)?;
    Reply::data(wanted)
}
