//! What the functions of this room ask about an account, and how one ends what hangs on it.

use tallystick_db::{Tx, args};
use tallystick_wire::Time;

use crate::account::session;
use crate::account::sign_in::Person;
use crate::account::throttle;
use crate::app::App;
use crate::audit::{Event, Origin};
use crate::clock::DAY;
use crate::http::error::{Reason, Refusal};
use crate::oauth::authorization::{self, How};
use crate::token;

/// Changes of password or address that one account may make in a day.
const CHANGES: u32 = 10;

/// An account that is not suspended.
#[derive(Debug, Clone)]
pub struct Account {
    pub person: Person,
    pub email: String,
    pub email_folded: String,
    pub password_hash: Option<String>,
    pub verified: bool,
}

impl Account {
    /// Under what its failed attempts are counted.
    pub fn subject(&self) -> String {
        throttle::account(&self.email_folded)
    }
}

const COLUMNS: &str =
    "id, epoch, email, email_folded, password_hash, email_verified_at IS NOT NULL";

fn read(row: &mut tallystick_db::Row<'_>) -> tallystick_db::Result<Account> {
    Ok(Account {
        person: Person {
            user_id: row.take()?,
            epoch: row.take()?,
        },
        email: row.take()?,
        email_folded: row.take()?,
        password_hash: row.take()?,
        verified: row.take()?,
    })
}

/// The account of this number.
pub fn find(tx: &mut Tx<'_>, user_id: i64) -> tallystick_db::Result<Option<Account>> {
    let sql = format!("SELECT {COLUMNS} FROM users WHERE id = $1 AND suspended_at IS NULL");
    tx.maybe(&sql, args![user_id], read)
}

/// The account with this address.
pub fn by_email(tx: &mut Tx<'_>, email_folded: &str) -> tallystick_db::Result<Option<Account>> {
    let sql =
        format!("SELECT {COLUMNS} FROM users WHERE email_folded = $1 AND suspended_at IS NULL");
    tx.maybe(&sql, args![email_folded], read)
}

/// Whether a password or a code may be tried now; too many failures before: a refusal with `Retry-After`.
pub fn may_try(tx: &mut Tx<'_>, app: &App, account: &Account, now: Time) -> Result<(), Refusal> {
    match throttle::until(
        tx,
        &account.subject(),
        app.settings.limits.failed_sign_ins,
        now,
    )? {
        Some(until) => Err(super::sign_in::too_many(until.0 - now.0)),
        None => Ok(()),
    }
}

/// Counts one more change of password or address.
pub fn count_change(tx: &mut Tx<'_>, user_id: i64, now: Time) -> Result<(), Refusal> {
    if throttle::allow(tx, &format!("changes {user_id}"), CHANGES, DAY, now)? {
        return Ok(());
    }
    Err(Reason::RateLimited {
        limit: format!("{CHANGES} changes of password or address in a day"),
        retry_after: 3600,
    }
    .into())
}

/// Compares the current password of somebody who is signed in. `None`: it is wrong, which is counted and recorded.
pub async fn prove(
    app: &App,
    user_id: i64,
    password: String,
    origin: &Origin,
) -> Result<Option<Account>, Refusal> {
    let inside = app.clone();
    let read = app.db.read(move |tx| {
        let account = find(tx, user_id)?.ok_or_else(Refusal::not_found)?;
        may_try(tx, &inside, &account, inside.clock.now())?;
        Ok::<_, Refusal>(account)
    });
    let account = read.await?;
    let stored = account.password_hash.clone();
    if app.hashing.fits(password, stored).await? {
        return Ok(Some(account));
    }
    let (inside, origin) = (app.clone(), origin.clone());
    let count = app.write(move |tx| {
        let now = inside.clock.now();
        throttle::failed(tx, &account.subject(), now)?;
        let event = Event::warning("password_check_failed")
            .by(user_id)
            .of(user_id);
        event.from(&origin).record(tx, &inside, now)?;
        Ok::<_, Refusal>(())
    });
    count.await?;
    Ok(None)
}

/// Stores a new password.
pub fn set_password(
    tx: &mut Tx<'_>,
    user_id: i64,
    hash: &str,
    now: Time,
) -> tallystick_db::Result<u64> {
    tx.run(
        "UPDATE users SET password_hash = $2, updated_at = $3 WHERE id = $1",
        args![user_id, hash, now.0],
    )
}

/// Notes that an address is proven.
pub fn set_verified(tx: &mut Tx<'_>, user_id: i64, now: Time) -> tallystick_db::Result<u64> {
    tx.run(
        "UPDATE users SET email_verified_at = $2, updated_at = $2 WHERE id = $1 AND email_verified_at IS NULL",
        args![user_id, now.0],
    )
}

/// Ends what hangs on the password: sessions save the one named, refresh tokens, and tokens got by the password. What
/// somebody made for a program by name stays.
pub fn end_what_the_password_gave(
    tx: &mut Tx<'_>,
    user_id: i64,
    keep_session: Option<&str>,
    now: Time,
) -> tallystick_db::Result<()> {
    session::end_all(tx, user_id, keep_session, now)?;
    for how in [How::Password, How::SignIn] {
        authorization::end_all(tx, user_id, Some(how), now)?;
    }
    tx.run(
        "UPDATE refresh_tokens SET revoked_at = $2 WHERE revoked_at IS NULL \
         AND authorization_id IN (SELECT id FROM authorizations WHERE user_id = $1)",
        args![user_id, now.0],
    )?;
    end_challenges(tx, user_id, now)
}

/// Ends every credential of somebody at once, save the session named; the epoch also ends what is being made meanwhile.
pub fn end_everything(
    tx: &mut Tx<'_>,
    user_id: i64,
    keep_session: Option<&str>,
    now: Time,
) -> tallystick_db::Result<()> {
    tx.run(
        "UPDATE users SET epoch = epoch + 1 WHERE id = $1",
        args![user_id],
    )?;
    session::end_all(tx, user_id, keep_session, now)?;
    authorization::end_all(tx, user_id, None, now)?;
    token::store::revoke_all(tx, user_id, now)?;
    end_challenges(tx, user_id, now)?;
    if let Some(session) = keep_session {
        tx.run(
            "UPDATE sessions SET user_epoch = (SELECT epoch FROM users WHERE id = $1) WHERE user_id = $1 AND id = $2",
            args![user_id, session],
        )?;
    }
    Ok(())
}

fn end_challenges(tx: &mut Tx<'_>, user_id: i64, now: Time) -> tallystick_db::Result<()> {
    tx.run(
        "UPDATE sign_in_challenges SET used_at = $2 WHERE user_id = $1 AND used_at IS NULL",
        args![user_id, now.0],
    )?;
    Ok(())
}
