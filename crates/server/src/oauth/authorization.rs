//! Authorizations: what somebody allowed a client, and everything that ends with it.

use tallystick_db::{Result, Tx, args};
use tallystick_wire::Time;
use tallystick_wire::oauth::{Authorization, ClientId};

use crate::http::access::Scopes;

/// How an authorization came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Consent in a browser, with a code.
    Code,
    /// Consent in a browser, for a device.
    Device,
    /// Consent in a browser, with the token in the address.
    Implicit,
    /// The person's password.
    Password,
    /// The application's own token.
    Issued,
    /// A sign-in by API, by no application.
    SignIn,
}

impl How {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Device => "device",
            Self::Implicit => "implicit",
            Self::Password => "password",
            Self::Issued => "issued",
            Self::SignIn => "sign_in",
        }
    }
}

/// An authorization to be made.
#[derive(Debug)]
pub struct NewAuthorization<'a> {
    /// Its id, made before because the code it comes from names it.
    pub id: &'a str,
    /// To whom; none for a sign-in by API.
    pub client: Option<&'a str>,
    /// By whom.
    pub user_id: i64,
    /// Where only.
    pub organization: Option<&'a str>,
    /// How.
    pub how: How,
    /// What for.
    pub scopes: &'a Scopes,
    /// When the last credential under it runs out.
    pub expires_at: Time,
}

/// Makes an authorization, with the epochs of this moment: when either is raised, it is dead.
pub fn insert(tx: &mut Tx<'_>, new: &NewAuthorization<'_>, now: Time) -> Result<u64> {
    tx.run(
        "INSERT INTO authorizations (id, client_id, user_id, organization_id, origin, scopes, user_epoch, membership_epoch, \
            created_at, expires_at) \
         SELECT $1, $2, u.id, $4, $5, $6, u.epoch, COALESCE(m.epoch, 0), $7, $8 \
         FROM users u LEFT JOIN memberships m ON m.user_id = u.id AND m.organization_id = $4 WHERE u.id = $3",
        args![
            new.id,
            new.client,
            new.user_id,
            new.organization,
            new.how.word(),
            new.scopes.to_stored(),
            now.0,
            new.expires_at.0
        ],
    )
}

/// A living authorization, with whom it is by.
#[derive(Debug)]
pub struct Standing {
    /// Its id.
    pub id: String,
    /// By whom.
    pub user_id: i64,
    /// Where only.
    pub organization: Option<String>,
}

/// The authorization, held against others who would change it, if it still stands: not ended, its person neither suspended
/// nor past an epoch, their membership active and of the same epoch.
pub fn standing(tx: &mut Tx<'_>, id: &str) -> Result<Option<Standing>> {
    tx.maybe(
        "SELECT t.id, t.user_id, t.organization_id FROM authorizations t \
         JOIN users u ON u.id = t.user_id AND u.epoch = t.user_epoch AND u.suspended_at IS NULL AND u.email_verified_at IS NOT NULL \
         LEFT JOIN memberships m ON m.organization_id = t.organization_id AND m.user_id = t.user_id \
         WHERE t.id = $1 AND t.ended_at IS NULL \
            AND (t.organization_id IS NULL OR (m.status = 'active' AND m.epoch = t.membership_epoch)) /*lock t*/",
        args![id],
        |row| {
            Ok(Standing {
                id: row.take()?,
                user_id: row.take()?,
                organization: row.take()?,
            })
        },
    )
}

/// Ends an authorization and everything issued under it.
pub fn end(tx: &mut Tx<'_>, id: &str, now: Time) -> Result<u64> {
    let ended = tx.run(
        "UPDATE authorizations SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL",
        args![id, now.0],
    )?;
    tx.run(
        "UPDATE tokens SET revoked_at = $2 WHERE authorization_id = $1 AND revoked_at IS NULL",
        args![id, now.0],
    )?;
    tx.run(
        "UPDATE refresh_tokens SET revoked_at = $2 WHERE authorization_id = $1 AND revoked_at IS NULL",
        args![id, now.0],
    )?;
    Ok(ended)
}

/// Ends every authorization of a person; with `how`, only those that came about so.
pub fn end_all(tx: &mut Tx<'_>, user_id: i64, how: Option<How>, now: Time) -> Result<u64> {
    let living: Vec<String> = tx.all(
        "SELECT id FROM authorizations WHERE user_id = $1 AND ended_at IS NULL AND (CAST($2 AS TEXT) IS NULL OR origin = $2)",
        args![user_id, how.map(How::word)],
        |row| row.take(),
    )?;
    for id in &living {
        end(tx, id, now)?;
    }
    Ok(living.len() as u64)
}

const LIVING: &str = "a.user_id = $1 AND a.ended_at IS NULL AND a.expires_at > $2 \
    AND (CAST($3 AS TEXT) IS NULL OR a.organization_id = $3)";

/// How many living authorizations somebody gave; within one organisation, if one is named.
pub fn count(tx: &mut Tx<'_>, user_id: i64, organization: Option<&str>, now: Time) -> Result<i64> {
    let sql = format!("SELECT count(*) FROM authorizations a WHERE {LIVING}");
    tx.one(&sql, args![user_id, now.0, organization], |row| row.take())
}

/// Living authorizations that somebody gave, the newest first.
pub fn list(
    tx: &mut Tx<'_>,
    user_id: i64,
    organization: Option<&str>,
    (limit, offset): (i64, i64),
    now: Time,
) -> Result<Vec<Authorization>> {
    let sql = format!(
        "SELECT a.id, a.client_id, c.name, c.self_registered, a.origin, a.scopes, a.organization_id, a.created_at, a.expires_at, \
            (SELECT max(k.last_used_at) FROM tokens k WHERE k.authorization_id = a.id) \
         FROM authorizations a LEFT JOIN oauth_clients c ON c.id = a.client_id WHERE {LIVING} \
         ORDER BY a.created_at DESC, a.id DESC LIMIT $4 OFFSET $5"
    );
    tx.all(
        &sql,
        args![user_id, now.0, organization, limit, offset],
        |row| {
            Ok(Authorization {
                id: row.take()?,
                client_id: row.take::<Option<String>>()?.map(ClientId),
                client_name: row.take()?,
                self_registered: row.take::<Option<bool>>()?.unwrap_or_default(),
                origin: row.take()?,
                scopes: Scopes::stored(&row.take::<String>()?).words().to_vec(),
                organization_id: row.take()?,
                created_at: Time(row.take()?),
                expires_at: Time(row.take()?),
                last_used_at: row.take::<Option<i64>>()?.map(Time),
            })
        },
    )
}

/// Whose authorization it is, if it lives, and for which organisation.
pub fn owner(tx: &mut Tx<'_>, id: &str) -> Result<Option<(i64, Option<String>)>> {
    tx.maybe(
        "SELECT user_id, organization_id FROM authorizations WHERE id = $1 AND ended_at IS NULL",
        args![id],
        |row| Ok((row.take()?, row.take()?)),
    )
}
