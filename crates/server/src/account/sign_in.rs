//! Is this the person? The one place where a password is compared, for the pages, the API and the password grant alike.
//!
//! A known and an unknown account get the same answer after the same work. Failures are counted and committed before the
//! refusal leaves.

use tallystick_db::{Tx, args};

use crate::account::throttle;
use crate::app::App;
use crate::audit::{Event, Origin};
use crate::http::error::{Reason, Refusal};
use crate::member::store::fold;

/// What somebody offers.
#[derive(Clone)]
pub struct Attempt {
    /// Their address.
    pub email: String,
    /// Their password.
    pub password: String,
    /// From where.
    pub origin: Origin,
}

/// Somebody whose password was right, at a moment of their account: later steps check that it is still that one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person {
    /// Their number.
    pub user_id: i64,
    /// The epoch of their account.
    pub epoch: i64,
}

impl Person {
    /// Whether their account is still as it was when the password was compared.
    pub fn stands(self, tx: &mut Tx<'_>) -> tallystick_db::Result<bool> {
        let found = tx.maybe(
            "SELECT id FROM users WHERE id = $1 AND epoch = $2 AND suspended_at IS NULL",
            args![self.user_id, self.epoch],
            |row| row.take::<i64>(),
        )?;
        Ok(found.is_some())
    }
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// They are who they say.
    Accepted(Person),
    /// The password is right, and a second factor is owed.
    SecondFactor(Person),
    /// They are not, or their account does not sign in: unknown, wrong, suspended, address unproven.
    Refused,
}

struct Account {
    person: Person,
    password_hash: Option<String>,
    usable: bool,
    second_factor: bool,
}

/// Compares a password, outside of any transaction. Too many failures before: a refusal with `Retry-After`.
pub async fn check(app: &App, attempt: Attempt) -> Result<Verdict, Refusal> {
    let email = fold(&attempt.email);
    let subjects = [
        throttle::account(&email),
        throttle::network(attempt.origin.ip),
    ];
    let most = app.settings.limits.failed_sign_ins;
    let now = app.clock.now();
    let found = {
        let (email, subjects) = (email.clone(), subjects.clone());
        let read = app.db.read(move |tx| -> Result<_, Refusal> {
            for subject in &subjects {
                if let Some(until) = throttle::until(tx, subject, most, now)? {
                    return Err(too_many(until.0 - now.0));
                }
            }
            let account = tx.maybe(
                "SELECT u.id, u.epoch, u.password_hash, u.suspended_at IS NULL AND u.email_verified_at IS NOT NULL, \
                    EXISTS (SELECT 1 FROM second_factors f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL) \
                 FROM users u WHERE u.email_folded = $1",
                args![&email],
                |row| {
                    Ok(Account {
                        person: Person {
                            user_id: row.take()?,
                            epoch: row.take()?,
                        },
                        password_hash: row.take()?,
                        usable: row.take()?,
                        second_factor: row.take()?,
                    })
                },
            )?;
            Ok(account)
        });
        read.await?
    };
    let stored = found
        .as_ref()
        .and_then(|account| account.password_hash.clone());
    let fits = app.hashing.fits(attempt.password, stored).await?;
    match found {
        Some(account) if fits && account.usable => {
            let person = account.person;
            if account.second_factor {
                return Ok(Verdict::SecondFactor(person));
            }
            let forget = app.write(move |tx| {
                throttle::succeeded(tx, &subjects[0])?;
                Ok::<_, Refusal>(())
            });
            forget.await?;
            Ok(Verdict::Accepted(person))
        }
        account => {
            let (inside, origin) = (app.clone(), attempt.origin);
            let user = account.map(|account| account.person.user_id);
            let count = app.write(move |tx| {
                let now = inside.clock.now();
                for subject in &subjects {
                    throttle::failed(tx, subject, now)?;
                }
                if let Some(user) = user {
                    let event = Event::warning("login_failed").of(user).from(&origin);
                    event.record(tx, &inside, now)?;
                }
                Ok::<_, Refusal>(())
            });
            count.await?;
            Ok(Verdict::Refused)
        }
    }
}

/// The refusal after too many failures; `wait` in microseconds.
pub fn too_many(wait: i64) -> Refusal {
    Reason::RateLimited {
        limit: "failed sign-ins for this account or from this network; try again later".to_owned(),
        retry_after: u64::try_from(wait / crate::clock::SECOND).unwrap_or_default() + 1,
    }
    .into()
}
