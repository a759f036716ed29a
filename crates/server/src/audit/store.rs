//! The SQL of the record. An administrator reads what concerns their organisation, and what concerns a person as such
//! when that person belongs to it.

use tallystick_db::{Result, Row, Tx, args};
use tallystick_wire::Time;
use tallystick_wire::audit::AuditEvent;

use crate::audit::Event;
use crate::clock::DAY;

/// How long events are kept.
const KEPT: i64 = 90 * DAY;

/// Adds an event.
pub fn insert(tx: &mut Tx<'_>, id: &str, event: &Event<'_>, now: Time) -> Result<()> {
    let details = serde_json::Value::Object(event.details.clone()).to_string();
    tx.later(
        "INSERT INTO audit_events (organization_id, id, event, severity, actor_id, user_id, client_id, credential_id, ip, \
            agent, details, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        args![
            event.organization,
            id,
            event.name,
            if event.warning { "warning" } else { "info" },
            event.actor,
            event.user,
            event.client,
            event.credential,
            event.origin.map(|origin| origin.ip.to_string()),
            event.origin.and_then(|origin| origin.agent.clone()),
            details,
            now.0
        ],
    )
}

/// What a list is narrowed to.
#[derive(Debug, Default)]
pub struct Filter<'a> {
    /// The event's name.
    pub event: Option<&'a str>,
    /// `info` or `warning`.
    pub severity: Option<&'a str>,
    /// Who did it.
    pub actor: Option<i64>,
    /// From when on.
    pub from: Option<Time>,
    /// Until when, excluded.
    pub to: Option<Time>,
}

const SEEN: &str = "(e.organization_id = $1 OR (e.organization_id = '' AND EXISTS (SELECT 1 FROM memberships m \
        WHERE m.organization_id = $1 AND m.user_id = e.user_id))) \
    AND (CAST($2 AS TEXT) IS NULL OR e.event = $2) AND (CAST($3 AS TEXT) IS NULL OR e.severity = $3) \
    AND (CAST($4 AS BIGINT) IS NULL OR e.actor_id = $4) AND (CAST($5 AS BIGINT) IS NULL OR e.created_at >= $5) \
    AND (CAST($6 AS BIGINT) IS NULL OR e.created_at < $6)";

/// How many events a filter finds.
pub fn count(tx: &mut Tx<'_>, organization: &str, filter: &Filter<'_>) -> Result<i64> {
    let sql = format!("SELECT count(*) FROM audit_events e WHERE {SEEN}");
    tx.one(
        &sql,
        args![
            organization,
            filter.event,
            filter.severity,
            filter.actor,
            filter.from.map(|time| time.0),
            filter.to.map(|time| time.0)
        ],
        |row| row.take(),
    )
}

/// Events, the newest first.
pub fn list(
    tx: &mut Tx<'_>,
    organization: &str,
    filter: &Filter<'_>,
    (limit, offset): (i64, i64),
) -> Result<Vec<AuditEvent>> {
    let sql = format!(
        "SELECT e.id, e.event, e.severity, e.actor_id, e.user_id, e.client_id, e.credential_id, e.ip, e.agent, e.details, \
            e.created_at FROM audit_events e WHERE {SEEN} ORDER BY e.id DESC LIMIT $7 OFFSET $8"
    );
    tx.all(
        &sql,
        args![
            organization,
            filter.event,
            filter.severity,
            filter.actor,
            filter.from.map(|time| time.0),
            filter.to.map(|time| time.0),
            limit,
            offset
        ],
        read,
    )
}

fn read(row: &mut Row<'_>) -> Result<AuditEvent> {
    Ok(AuditEvent {
        id: row.take()?,
        event: row.take()?,
        severity: row.take()?,
        actor_id: row.take()?,
        user_id: row.take()?,
        client_id: row.take()?,
        credential_id: row.take()?,
        ip: row.take()?,
        agent: row.take()?,
        details: serde_json::from_str(&row.take::<String>()?).unwrap_or_default(),
        created_at: Time(row.take()?),
    })
}

/// Forgets what is older than 90 days.
pub fn forget_old(tx: &mut Tx<'_>, now: Time) -> Result<u64> {
    tx.run(
        "DELETE FROM audit_events WHERE created_at < $1",
        args![now.0 - KEPT],
    )
}
