//! What an organisation allows of tokens and applications, beside what the installation allows.

use tallystick_db::{Result, Tx, args};
use tallystick_wire::Time;
use tallystick_wire::oauth::TokenPolicy;

use crate::oauth::{Client, GrantType};
use crate::settings::TokenSettings;

/// The policy of an organisation; what nobody decided is allowed, light members' tokens as `light_members` says.
pub fn of(tx: &mut Tx<'_>, organization: &str, light_members: bool) -> Result<TokenPolicy> {
    let stored = tx.maybe(
        "SELECT max_days, allow_never_expiring, light_members, grant_types, self_registered_clients FROM token_policies \
         WHERE organization_id = $1",
        args![organization],
        |row| {
            Ok(TokenPolicy {
                max_days: row.take()?,
                allow_never_expiring: row.take()?,
                light_members: row.take()?,
                grant_types: words(&GrantType::stored(&row.take::<String>()?)),
                self_registered_clients: row.take()?,
            })
        },
    )?;
    Ok(stored.unwrap_or_else(|| TokenPolicy {
        max_days: None,
        allow_never_expiring: true,
        light_members,
        grant_types: words(&GrantType::ALL),
        self_registered_clients: true,
    }))
}

fn words(grants: &[GrantType]) -> Vec<String> {
    grants.iter().map(|grant| grant.word().to_owned()).collect()
}

/// Stores a policy.
pub fn put(tx: &mut Tx<'_>, organization: &str, policy: &TokenPolicy, now: Time) -> Result<u64> {
    tx.run(
        "INSERT INTO token_policies (organization_id, max_days, allow_never_expiring, light_members, grant_types, \
            self_registered_clients, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (organization_id) DO UPDATE SET max_days = excluded.max_days, \
            allow_never_expiring = excluded.allow_never_expiring, light_members = excluded.light_members, \
            grant_types = excluded.grant_types, self_registered_clients = excluded.self_registered_clients, \
            updated_at = excluded.updated_at",
        args![
            organization,
            policy.max_days,
            policy.allow_never_expiring,
            policy.light_members,
            policy.grant_types.join(" "),
            policy.self_registered_clients,
            now.0
        ],
    )
}

/// Whether an organisation allows tokens to be got this way.
pub fn allows(tx: &mut Tx<'_>, organization: &str, grant: GrantType) -> Result<bool> {
    let policy = of(tx, organization, false)?;
    Ok(policy.grant_types.iter().any(|word| word == grant.word()))
}

/// The organisations that a credential of somebody works in: the one it is bound to, or all where they are active.
pub fn reach(
    tx: &mut Tx<'_>,
    user_id: i64,
    organization: Option<&str>,
) -> Result<Vec<(String, bool)>> {
    tx.all(
        "SELECT m.organization_id, m.role = 'light' FROM memberships m WHERE m.user_id = $1 AND m.status = 'active' \
         AND (CAST($2 AS TEXT) IS NULL OR m.organization_id = $2) ORDER BY m.organization_id",
        args![user_id, organization],
        |row| Ok((row.take()?, row.take()?)),
    )
}

/// What one person may make, of personal access tokens for one organisation or for all of theirs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Whether they may make any: not who is active nowhere, nor a light member where those may not.
    pub may_make: bool,
    /// Longest life, in days.
    pub max_days: Option<i64>,
    /// Whether a token may be made to last for ever.
    pub never_expiring: bool,
}

/// The bounds of the installation and of every organisation that the token would work in: the strictest of each.
pub fn bounds(
    tx: &mut Tx<'_>,
    settings: &TokenSettings,
    user_id: i64,
    organization: Option<&str>,
) -> Result<Bounds> {
    let mut bounds = Bounds {
        may_make: false,
        max_days: settings.max_days,
        never_expiring: settings.max_days.is_none(),
    };
    for (organization, is_light) in reach(tx, user_id, organization)? {
        let policy = of(tx, &organization, settings.light_members)?;
        bounds.may_make |= !is_light || policy.light_members;
        bounds.never_expiring &= policy.allow_never_expiring && policy.max_days.is_none();
        bounds.max_days = [bounds.max_days, policy.max_days]
            .into_iter()
            .flatten()
            .min();
    }
    Ok(bounds)
}

/// Whether somebody may let a client act for them, there or everywhere: they are an active member, the client belongs to that
/// organisation or to none, and no organisation it would work in is against the grant or against such clients.
pub fn may_connect(
    tx: &mut Tx<'_>,
    client: &Client,
    user_id: i64,
    organization: Option<&str>,
    grant: GrantType,
) -> Result<bool> {
    if client.organization.is_some() && client.organization.as_deref() != organization {
        return Ok(false);
    }
    let reached = reach(tx, user_id, organization)?;
    for (organization, _) in &reached {
        let policy = of(tx, organization, false)?;
        let allows = policy.grant_types.iter().any(|word| word == grant.word());
        if !allows || (client.self_registered && !policy.self_registered_clients) {
            return Ok(false);
        }
    }
    Ok(!reached.is_empty())
}
