//! Codes that were mailed. The secret is in the mail alone; the row has its hash. A code is taken by one statement that
//! carries every condition, so that of many attempts at once one succeeds.

use tallystick_db::{Result, Tx, args};
use tallystick_wire::Time;
use tallystick_wire::token::{Kind, recognise};

use crate::app::App;
use crate::clock::{DAY, MINUTE};
use crate::http::caller::hash;

/// What a code is for. One for another purpose does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To prove an address.
    Verify,
    /// To set a password.
    Reset,
    /// To accept an invitation.
    Invitation,
    /// To prove an address that is to replace the old one.
    NewAddress,
}

impl Purpose {
    /// The word for it in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Reset => "reset",
            Self::Invitation => "invitation",
            Self::NewAddress => "new_address",
        }
    }

    /// How long a code is good, from the moment it is mailed.
    #[must_use]
    pub const fn life(self) -> i64 {
        match self {
            Self::Reset => 60 * MINUTE,
            Self::Verify | Self::NewAddress => DAY,
            Self::Invitation => 18 * DAY,
        }
    }
}

/// For whom a code is made.
#[derive(Debug, Clone, Copy)]
pub struct Addressee<'a> {
    /// The person.
    pub user_id: i64,
    /// Where to, for an invitation.
    pub organization: Option<&'a str>,
    /// The address the code goes to.
    pub email: &'a str,
}

/// Makes a code; older ones for the same are void. Answers the secret.
pub fn issue(
    tx: &mut Tx<'_>,
    app: &App,
    purpose: Purpose,
    to: &Addressee<'_>,
    now: Time,
) -> Result<String> {
    void(tx, to.user_id, purpose, to.organization, now)?;
    let secret = app.ids.token(Kind::Mailed);
    tx.run(
        "INSERT INTO mailed_codes (code_hash, purpose, user_id, organization_id, email, user_epoch, created_at, expires_at) \
         SELECT $1, $2, u.id, $4, $5, u.epoch, $6, $7 FROM users u WHERE u.id = $3",
        args![
            hash(&secret),
            purpose.word(),
            to.user_id,
            to.organization,
            to.email,
            now.0,
            now.plus(purpose.life()).0
        ],
    )?;
    Ok(secret)
}

/// Makes earlier codes of somebody worthless.
pub fn void(
    tx: &mut Tx<'_>,
    user_id: i64,
    purpose: Purpose,
    organization: Option<&str>,
    now: Time,
) -> Result<u64> {
    tx.run(
        "UPDATE mailed_codes SET used_at = $4 WHERE user_id = $1 AND purpose = $2 AND used_at IS NULL \
         AND (CAST($3 AS TEXT) IS NULL OR organization_id = $3)",
        args![user_id, purpose.word(), organization, now.0],
    )
}

/// A code that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// Whose it is.
    pub user_id: i64,
    /// Where to, for an invitation.
    pub organization: Option<String>,
    /// The address it was mailed to, which is thereby proven.
    pub email: String,
}

/// What makes a code good beside its hash. An account that was suspended since takes none; nor one whose epoch was raised,
/// save an invitation: the organisation gave it, not the account.
const GOOD: &str = "code_hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3 \
    AND EXISTS (SELECT 1 FROM users u WHERE u.id = mailed_codes.user_id AND u.suspended_at IS NULL \
        AND (u.epoch = mailed_codes.user_epoch OR mailed_codes.purpose = 'invitation'))";

/// Whose code this is, without taking it.
pub fn look(tx: &mut Tx<'_>, purpose: Purpose, secret: &str, now: Time) -> Result<Option<Proven>> {
    if recognise(secret) != Some(Kind::Mailed) {
        return Ok(None);
    }
    let sql = format!("SELECT user_id, organization_id, email FROM mailed_codes WHERE {GOOD}");
    tx.maybe(&sql, args![hash(secret), purpose.word(), now.0], |row| {
        Ok(Proven {
            user_id: row.take()?,
            organization: row.take()?,
            email: row.take()?,
        })
    })
}

/// Takes a code: good once.
pub fn take(tx: &mut Tx<'_>, purpose: Purpose, secret: &str, now: Time) -> Result<Option<Proven>> {
    if recognise(secret) != Some(Kind::Mailed) {
        return Ok(None);
    }
    let sql = format!(
        "UPDATE mailed_codes SET used_at = $3 WHERE {GOOD} RETURNING user_id, organization_id, email"
    );
    tx.maybe(&sql, args![hash(secret), purpose.word(), now.0], |row| {
        Ok(Proven {
            user_id: row.take()?,
            organization: row.take()?,
            email: row.take()?,
        })
    })
}

/// Forgets codes whose time is over.
pub fn forget_old(tx: &mut Tx<'_>, now: Time) -> Result<u64> {
    tx.run(
        "DELETE FROM mailed_codes WHERE expires_at < $1",
        args![now.0 - DAY],
    )
}
