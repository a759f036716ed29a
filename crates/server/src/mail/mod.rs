//! Mail: what is due is a row, written in the transaction that causes it; it is sent after the commit, at least once.
//!
//! A row says what to tell whom and holds no secret. The code of a link is made when the mail is sent, and so is the
//! decision whether it may still be sent.

mod job;
mod letter;
pub mod sender;

use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::json;
use tallystick_db::{Result, Tx, args};
use tallystick_wire::Time;
use tokio::sync::Notify;

use crate::app::App;

pub use job::{announce_expiring_tokens, forget_old};

/// Wakes the sender when a transaction that queued mail has been committed.
#[derive(Debug, Default)]
pub struct Wake {
    queued: AtomicU64,
    due: Notify,
}

impl Wake {
    /// How many mails this process has queued so far.
    #[must_use]
    pub fn queued(&self) -> u64 {
        self.queued.load(Ordering::Relaxed)
    }

    /// Says that there is mail to be sent.
    pub fn wake(&self) {
        self.due.notify_one();
    }

    pub(super) async fn woken(&self) {
        self.due.notified().await;
    }
}

/// What somebody is told without being given a link that acts.
#[derive(Debug, Clone, Copy)]
pub enum Notice<'a> {
    /// Their password was changed.
    PasswordChanged,
    /// Their address was changed: told to the old one.
    EmailChanged {
        /// The address before.
        old: &'a str,
    },
    /// They, or somebody who acts for them, made a personal access token.
    TokenCreated {
        /// Its id.
        token: &'a str,
    },
    /// A personal access token ends within a week.
    TokenExpiring {
        /// Its id.
        token: &'a str,
    },
    /// A token was found where it should not be, and was revoked.
    LeakedToken {
        /// Its id.
        token: &'a str,
    },
    /// They allowed an application to act for them.
    NewApplication {
        /// Its `client_id`.
        client: &'a str,
    },
    /// Somebody tried to register with their address, which has an account.
    AlreadyRegistered,
    /// Signing in now takes a second factor.
    SecondFactorOn,
    /// Signing in no longer takes a second factor.
    SecondFactorOff,
}

impl Notice<'_> {
    fn row(self) -> (&'static str, serde_json::Value) {
        match self {
            Self::PasswordChanged => ("password_changed", json!({})),
            Self::EmailChanged { old } => ("email_changed", json!({"to": old})),
            Self::TokenCreated { token } => ("token_created", json!({"token": token})),
            Self::TokenExpiring { token } => ("token_expiring", json!({"token": token})),
            Self::LeakedToken { token } => ("leaked_token", json!({"token": token})),
            Self::NewApplication { client } => ("new_application", json!({"client": client})),
            Self::AlreadyRegistered => ("already_registered", json!({})),
            Self::SecondFactorOn => ("second_factor_on", json!({})),
            Self::SecondFactorOff => ("second_factor_off", json!({})),
        }
    }
}

/// Puts a mail into the queue.
fn queue(
    tx: &mut Tx<'_>,
    app: &App,
    kind: &str,
    (user_id, organization): (Option<i64>, Option<&str>),
    details: &serde_json::Value,
    now: Time,
) -> Result<()> {
    app.mail.queued.fetch_add(1, Ordering::Relaxed);
    tx.later(
        "INSERT INTO mail_jobs (id, kind, user_id, organization_id, details, tries, due_at, created_at) \
         VALUES ($1, $2, $3, $4, $5, 0, $6, $6)",
        args![app.ids.object(now), kind, user_id, organization, details.to_string(), now.0],
    )
}

/// Invites somebody into an organisation.
pub fn invite(
    tx: &mut Tx<'_>,
    app: &App,
    user_id: i64,
    organization: &str,
    invited_by: Option<i64>,
    now: Time,
) -> Result<()> {
    queue(
        tx,
        app,
        "invitation",
        (Some(user_id), Some(organization)),
        &json!({"invited_by": invited_by}),
        now,
    )
}

/// Asks somebody to prove their address.
pub fn verification(tx: &mut Tx<'_>, app: &App, user_id: i64, now: Time) -> Result<()> {
    queue(tx, app, "verify", (Some(user_id), None), &json!({}), now)
}

/// Sends a link to set a new password. For an address that is nobody's the same work is done, and nothing is sent.
pub fn reset(tx: &mut Tx<'_>, app: &App, user_id: Option<i64>, now: Time) -> Result<()> {
    queue(tx, app, "reset", (user_id, None), &json!({}), now)
}

/// Asks whoever reads a new address to prove it: only then does it replace the old one.
pub fn new_address(tx: &mut Tx<'_>, app: &App, user_id: i64, email: &str, now: Time) -> Result<()> {
    queue(
        tx,
        app,
        "new_address",
        (Some(user_id), None),
        &json!({"to": email}),
        now,
    )
}

/// Tells somebody what happened to their account.
pub fn notice(
    tx: &mut Tx<'_>,
    app: &App,
    notice: Notice<'_>,
    user_id: i64,
    now: Time,
) -> Result<()> {
    let (kind, details) = notice.row();
    queue(tx, app, kind, (Some(user_id), None), &details, now)
}
