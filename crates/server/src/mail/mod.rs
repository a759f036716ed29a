//! Mail: what is due is a row, written in the transaction that causes it; it is sent after the commit, at least once.

use serde_json::json;
use tallystick_db::{Result, Tx, args};
use tallystick_wire::Time;

use crate::app::App;

/// Puts a mail into the queue.
fn queue(
    tx: &mut Tx<'_>,
    app: &App,
    kind: &str,
    (user_id, organization): (i64, Option<&str>),
    details: &serde_json::Value,
    now: Time,
) -> Result<()> {
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
        (user_id, Some(organization)),
        &json!({"invited_by": invited_by}),
        now,
    )
}
