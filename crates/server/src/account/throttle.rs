//! Failed attempts, counted in the database: guessing stays slow over a restart and on every node.
//!
//! Whoever counts a failure must commit it, whatever becomes of the request.

use std::net::IpAddr;

use tallystick_db::{Result, Tx, args};
use tallystick_wire::Time;

use crate::clock::MINUTE;
use crate::http::caller::hash;

/// How long failures are remembered.
pub const WINDOW: i64 = 15 * MINUTE;

/// Who fails: an account, whether it exists or not, or a network.
#[must_use]
pub fn account(email_folded: &str) -> String {
    format!("account {}", hash(email_folded))
}

/// The network of an address: itself, or the /64 that one IPv6 customer has.
#[must_use]
pub fn network(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(ip) => format!("network {ip}"),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("network {a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// When the next attempt is allowed, if that is not now.
pub fn until(tx: &mut Tx<'_>, subject: &str, most: u32, now: Time) -> Result<Option<Time>> {
    if most == 0 {
        return Ok(None);
    }
    let counted = tx.maybe(
        "SELECT failures, ends_at FROM throttles WHERE subject = $1",
        args![subject],
        |row| Ok((row.take::<i64>()?, Time(row.take()?))),
    )?;
    Ok(counted
        .filter(|(failures, ends_at)| *failures >= i64::from(most) && now < *ends_at)
        .map(|(_, ends_at)| ends_at))
}

/// Counts a failure.
pub fn failed(tx: &mut Tx<'_>, subject: &str, now: Time) -> Result<u64> {
    count(tx, subject, WINDOW, now)
}

/// Counts something that may be done `most` times in `window`; answers whether this time is one of them.
pub fn allow(tx: &mut Tx<'_>, subject: &str, most: u32, window: i64, now: Time) -> Result<bool> {
    if until(tx, subject, most, now)?.is_some() {
        return Ok(false);
    }
    count(tx, subject, window, now)?;
    Ok(true)
}

fn count(tx: &mut Tx<'_>, subject: &str, window: i64, now: Time) -> Result<u64> {
    tx.run(
        "INSERT INTO throttles (subject, failures, ends_at) VALUES ($1, 1, $2) ON CONFLICT (subject) DO UPDATE SET \
            failures = CASE WHEN throttles.ends_at <= $3 THEN 1 ELSE throttles.failures + 1 END, \
            ends_at = CASE WHEN throttles.ends_at <= $3 THEN excluded.ends_at ELSE throttles.ends_at END",
        args![subject, now.plus(window).0, now.0],
    )
}

/// Forgets the failures of somebody who succeeded.
pub fn succeeded(tx: &mut Tx<'_>, subject: &str) -> Result<u64> {
    tx.run("DELETE FROM throttles WHERE subject = $1", args![subject])
}

/// Forgets what is over.
pub fn forget_old(tx: &mut Tx<'_>, now: Time) -> Result<u64> {
    tx.run("DELETE FROM throttles WHERE ends_at <= $1", args![now.0])
}
