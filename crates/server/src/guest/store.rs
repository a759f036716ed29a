//! The SQL of guests, organisation first wherever one is meant.

use std::collections::BTreeMap;

use tallystick_db::{DbError, Result, Row, Tx, args};
use tallystick_wire::Time;
use tallystick_wire::guest::{GuestDetails, GuestStats};

use crate::guest::rules::{Guest, is_code};
use crate::http::caller::hash;
use crate::http::query::Query;
use crate::in_list::{MOST, in_args, in_list};
use crate::instance;
use crate::member::store::{contains, fold};
use crate::template;

/// The first guest's number.
const FIRST_NUMBER: i64 = 101;

const COLUMNS: &str = "g.id, g.email, t.details, t.created_at, t.code_sealed, t.last_accessed_at, t.disabled_at, t.disabled_by, \
    t.reactivated_at, t.reactivated_by";

fn read(row: &mut Row<'_>) -> Result<Guest> {
    let (id, email) = (row.take()?, row.take()?);
    let details = match row.take::<Option<String>>()? {
        Some(text) => serde_json::from_str(&text)
            .map_err(|error| DbError::Decode(format!("details of a guest: {error}")))?,
        None => GuestDetails::default(),
    };
    let (created_at, code) = (Time(row.take()?), row.take()?);
    let details = GuestDetails {
        last_accessed_at: row.take::<Option<i64>>()?.map(Time),
        disabled_at: row.take::<Option<i64>>()?.map(Time),
        disabled_by: row.take()?,
        reactivated_at: row.take::<Option<i64>>()?.map(Time),
        reactivated_by: row.take()?,
        ..details
    };
    Ok(Guest {
        id,
        email,
        details,
        created_at,
        code,
    })
}

/// Whether an address is that of a member, and so cannot be a guest's.
pub fn is_member(tx: &mut Tx<'_>, organization: &str, email: &str) -> Result<bool> {
    let found = tx.maybe(
        "SELECT u.id FROM users u JOIN memberships m ON m.user_id = u.id AND m.organization_id = $1 WHERE u.email_folded = $2",
        args![organization, fold(email)],
        |row| row.take::<i64>(),
    )?;
    Ok(found.is_some())
}

/// The number of a guest of this organisation, made if the address is new.
///
/// Stored in lower case: the spelling of whoever came first would show one organisation what another one wrote.
pub fn ensure(tx: &mut Tx<'_>, organization: &str, email: &str, now: Time) -> Result<i64> {
    const KNOWN: &str = "SELECT id FROM guests WHERE email_folded = $1";
    let folded = fold(email);
    let known = tx.maybe(KNOWN, args![&folded], |row| row.take::<i64>())?;
    let id = match known {
        Some(id) => id,
        None => {
            let id = instance::next_number(tx, "", "guests", FIRST_NUMBER)?;
            tx.run(
                "INSERT INTO guests (id, email, email_folded, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                args![id, &folded, &folded, now.0],
            )?;
            // Somebody else's row, if another request was quicker.
            tx.one(KNOWN, args![&folded], |row| row.take::<i64>())?
        }
    };
    let made = tx.run(
        "INSERT INTO organization_guests (organization_id, guest_id, search, created_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (organization_id, guest_id) DO UPDATE SET deleted_at = NULL, search = excluded.search, created_at = excluded.created_at \
         WHERE organization_guests.deleted_at IS NOT NULL",
        args![organization, id, &folded, now.0],
    )?;
    if made > 0 && known.is_some() {
        tx.run(
            "UPDATE guests SET deleted_at = NULL WHERE id = $1 AND deleted_at IS NOT NULL",
            args![id],
        )?;
    }
    Ok(id)
}

const SLOT: &str = "FROM organization_guests t JOIN guests g ON g.id = t.guest_id \
    WHERE t.organization_id = $1 AND t.deleted_at IS NULL AND (g.email_folded = $2 OR g.id = $3 OR t.code_hash = $4)";

/// A guest of this organisation by address, number or code.
pub fn get(tx: &mut Tx<'_>, organization: &str, named: &str) -> Result<Option<Guest>> {
    find(tx, organization, named, "")
}

/// The same, held until the transaction ends.
pub fn get_to_change(tx: &mut Tx<'_>, organization: &str, named: &str) -> Result<Option<Guest>> {
    find(tx, organization, named, " /*lock t*/")
}

fn find(tx: &mut Tx<'_>, organization: &str, named: &str, lock: &str) -> Result<Option<Guest>> {
    let number = named.trim().parse::<i64>().unwrap_or(-1);
    let code = is_code(named).then(|| hash(named));
    let sql = format!("SELECT {COLUMNS} {SLOT}{lock}");
    tx.maybe(&sql, args![organization, fold(named), number, code], read)
}

/// Which of these guests have no code.
pub fn without_code(tx: &mut Tx<'_>, organization: &str, emails: &[String]) -> Result<Vec<i64>> {
    let mut found = Vec::new();
    let folded: Vec<String> = emails.iter().map(|email| fold(email)).collect();
    for part in folded.chunks(MOST) {
        let sql = in_list(
            "SELECT t.guest_id FROM organization_guests t JOIN guests g ON g.id = t.guest_id \
             WHERE t.organization_id = $1 AND t.deleted_at IS NULL AND t.code_hash IS NULL AND g.email_folded IN (",
            part.len(),
            ") ORDER BY t.guest_id",
        );
        found.extend(tx.all(&sql, &in_args(organization, part), |row| row.take::<i64>())?);
    }
    Ok(found)
}

/// Whom a list shows: everybody, or those that a light member works with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Everybody.
    All,
    /// Those on a task that this member is assigned to.
    WorkingWith(i64),
}

impl Shown {
    const fn member(self) -> Option<i64> {
        match self {
            Self::All => None,
            Self::WorkingWith(id) => Some(id),
        }
    }
}

const FILTER: &str = "FROM organization_guests t JOIN guests g ON g.id = t.guest_id \
    WHERE t.organization_id = $1 AND t.deleted_at IS NULL AND (CAST($2 AS TEXT) IS NULL OR t.search LIKE $2 ESCAPE '\\') \
    AND (CAST($3 AS BIGINT) IS NULL OR EXISTS (SELECT 1 FROM task_guests x JOIN task_members m \
        ON m.organization_id = x.organization_id AND m.task_id = x.task_id \
        WHERE x.organization_id = t.organization_id AND x.guest_id = t.guest_id AND m.user_id = $3))";

/// Whether a member who sees not everybody works with this guest.
pub fn works_with(tx: &mut Tx<'_>, organization: &str, guest: i64, member: i64) -> Result<bool> {
    let found = tx.maybe(
        "SELECT x.task_id FROM task_guests x JOIN task_members m ON m.organization_id = x.organization_id AND m.task_id = x.task_id \
         WHERE x.organization_id = $1 AND x.guest_id = $2 AND m.user_id = $3 LIMIT 1",
        args![organization, guest, member],
        |row| row.take::<String>(),
    )?;
    Ok(found.is_some())
}

/// How many guests a search finds.
pub fn count(
    tx: &mut Tx<'_>,
    organization: &str,
    search: Option<&str>,
    shown: Shown,
) -> Result<i64> {
    let sql = format!("SELECT count(*) {FILTER}");
    let values = args![organization, search.map(contains), shown.member()];
    tx.one(&sql, values, |row| row.take())
}

/// A page of guests.
pub fn list(
    tx: &mut Tx<'_>,
    organization: &str,
    search: Option<&str>,
    shown: Shown,
    query: &Query,
    (limit, offset): (i64, i64),
) -> Result<Vec<Guest>> {
    let order = match query.sort() {
        ("email" | "name", false) => "g.email_folded, g.id",
        ("email" | "name", true) => "g.email_folded DESC, g.id DESC",
        ("created_at", true) => "t.created_at DESC, g.id DESC",
        ("last_accessed_at", false) => "t.last_accessed_at NULLS LAST, g.id",
        ("last_accessed_at", true) => "t.last_accessed_at DESC NULLS LAST, g.id DESC",
        _ => "t.created_at, g.id",
    };
    let sql = format!("SELECT {COLUMNS} {FILTER} ORDER BY {order} LIMIT $4 OFFSET $5");
    let values = args![
        organization,
        search.map(contains),
        shown.member(),
        limit,
        offset
    ];
    tx.all(&sql, values, read)
}

/// Stores what the organisation knows of a guest.
pub fn update(tx: &mut Tx<'_>, organization: &str, guest: &Guest) -> Result<()> {
    let details = GuestDetails {
        last_accessed_at: None,
        disabled_at: None,
        disabled_by: None,
        reactivated_at: None,
        reactivated_by: None,
        ..guest.details.clone()
    };
    let details =
        serde_json::to_string(&details).map_err(|error| DbError::Other(error.to_string()))?;
    let name = |name: &Option<String>| name.clone().unwrap_or_default();
    let search = format!(
        "{} {} {}",
        guest.email,
        name(&guest.details.first_name),
        name(&guest.details.last_name)
    );
    tx.run(
        "UPDATE organization_guests SET details = $3, search = $4 WHERE organization_id = $1 AND guest_id = $2",
        args![organization, guest.id, details, search.to_lowercase()],
    )?;
    Ok(())
}

/// Switches a guest's link off.
pub fn disable(tx: &mut Tx<'_>, organization: &str, guest: i64, by: i64, now: Time) -> Result<()> {
    tx.run(
        "UPDATE organization_guests SET disabled_at = $3, disabled_by = $4 \
         WHERE organization_id = $1 AND guest_id = $2 AND disabled_at IS NULL",
        args![organization, guest, now.0, by],
    )?;
    Ok(())
}

/// Switches it on again.
pub fn enable(tx: &mut Tx<'_>, organization: &str, guest: i64, by: i64, now: Time) -> Result<()> {
    tx.run(
        "UPDATE organization_guests SET disabled_at = NULL, disabled_by = NULL, reactivated_at = $3, reactivated_by = $4 \
         WHERE organization_id = $1 AND guest_id = $2 AND disabled_at IS NOT NULL",
        args![organization, guest, now.0, by],
    )?;
    Ok(())
}

/// Forgets a guest here, link and details included, once nothing open names them; and everywhere, if nobody else knows them.
/// The row stays, because finished work does.
pub fn forget(tx: &mut Tx<'_>, organization: &str, guest: i64, now: Time) -> Result<()> {
    let email: Option<String> = tx.maybe(
        "SELECT g.email_folded FROM guests g JOIN organization_guests o ON o.guest_id = g.id \
         WHERE o.organization_id = $1 AND g.id = $2",
        args![organization, guest],
        |row| row.take(),
    )?;
    if let Some(email) = email {
        template::forget::guest(tx, organization, &email)?;
    }
    tx.run(
        "UPDATE organization_guests SET deleted_at = $3, details = NULL, code_hash = NULL, code_sealed = NULL, last_accessed_at = NULL, \
            disabled_at = NULL, disabled_by = NULL, reactivated_at = NULL, reactivated_by = NULL \
         WHERE organization_id = $1 AND guest_id = $2",
        args![organization, guest, now.0],
    )?;
    tx.run(
        "UPDATE guests SET deleted_at = $2 WHERE id = $1 \
         AND NOT EXISTS (SELECT 1 FROM organization_guests o WHERE o.guest_id = $1 AND o.deleted_at IS NULL)",
        args![guest, now.0],
    )?;
    Ok(())
}

/// What these guests have to do. What they have done is nothing yet: only members complete tasks so far.
pub fn stats(
    tx: &mut Tx<'_>,
    organization: &str,
    guests: &[i64],
) -> Result<BTreeMap<i64, GuestStats>> {
    let mut found = BTreeMap::new();
    for part in guests.chunks(MOST) {
        let sql = in_list(
            "SELECT x.guest_id, count(*) FROM task_guests x JOIN tasks t ON t.organization_id = x.organization_id AND t.id = x.task_id \
             WHERE x.organization_id = $1 AND t.status IN ('not-started', 'in-progress') AND t.archived_at IS NULL AND x.guest_id IN (",
            part.len(),
            ") GROUP BY x.guest_id",
        );
        tx.each(&sql, &in_args(organization, part), |row| {
            let guest = row.take()?;
            let stats = GuestStats {
                assigned_tasks: row.take()?,
                ..GuestStats::default()
            };
            found.insert(guest, stats);
            Ok(())
        })?;
    }
    Ok(found)
}
