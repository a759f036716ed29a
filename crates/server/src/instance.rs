//! What belongs to the whole installation: its identity, and numbers that people see.

use tallystick_db::{Result, Tx, args};
use tallystick_wire::Time;

/// Gives a new database its identity. Called once, right after its tables were made.
pub fn found(tx: &mut Tx<'_>, id: &str, now: Time) -> Result<()> {
    tx.run(
        "INSERT INTO instance (id, created_at) VALUES ($1, $2)",
        args![id, now.0],
    )?;
    Ok(())
}

/// The identity of this database.
pub fn id(tx: &mut Tx<'_>) -> Result<String> {
    tx.one("SELECT id FROM instance", args![], |row| row.take())
}

/// The next number of a sequence; `organization` is empty for one of the whole installation.
pub fn next_number(tx: &mut Tx<'_>, organization: &str, name: &str, first: i64) -> Result<i64> {
    tx.one(
        "INSERT INTO counters (organization_id, name, value) VALUES ($1, $2, $3) \
         ON CONFLICT (organization_id, name) DO UPDATE SET value = counters.value + 1 RETURNING value",
        args![organization, name, first],
        |row| row.take(),
    )
}

/// So many numbers of a sequence at once, one after the other.
pub fn next_numbers(
    tx: &mut Tx<'_>,
    organization: &str,
    name: &str,
    first: i64,
    count: usize,
) -> Result<std::ops::Range<i64>> {
    let count = i64::try_from(count).unwrap_or(i64::MAX >> 1);
    if count == 0 {
        return Ok(0..0);
    }
    let last: i64 = tx.one(
        "INSERT INTO counters (organization_id, name, value) VALUES ($1, $2, $3) \
         ON CONFLICT (organization_id, name) DO UPDATE SET value = counters.value + $4 RETURNING value",
        args![organization, name, first + count - 1, count],
        |row| row.take(),
    )?;
    Ok(last - count + 1..last + 1)
}
