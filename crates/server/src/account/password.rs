//! Passwords: set anew through a mailed link, or changed by who knows the current one.
//!
//! Either ends what the old password gave: sessions, refresh tokens, tokens got by password. Tokens that somebody made by
//! name for a program stay, unless everything is to end.

use tallystick_db::Tx;
use tallystick_wire::Time;

use crate::account::code::{self, Purpose};
use crate::account::{store, throttle};
use crate::app::App;
use crate::audit::{Event, Origin};
use crate::clock::MINUTE;
use crate::http::error::Refusal;
use crate::mail::{self, Notice};
use crate::member;
use crate::member::store::fold;

/// Links to set a new password that one account is sent in an hour.
const RESETS: u32 = 5;

/// Sends a link to set a new password. The answer and the work are the same whether the address is known or not.
pub async fn request_reset(app: &App, email: &str, origin: &Origin) -> Result<(), Refusal> {
    let (inside, email, origin) = (app.clone(), fold(email), origin.clone());
    let write = app.write(move |tx| {
        let now = inside.clock.now();
        let account = store::by_email(tx, &email)?;
        let subject = format!("resets {}", throttle::account(&email));
        if !throttle::allow(tx, &subject, RESETS, 60 * MINUTE, now)? {
            return Ok::<_, Refusal>(());
        }
        let user = account.map(|account| account.person.user_id);
        mail::reset(tx, &inside, user, now)?;
        let event = Event {
            user,
            ..Event::new("password_reset_initiated")
        };
        event.from(&origin).record(tx, &inside, now)?;
        Ok(())
    });
    write.await
}

/// Whether a password may be chosen; `field` is named when not.
pub fn check(field: &str, password: &str) -> Result<(), Refusal> {
    member::password::check(password).map_err(|sentence| Refusal::invalid(field, sentence))
}

/// Sets a new password with a mailed code, which proves the address too. It signs nobody in. `false`: the code is not valid.
///
/// `revoke_everything` ends every credential of the account; without it named tokens stay, unless the address was unproven
/// until now: then whoever made them was perhaps somebody else.
pub async fn reset(
    app: &App,
    secret: &str,
    new_password: String,
    revoke_everything: bool,
    origin: &Origin,
) -> Result<bool, Refusal> {
    check("password", &new_password)?;
    let (inside, secret, origin) = (app.clone(), secret.to_owned(), origin.clone());
    let known = {
        let (secret, now) = (secret.clone(), app.clock.now());
        let read = app
            .db
            .read(move |tx| Ok::<_, Refusal>(code::look(tx, Purpose::Reset, &secret, now)?));
        read.await?.is_some()
    };
    if !known {
        return Ok(false);
    }
    let hash = app.hashing.hash(new_password, app.ids.salt()).await?;
    let write = app.write(move |tx| {
        let now = inside.clock.now();
        let Some(proven) = code::take(tx, Purpose::Reset, &secret, now)? else {
            return Ok(false);
        };
        let user_id = proven.user_id;
        let Some(account) = store::find(tx, user_id)? else {
            return Ok(false);
        };
        store::set_password(tx, user_id, &hash, now)?;
        store::set_verified(tx, user_id, now)?;
        if revoke_everything || !account.verified {
            store::end_everything(tx, user_id, None, now)?;
        } else {
            store::end_what_the_password_gave(tx, user_id, None, now)?;
        }
        throttle::succeeded(tx, &account.subject())?;
        let event = Event::new("password_reset_completed")
            .by(user_id)
            .of(user_id);
        let event = event.detail("revoked_everything", revoke_everything);
        event.from(&origin).record(tx, &inside, now)?;
        mail::notice(tx, &inside, Notice::PasswordChanged, user_id, now)?;
        Ok::<_, Refusal>(true)
    });
    write.await
}

/// Changes the password of somebody who is signed in. `false`: the current one is wrong, or there is none. The session named
/// stays; named tokens stay unless everything is to end.
pub async fn change(
    app: &App,
    user_id: i64,
    current: String,
    new: String,
    keep_session: Option<&str>,
    revoke_everything: bool,
    origin: &Origin,
) -> Result<bool, Refusal> {
    check("password", &new)?;
    let Some(account) = store::prove(app, user_id, current, origin).await? else {
        return Ok(false);
    };
    let hash = app.hashing.hash(new, app.ids.salt()).await?;
    let (inside, origin) = (app.clone(), origin.clone());
    let keep = keep_session.map(str::to_owned);
    let write = app.write(move |tx| {
        let now = inside.clock.now();
        // The password may have been changed while this one was hashed.
        let unchanged = store::find(tx, user_id)?.is_some_and(|found| {
            found.person == account.person && found.password_hash == account.password_hash
        });
        if !unchanged {
            return Ok(false);
        }
        store::count_change(tx, user_id, now)?;
        store::set_password(tx, user_id, &hash, now)?;
        code::void(tx, user_id, Purpose::Reset, None, now)?;
        if revoke_everything {
            store::end_everything(tx, user_id, keep.as_deref(), now)?;
        } else {
            store::end_what_the_password_gave(tx, user_id, keep.as_deref(), now)?;
        }
        let event = Event::new("password_changed").by(user_id).of(user_id);
        let event = event.detail("revoked_everything", revoke_everything);
        event.from(&origin).record(tx, &inside, now)?;
        mail::notice(tx, &inside, Notice::PasswordChanged, user_id, now)?;
        Ok::<_, Refusal>(true)
    });
    write.await
}

/// Sets a password for the administrator on the machine, who vouches for the address too. Everything of the account ends.
pub fn set(
    tx: &mut Tx<'_>,
    app: &App,
    user_id: i64,
    hash: &str,
    now: Time,
) -> tallystick_db::Result<()> {
    store::set_password(tx, user_id, hash, now)?;
    store::set_verified(tx, user_id, now)?;
    store::end_everything(tx, user_id, None, now)?;
    code::void(tx, user_id, Purpose::Reset, None, now)?;
    Event::warning("password_set_by_operator")
        .of(user_id)
        .record(tx, app, now)?;
    mail::notice(tx, app, Notice::PasswordChanged, user_id, now)
}
