//! The SQL of tokens. A token belongs to its user, so every look-up names the user.

use tallystick_db::{Result, Row, Tx, args};
use tallystick_wire::Time;
use tallystick_wire::token::{Kind, Token};

use crate::http::access::Scopes;
use crate::http::caller::hash;
use crate::ids::Ids;

/// A token to be made.
pub struct Order<'a> {
    /// Whose it is.
    pub user_id: i64,
    /// Its name.
    pub name: &'a str,
    /// What it may do.
    pub scopes: &'a Scopes,
    /// The only organisation it is to work in.
    pub organization_id: Option<&'a str>,
    /// When it ends.
    pub expires_at: Option<Time>,
}

pub(super) const COLUMNS: &str = "id, name, kind, prefix, last4, scopes, organization_id, created_at, expires_at, last_used_at, \
    last_used_ip, last_client, revoked_at";

pub(super) fn read(row: &mut Row<'_>) -> Result<Token> {
    Ok(Token {
        id: row.take()?,
        name: row.take()?,
        kind: row.take()?,
        prefix: row.take()?,
        last4: row.take()?,
        scopes: Scopes::stored(&row.take::<String>()?).words().to_vec(),
        organization_id: row.take()?,
        created_at: Time(row.take()?),
        expires_at: row.take::<Option<i64>>()?.map(Time),
        last_used_at: row.take::<Option<i64>>()?.map(Time),
        last_used_ip: row.take()?,
        last_client: row.take()?,
        revoked_at: row.take::<Option<i64>>()?.map(Time),
    })
}

/// Makes a personal access token; answers its id and its secret, which is stored nowhere.
///
/// It takes the epochs of user and membership of this moment: when either is raised, it is dead.
pub fn issue(tx: &mut Tx<'_>, ids: &Ids, order: &Order<'_>, now: Time) -> Result<(String, String)> {
    insert(tx, ids, Kind::Personal, order, None, now)
}

/// Makes an access token under an authorization, as `(client, authorization)`; it ends with that.
pub fn issue_under(
    tx: &mut Tx<'_>,
    ids: &Ids,
    kind: Kind,
    order: &Order<'_>,
    under: (Option<&str>, &str),
    now: Time,
) -> Result<(String, String)> {
    insert(tx, ids, kind, order, Some(under), now)
}

fn insert(
    tx: &mut Tx<'_>,
    ids: &Ids,
    kind: Kind,
    order: &Order<'_>,
    under: Option<(Option<&str>, &str)>,
    now: Time,
) -> Result<(String, String)> {
    let secret = ids.token(kind);
    let id = ids.object(now);
    let last4 = &secret[secret.len() - 4..];
    tx.run(
        "INSERT INTO tokens (id, user_id, organization_id, kind, name, secret_hash, prefix, last4, scopes, user_epoch, \
            membership_epoch, created_at, expires_at, client_id, authorization_id) \
         SELECT $1, u.id, $3, $4, $5, $6, $7, $8, $9, u.epoch, COALESCE(m.epoch, 0), $10, $11, $12, $13 \
         FROM users u LEFT JOIN memberships m ON m.user_id = u.id AND m.organization_id = $3 WHERE u.id = $2",
        args![
            &id,
            order.user_id,
            order.organization_id,
            kind.word(),
            order.name,
            hash(&secret),
            &secret[..8],
            last4,
            order.scopes.to_stored(),
            now.0,
            order.expires_at.map(|end| end.0),
            under.and_then(|(client, _)| client),
            under.map(|(_, authorization)| authorization)
        ],
    )?;
    Ok((id, secret))
}

/// One token of this person.
pub fn get(tx: &mut Tx<'_>, user_id: i64, id: &str) -> Result<Option<Token>> {
    let sql = format!("SELECT {COLUMNS} FROM tokens WHERE id = $1 AND user_id = $2");
    tx.maybe(&sql, args![id, user_id], read)
}

/// Which tokens a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// All.
    Any,
    /// Those that work.
    Active,
    /// Those whose time is over.
    Expired,
    /// Those that were revoked.
    Revoked,
}

impl State {
    /// Reads the word; none is all.
    #[must_use]
    pub fn read(word: Option<&str>) -> Option<Self> {
        match word {
            None | Some("all") => Some(Self::Any),
            Some("active") => Some(Self::Active),
            Some("expired") => Some(Self::Expired),
            Some("revoked") => Some(Self::Revoked),
            Some(_) => None,
        }
    }

    const fn sql(self) -> &'static str {
        match self {
            Self::Any => "user_id = $1 AND CAST($2 AS BIGINT) IS NOT NULL",
            Self::Active => {
                "user_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)"
            }
            Self::Expired => "user_id = $1 AND revoked_at IS NULL AND expires_at <= $2",
            Self::Revoked => {
                "user_id = $1 AND revoked_at IS NOT NULL AND CAST($2 AS BIGINT) IS NOT NULL"
            }
        }
    }
}

/// How many tokens this person has in a state.
pub fn count(tx: &mut Tx<'_>, user_id: i64, state: State, now: Time) -> Result<i64> {
    let sql = format!("SELECT count(*) FROM tokens WHERE {}", state.sql());
    tx.one(&sql, args![user_id, now.0], |row| row.take())
}

/// Tokens of this person, the newest first.
pub fn list(
    tx: &mut Tx<'_>,
    user_id: i64,
    state: State,
    now: Time,
    limit: i64,
    offset: i64,
) -> Result<Vec<Token>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM tokens WHERE {} ORDER BY created_at DESC, id DESC LIMIT $3 OFFSET $4",
        state.sql()
    );
    tx.all(&sql, args![user_id, now.0, limit, offset], read)
}

/// Changes name and scopes.
pub fn update(tx: &mut Tx<'_>, user_id: i64, id: &str, name: &str, scopes: &Scopes) -> Result<u64> {
    tx.run(
        "UPDATE tokens SET name = $3, scopes = $4 WHERE id = $1 AND user_id = $2",
        args![id, user_id, name, scopes.to_stored()],
    )
}

/// Revokes one token; it stays listed.
pub fn revoke(tx: &mut Tx<'_>, user_id: i64, id: &str, now: Time) -> Result<u64> {
    tx.run(
        "UPDATE tokens SET revoked_at = $3 WHERE id = $1 AND user_id = $2 AND revoked_at IS NULL",
        args![id, user_id, now.0],
    )
}

/// Revokes every token of a person.
pub fn revoke_all(tx: &mut Tx<'_>, user_id: i64, now: Time) -> Result<u64> {
    tx.run(
        "UPDATE tokens SET revoked_at = $2 WHERE user_id = $1 AND revoked_at IS NULL",
        args![user_id, now.0],
    )
}

/// The authorization a token was issued under.
pub fn authorization_of(tx: &mut Tx<'_>, id: &str) -> Result<Option<String>> {
    let found = tx.maybe(
        "SELECT authorization_id FROM tokens WHERE id = $1",
        args![id],
        |row| row.take::<Option<String>>(),
    )?;
    Ok(found.flatten())
}

/// Whether somebody is an active member there.
pub fn is_active_member(tx: &mut Tx<'_>, user_id: i64, organization: &str) -> Result<bool> {
    let found = tx.maybe(
        "SELECT user_id FROM memberships WHERE user_id = $1 AND status = 'active' AND organization_id = $2",
        args![user_id, organization],
        |row| row.take::<i64>(),
    )?;
    Ok(found.is_some())
}
