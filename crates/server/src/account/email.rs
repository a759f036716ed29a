//! Addresses: proven by a mailed code, and replaced only by one that is proven.

use tallystick_db::{Tx, args};

use crate::account::code::{self, Purpose};
use crate::account::store;
use crate::app::App;
use crate::audit::{Event, Origin};
use crate::http::error::Refusal;
use crate::mail::{self, Notice};
use crate::member::rules;
use crate::member::store as members;

/// Proves the address of an account. `false`: the code is not valid, or went to an address that is no longer theirs.
pub async fn verify(app: &App, secret: &str) -> Result<bool, Refusal> {
    let (inside, secret) = (app.clone(), secret.to_owned());
    let write = app.write(move |tx| {
        let now = inside.clock.now();
        let Some(proven) = code::take(tx, Purpose::Verify, &secret, now)? else {
            return Ok(false);
        };
        let current = store::find(tx, proven.user_id)?
            .is_some_and(|account| account.email_folded == members::fold(&proven.email));
        if !current {
            return Ok(false);
        }
        store::set_verified(tx, proven.user_id, now)?;
        let event = Event::new("email_verified").by(proven.user_id);
        event.of(proven.user_id).record(tx, &inside, now)?;
        Ok::<_, Refusal>(true)
    });
    write.await
}

/// What came of the wish for another address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// A mail goes to the new address, unless somebody has it already: that is not told.
    Sent,
    /// The current password is wrong.
    WrongPassword,
}

/// Asks for another address: nothing changes until who reads it confirms.
pub async fn request_change(
    app: &App,
    user_id: i64,
    new_email: &str,
    current_password: String,
    origin: &Origin,
) -> Result<Change, Refusal> {
    if !rules::is_email(new_email) {
        return Err(Refusal::invalid(
            "email",
            "The email must be an e-mail address",
        ));
    }
    if store::prove(app, user_id, current_password, origin)
        .await?
        .is_none()
    {
        return Ok(Change::WrongPassword);
    }
    let (inside, email, origin) = (app.clone(), new_email.trim().to_owned(), origin.clone());
    let write = app.write(move |tx| {
        let now = inside.clock.now();
        store::count_change(tx, user_id, now)?;
        code::void(tx, user_id, Purpose::NewAddress, None, now)?;
        if members::by_email(tx, &email)?.is_none() {
            mail::new_address(tx, &inside, user_id, &email, now)?;
        }
        let event = Event::new("email_change_requested").by(user_id).of(user_id);
        event.from(&origin).record(tx, &inside, now)?;
        Ok::<_, Refusal>(())
    });
    write.await.map(|()| Change::Sent)
}

/// Puts the proven address in place of the old one, which gets a notice; codes that went there are void. `false`: the code
/// is not valid, or somebody else has the address by now.
pub async fn confirm_change(app: &App, secret: &str, origin: &Origin) -> Result<bool, Refusal> {
    let (inside, secret, origin) = (app.clone(), secret.to_owned(), origin.clone());
    let write = app.write(move |tx| {
        let now = inside.clock.now();
        let Some(proven) = code::take(tx, Purpose::NewAddress, &secret, now)? else {
            return Ok(false);
        };
        let user_id = proven.user_id;
        let Some(account) = store::find(tx, user_id)? else {
            return Ok(false);
        };
        match members::by_email(tx, &proven.email)? {
            Some(owner) if owner != user_id => return Ok(false),
            _ => {}
        }
        tx.run(
            "UPDATE users SET email = $2, email_folded = $3, email_verified_at = $4, updated_at = $4 WHERE id = $1",
            args![
                user_id,
                &proven.email,
                members::fold(&proven.email),
                now.0
            ],
        )?;
        for purpose in [Purpose::Reset, Purpose::Verify, Purpose::NewAddress] {
            code::void(tx, user_id, purpose, None, now)?;
        }
        refresh_search(tx, user_id)?;
        let event = Event::new("email_changed").by(user_id).of(user_id);
        event.from(&origin).record(tx, &inside, now)?;
        let old = account.email.as_str();
        mail::notice(tx, &inside, Notice::EmailChanged { old }, user_id, now)?;
        Ok::<_, Refusal>(true)
    });
    match write.await {
        // Two accounts confirmed the same address at once: the other one was first.
        Err(refusal) if is_taken(&refusal) => Ok(false),
        ended => ended,
    }
}

fn is_taken(refusal: &Refusal) -> bool {
    matches!(
        &refusal.reason,
        crate::http::error::Reason::Db(tallystick_db::DbError::Unique(_))
    )
}

/// Members are found by name and address, in every organisation of theirs.
pub(super) fn refresh_search(tx: &mut Tx<'_>, user_id: i64) -> tallystick_db::Result<()> {
    let organizations: Vec<String> = tx.all(
        "SELECT organization_id FROM memberships WHERE user_id = $1",
        args![user_id],
        |row| row.take(),
    )?;
    for organization in &organizations {
        members::refresh_search(tx, organization, user_id)?;
    }
    Ok(())
}
