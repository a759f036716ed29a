//! Refresh tokens: each is exchanged once, and a second attempt tells a lost answer from a stolen token
//! (RFC 9700, section 4.14.2; contract: auth, section 6.3c).

use tallystick_db::{Tx, args};
use tallystick_wire::Time;
use tallystick_wire::oauth::TokenAnswer;
use tallystick_wire::token::Kind;

use crate::app::App;
use crate::audit::{Event, Origin};
use crate::clock::SECOND;
use crate::http::access::Scopes;
use crate::http::caller::hash;
use crate::oauth::tokens::{self, Holder};
use crate::oauth::{Client, OAuthRefusal, authorization};

/// Stores a new refresh token; answers its secret and the hash it is known by.
pub fn insert(
    tx: &mut Tx<'_>,
    app: &App,
    client: &Client,
    holder: &Holder<'_>,
    token_id: &str,
    life: i64,
    now: Time,
) -> Result<(String, String), OAuthRefusal> {
    let secret = app.ids.token(Kind::Refresh);
    let secret_hash = hash(&secret);
    tx.run(
        "INSERT INTO refresh_tokens (secret_hash, authorization_id, client_id, scopes, token_id, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![
            &secret_hash,
            holder.authorization,
            &client.id,
            holder.scopes.to_stored(),
            token_id,
            now.0,
            now.plus(life * SECOND).0
        ],
    )?;
    Ok((secret, secret_hash))
}

struct Stored {
    authorization: String,
    client: String,
    scopes: Scopes,
    token_id: String,
    expires_at: i64,
    used: bool,
    successor: Option<String>,
    revoked: bool,
}

fn find(tx: &mut Tx<'_>, secret_hash: &str) -> Result<Option<Stored>, OAuthRefusal> {
    Ok(tx.maybe(
        "SELECT authorization_id, client_id, scopes, token_id, expires_at, used_at IS NOT NULL, successor_hash, \
            revoked_at IS NOT NULL FROM refresh_tokens WHERE secret_hash = $1",
        args![secret_hash],
        |row| {
            Ok(Stored {
                authorization: row.take()?,
                client: row.take()?,
                scopes: Scopes::stored(&row.take::<String>()?),
                token_id: row.take()?,
                expires_at: row.take()?,
                used: row.take()?,
                successor: row.take()?,
                revoked: row.take()?,
            })
        },
    )?)
}

/// Exchanges a refresh token for a new pair.
///
/// Presented again while the new one is unused, it is taken for a lost answer: the unused pair ends and another is given.
/// Presented again after that, or by another client, somebody else has it: everything under the authorization ends.
pub fn exchange(
    tx: &mut Tx<'_>,
    app: &App,
    client: &Client,
    (secret, scope): (&str, Option<&str>),
    origin: &Origin,
    now: Time,
) -> Result<TokenAnswer, OAuthRefusal> {
    let secret_hash = hash(secret);
    let Some(known) = find(tx, &secret_hash)? else {
        return Err(OAuthRefusal::grant());
    };
    // Whoever else exchanges a token of this authorization waits here, and then sees what was done.
    let Some(standing) = authorization::standing(tx, &known.authorization)? else {
        return Err(OAuthRefusal::grant());
    };
    let Some(stored) = find(tx, &secret_hash)? else {
        return Err(OAuthRefusal::grant());
    };
    if stored.client != client.id {
        return stolen(tx, app, client, &stored, standing.user_id, origin, now);
    }
    if stored.used {
        let successor = match &stored.successor {
            Some(successor) => find(tx, successor)?,
            None => None,
        };
        match successor {
            Some(next) if !next.used && !next.revoked => {
                withdraw(
                    tx,
                    stored.successor.as_deref().unwrap_or_default(),
                    &next.token_id,
                    now,
                )?;
            }
            _ => return stolen(tx, app, client, &stored, standing.user_id, origin, now),
        }
    } else if stored.revoked || stored.expires_at <= now.0 {
        return Err(OAuthRefusal::grant());
    }
    let narrowed = match scope.map(str::trim).filter(|scope| !scope.is_empty()) {
        None => stored.scopes.clone(),
        Some(text) => {
            let words: Vec<String> = text.split_ascii_whitespace().map(str::to_owned).collect();
            let asked =
                Scopes::read(&words).map_err(|text| OAuthRefusal::code("invalid_scope", text))?;
            if !stored.scopes.cover(&asked) {
                return Err(OAuthRefusal::code(
                    "invalid_scope",
                    "A refresh gives no more than was allowed",
                ));
            }
            asked
        }
    };
    let holder = Holder {
        authorization: &standing.id,
        user_id: standing.user_id,
        organization: standing.organization.as_deref(),
        scopes: &stored.scopes,
    };
    let (answer, successor) = tokens::renew(tx, app, client, &holder, &narrowed, now)?;
    tx.run(
        "UPDATE refresh_tokens SET used_at = COALESCE(used_at, $2), successor_hash = $3 WHERE secret_hash = $1",
        args![&secret_hash, now.0, successor],
    )?;
    end_access_token(tx, &stored.token_id, now)?;
    Ok(answer)
}

/// Ends a pair that nobody received.
fn withdraw(
    tx: &mut Tx<'_>,
    secret_hash: &str,
    token_id: &str,
    now: Time,
) -> Result<(), OAuthRefusal> {
    tx.run(
        "UPDATE refresh_tokens SET revoked_at = $2 WHERE secret_hash = $1",
        args![secret_hash, now.0],
    )?;
    end_access_token(tx, token_id, now)
}

fn end_access_token(tx: &mut Tx<'_>, token_id: &str, now: Time) -> Result<(), OAuthRefusal> {
    tx.run(
        "UPDATE tokens SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL",
        args![token_id, now.0],
    )?;
    Ok(())
}

fn stolen<T>(
    tx: &mut Tx<'_>,
    app: &App,
    client: &Client,
    stored: &Stored,
    user_id: i64,
    origin: &Origin,
    now: Time,
) -> Result<T, OAuthRefusal> {
    authorization::end(tx, &stored.authorization, now)?;
    Event::warning("refresh_token_reused")
        .of(user_id)
        .through(&client.id)
        .with(&stored.authorization)
        .from(origin)
        .record(tx, app, now)?;
    Err(OAuthRefusal::grant().keeping())
}

/// The authorization a refresh token belongs to, if it was issued to this client.
pub fn authorization_of(
    tx: &mut Tx<'_>,
    client: &Client,
    secret: &str,
) -> Result<Option<String>, OAuthRefusal> {
    Ok(find(tx, &hash(secret))?
        .filter(|stored| stored.client == client.id)
        .map(|stored| stored.authorization))
}
