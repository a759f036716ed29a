//! Sessions of browsers. The cookie holds a secret, the database its hash; a new one is made at every sign-in, so that nobody
//! can hand somebody else a session they know.

use tallystick_db::{Result, Row, Tx, args};
use tallystick_wire::Time;
use tallystick_wire::account::SessionInfo;
use tallystick_wire::token::{Kind, recognise};

use crate::account::sign_in::Person;
use crate::app::App;
use crate::audit::Origin;
use crate::clock::{DAY, MINUTE};
use crate::http::caller::hash;

/// How long after giving the password somebody may do what is dangerous without giving it again.
pub const CONFIRMED_FOR: i64 = 15 * MINUTE;
/// How often the time a session was last seen is written down.
const SEEN_EVERY: i64 = MINUTE;

/// A browser that is signed in.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its id, which is no secret.
    pub id: String,
    /// Who it is.
    pub user_id: i64,
    /// The epoch of their account.
    pub epoch: i64,
    /// When the password was last given in it.
    pub confirmed_at: Time,
    seen_at: Time,
}

impl Session {
    /// Whether the password was given lately enough for what is dangerous.
    #[must_use]
    pub fn is_confirmed(&self, now: Time) -> bool {
        now.0 - self.confirmed_at.0 < CONFIRMED_FOR
    }

    /// Whether the time it was last seen has to be written down again.
    #[must_use]
    pub fn is_stale(&self, now: Time) -> bool {
        now.0 - self.seen_at.0 >= SEEN_EVERY
    }
}

/// Begins a session for somebody who proved who they are; answers the secret for the cookie.
pub fn begin(
    tx: &mut Tx<'_>,
    app: &App,
    person: Person,
    origin: &Origin,
    now: Time,
) -> Result<String> {
    let secret = app.ids.token(Kind::Session);
    tx.run(
        "INSERT INTO sessions (id, secret_hash, user_id, user_epoch, ip, agent, created_at, seen_at, expires_at, confirmed_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8, $7)",
        args![
            app.ids.object(now),
            hash(&secret),
            person.user_id,
            person.epoch,
            origin.ip.to_string(),
            origin.agent.as_deref(),
            now.0,
            now.plus(app.settings.accounts.session_days * DAY).0
        ],
    )?;
    tx.run(
        "UPDATE users SET last_login_at = $2 WHERE id = $1",
        args![person.user_id, now.0],
    )?;
    Ok(secret)
}

/// The session behind a cookie, if it lives and its person's account is still of the same epoch.
pub fn find(tx: &mut Tx<'_>, secret: &str, now: Time) -> Result<Option<Session>> {
    if recognise(secret) != Some(Kind::Session) {
        return Ok(None);
    }
    tx.maybe(
        "SELECT s.id, s.user_id, s.user_epoch, s.confirmed_at, s.seen_at FROM sessions s \
         JOIN users u ON u.id = s.user_id AND u.epoch = s.user_epoch AND u.suspended_at IS NULL \
         WHERE s.secret_hash = $1 AND s.ended_at IS NULL AND s.expires_at > $2",
        args![hash(secret), now.0],
        |row| {
            Ok(Session {
                id: row.take()?,
                user_id: row.take()?,
                epoch: row.take()?,
                confirmed_at: Time(row.take()?),
                seen_at: Time(row.take()?),
            })
        },
    )
}

/// Writes down that a session is in use; its end moves on.
pub fn seen(tx: &mut Tx<'_>, app: &App, id: &str, origin: &Origin, now: Time) -> Result<u64> {
    tx.run(
        "UPDATE sessions SET seen_at = $2, expires_at = $3, ip = $4 WHERE id = $1 AND ended_at IS NULL",
        args![
            id,
            now.0,
            now.plus(app.settings.accounts.session_days * DAY).0,
            origin.ip.to_string()
        ],
    )
}

/// Writes down that the password was given again.
pub fn confirm(tx: &mut Tx<'_>, id: &str, now: Time) -> Result<u64> {
    tx.run(
        "UPDATE sessions SET confirmed_at = $2 WHERE id = $1",
        args![id, now.0],
    )
}

/// Ends one session of somebody.
pub fn end(tx: &mut Tx<'_>, user_id: i64, id: &str, now: Time) -> Result<u64> {
    tx.run(
        "UPDATE sessions SET ended_at = $3 WHERE user_id = $1 AND id = $2 AND ended_at IS NULL",
        args![user_id, id, now.0],
    )
}

/// Ends all sessions of somebody, save one if it is named.
pub fn end_all(tx: &mut Tx<'_>, user_id: i64, but: Option<&str>, now: Time) -> Result<u64> {
    tx.run(
        "UPDATE sessions SET ended_at = $3 WHERE user_id = $1 AND id <> $2 AND ended_at IS NULL",
        args![user_id, but.unwrap_or_default(), now.0],
    )
}

/// The living sessions of somebody, the one used last first.
pub fn list(tx: &mut Tx<'_>, user_id: i64, now: Time) -> Result<Vec<SessionInfo>> {
    let read = |row: &mut Row<'_>| {
        Ok(SessionInfo {
            id: row.take()?,
            ip: row.take()?,
            agent: row.take()?,
            created_at: Time(row.take()?),
            last_seen_at: Time(row.take()?),
            expires_at: Time(row.take()?),
        })
    };
    tx.all(
        "SELECT s.id, s.ip, s.agent, s.created_at, s.seen_at, s.expires_at FROM sessions s \
         JOIN users u ON u.id = s.user_id AND u.epoch = s.user_epoch \
         WHERE s.user_id = $1 AND s.ended_at IS NULL AND s.expires_at > $2 ORDER BY s.seen_at DESC, s.id DESC LIMIT 500",
        args![user_id, now.0],
        read,
    )
}

/// Forgets sessions that ended or ran out a month ago.
pub fn forget_old(tx: &mut Tx<'_>, now: Time) -> Result<u64> {
    tx.run(
        "DELETE FROM sessions WHERE COALESCE(ended_at, expires_at) < $1",
        args![now.0 - 30 * DAY],
    )
}
