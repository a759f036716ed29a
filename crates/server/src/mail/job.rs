//! The queue: claiming what is due, deciding whether it may still be sent, and what becomes of it.
//!
//! Several servers share one queue. A claim is one conditional UPDATE that moves the row's time ahead; who dies with it
//! leaves it to be due again.

use serde_json::Value;
use tallystick_db::{Result, Tx, args};
use tallystick_wire::Time;

use crate::account::code::{self, Addressee, Purpose};
use crate::app::App;
use crate::audit::Event;
use crate::clock::{DAY, MINUTE};
use crate::mail::letter::{Facts, Letter};
use crate::mail::{self, Notice};

/// How long a claimed mail is nobody else's.
const LEASE: i64 = 2 * MINUTE;
/// After so many tries a mail is given up.
const TRIES: i64 = 12;
/// After so long a mail is given up even if there was no way to try.
const WAITS: i64 = 7 * DAY;
/// How long rows of sent mail are kept.
const KEPT: i64 = 30 * DAY;

/// A mail to be sent.
#[derive(Debug)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// What it is about.
    pub kind: String,
    pub(super) user_id: Option<i64>,
    pub(super) organization: Option<String>,
    pub(super) details: Value,
    tries: i64,
}

/// Whether anything is due: asked before a claim, which writes.
pub fn any_due(tx: &mut Tx<'_>, now: Time) -> Result<bool> {
    let found = tx.maybe(
        "SELECT id FROM mail_jobs WHERE sent_at IS NULL AND failed_at IS NULL AND due_at <= $1 LIMIT 1",
        args![now.0],
        |row| row.take::<String>(),
    )?;
    Ok(found.is_some())
}

/// Claims the mail that waits longest, and writes its letter; no letter when it may no longer be sent.
pub fn claim(tx: &mut Tx<'_>, app: &App, now: Time) -> Result<Option<(Job, Option<Letter>)>> {
    let claimed = tx.maybe(
        "UPDATE mail_jobs SET due_at = $2, tries = tries + 1 \
         WHERE id = (SELECT id FROM mail_jobs WHERE sent_at IS NULL AND failed_at IS NULL AND due_at <= $1 \
            ORDER BY due_at, id LIMIT 1) \
         AND sent_at IS NULL AND failed_at IS NULL AND due_at <= $1 \
         RETURNING id, kind, user_id, organization_id, details, tries",
        args![now.0, now.plus(LEASE).0],
        |row| {
            Ok(Job {
                id: row.take()?,
                kind: row.take()?,
                user_id: row.take()?,
                organization: row.take()?,
                details: serde_json::from_str(&row.take::<String>()?).unwrap_or_default(),
                tries: row.take()?,
            })
        },
    )?;
    let Some(job) = claimed else {
        return Ok(None);
    };
    let letter = write(tx, app, &job, now)?;
    if letter.is_none() {
        sent(tx, &job, now)?;
    }
    Ok(Some((job, letter)))
}

/// The letter, with a fresh code where it has a link; none when its reason has gone: rights are checked now, not when the
/// mail was queued.
fn write(tx: &mut Tx<'_>, app: &App, job: &Job, now: Time) -> Result<Option<Letter>> {
    let Some(user_id) = job.user_id else {
        return Ok(None);
    };
    let person = tx.maybe(
        "SELECT email, first_name, email_verified_at IS NOT NULL FROM users WHERE id = $1 AND suspended_at IS NULL",
        args![user_id],
        |row| Ok((row.take::<String>()?, row.take::<String>()?, row.take::<bool>()?)),
    )?;
    let Some((email, first_name, verified)) = person else {
        return Ok(None);
    };
    let detail = |name: &str| job.details.get(name).and_then(Value::as_str);
    let to = detail("to").unwrap_or(&email).to_owned();
    let purpose = match job.kind.as_str() {
        "verify" if verified => return Ok(None),
        "verify" => Some(Purpose::Verify),
        "reset" => Some(Purpose::Reset),
        "invitation" => Some(Purpose::Invitation),
        "new_address" => Some(Purpose::NewAddress),
        _ => None,
    };
    let mut facts = Facts {
        name: first_name,
        email,
        to,
        origin: app.origin().to_owned(),
        ..Facts::default()
    };
    if let Some(organization) = &job.organization {
        let found = tx.maybe(
            "SELECT o.name FROM organizations o JOIN memberships m ON m.organization_id = o.id \
             WHERE o.id = $1 AND m.user_id = $2 AND m.status = 'invited'",
            args![organization, user_id],
            |row| row.take::<String>(),
        )?;
        let Some(name) = found else {
            return Ok(None);
        };
        facts.organization = name;
        let inviter = job.details.get("invited_by").and_then(Value::as_i64);
        facts.inviter = tx.maybe(
            "SELECT first_name || ' ' || last_name FROM users WHERE id = $1",
            args![inviter],
            |row| row.take(),
        )?;
    }
    if let Some(token) = detail("token") {
        let found = tx.maybe(
            "SELECT name, prefix || '…' || last4, expires_at FROM tokens WHERE id = $1 AND user_id = $2 \
             AND (revoked_at IS NULL OR CAST($3 AS TEXT) = 'leaked_token')",
            args![token, user_id, &job.kind],
            |row| {
                Ok((
                    format!("{} ({})", row.take::<String>()?, row.take::<String>()?),
                    row.take::<Option<i64>>()?.map(Time),
                ))
            },
        )?;
        let Some((name, ends)) = found else {
            return Ok(None);
        };
        facts.thing = name;
        facts.ends = ends.map(|end| end.to_string());
    }
    if let Some(client) = detail("client") {
        let found = tx.maybe(
            "SELECT name FROM oauth_clients WHERE id = $1 AND revoked_at IS NULL",
            args![client],
            |row| row.take(),
        )?;
        let Some(name) = found else {
            return Ok(None);
        };
        facts.thing = name;
    }
    if let Some(purpose) = purpose {
        let addressee = Addressee {
            user_id,
            organization: job.organization.as_deref(),
            email: &facts.to,
        };
        facts.code = code::issue(tx, app, purpose, &addressee, now)?;
    }
    Ok(Letter::about(&job.kind, facts))
}

/// Writes down that a mail is out, or needs not be.
pub fn sent(tx: &mut Tx<'_>, job: &Job, now: Time) -> Result<u64> {
    tx.run(
        "UPDATE mail_jobs SET sent_at = $2 WHERE id = $1",
        args![&job.id, now.0],
    )
}

/// Puts a mail that did not go off until later; after the last try it is given up, which goes into the record. Answers
/// whether it was given up.
pub fn put_off(tx: &mut Tx<'_>, app: &App, job: &Job, now: Time) -> Result<bool> {
    if job.tries < TRIES {
        let wait = match job.tries {
            ..=1 => 1,
            2 => 5,
            3 => 15,
            _ => 60,
        };
        tx.run(
            "UPDATE mail_jobs SET due_at = $2 WHERE id = $1",
            args![&job.id, now.plus(wait * MINUTE).0],
        )?;
        return Ok(false);
    }
    give_up(tx, app, &job.id, now)?;
    Ok(true)
}

/// Gives up what could not be sent for a week, because there is no way to send mail.
pub fn give_up_old(tx: &mut Tx<'_>, app: &App, now: Time) -> Result<usize> {
    let old: Vec<String> = tx.all(
        "SELECT id FROM mail_jobs WHERE sent_at IS NULL AND failed_at IS NULL AND created_at < $1 ORDER BY id LIMIT 100",
        args![now.0 - WAITS],
        |row| row.take(),
    )?;
    for id in &old {
        give_up(tx, app, id, now)?;
    }
    Ok(old.len())
}

fn give_up(tx: &mut Tx<'_>, app: &App, id: &str, now: Time) -> Result<()> {
    let given_up = tx.maybe(
        "UPDATE mail_jobs SET failed_at = $2 WHERE id = $1 AND sent_at IS NULL AND failed_at IS NULL \
         RETURNING kind, user_id, organization_id",
        args![id, now.0],
        |row| {
            Ok((
                row.take::<String>()?,
                row.take::<Option<i64>>()?,
                row.take::<Option<String>>()?,
            ))
        },
    )?;
    if let Some((kind, Some(user), organization)) = given_up {
        Event::warning("email_send_failed")
            .inside(organization.as_deref().unwrap_or_default())
            .of(user)
            .detail("kind", kind)
            .record(tx, app, now)?;
    }
    Ok(())
}

/// Queues a notice for each personal access token that ends within a week, once. One that was made for less needs none.
pub fn announce_expiring_tokens(tx: &mut Tx<'_>, app: &App, now: Time) -> Result<usize> {
    let ending: Vec<(i64, String)> = tx.all(
        "SELECT k.user_id, k.id FROM tokens k WHERE k.kind = 'personal' AND k.revoked_at IS NULL AND k.expires_at > $1 \
         AND k.expires_at <= $2 AND k.expires_at - k.created_at > $3 \
         AND NOT EXISTS (SELECT 1 FROM mail_jobs j WHERE j.kind = 'token_expiring' AND j.user_id = k.user_id \
            AND j.details = '{\"token\":\"' || k.id || '\"}') ORDER BY k.id LIMIT 500",
        args![now.0, now.plus(7 * DAY).0, 7 * DAY],
        |row| Ok((row.take()?, row.take()?)),
    )?;
    for (user, token) in &ending {
        mail::notice(tx, app, Notice::TokenExpiring { token }, *user, now)?;
    }
    Ok(ending.len())
}

/// Forgets rows of mail that was sent or given up a month ago.
pub fn forget_old(tx: &mut Tx<'_>, now: Time) -> Result<u64> {
    tx.run(
        "DELETE FROM mail_jobs WHERE COALESCE(sent_at, failed_at) < $1",
        args![now.0 - KEPT],
    )
}
