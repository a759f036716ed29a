//! The SQL of guests.

use tallystick_db::{Result, Tx, args};
use tallystick_wire::Time;

use crate::instance;
use crate::member::store::fold;

/// The first guest's number.
const FIRST_NUMBER: i64 = 101;

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
    let folded = fold(email);
    let known = tx.maybe(
        "SELECT id FROM guests WHERE email_folded = $1",
        args![&folded],
        |row| row.take::<i64>(),
    )?;
    let id = match known {
        Some(id) => id,
        None => {
            let id = instance::next_number(tx, "", "guests", FIRST_NUMBER)?;
            tx.run(
                "INSERT INTO guests (id, email, email_folded, created_at) VALUES ($1, $2, $3, $4)",
                args![id, &folded, &folded, now.0],
            )?;
            id
        }
    };
    tx.run(
        "INSERT INTO organization_guests (organization_id, guest_id, created_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        args![organization, id, now.0],
    )?;
    Ok(id)
}

/// A guest of this organisation by address or number.
pub fn find(tx: &mut Tx<'_>, organization: &str, named: &str) -> Result<Option<i64>> {
    tx.maybe(
        "SELECT g.id FROM guests g JOIN organization_guests o ON o.guest_id = g.id AND o.organization_id = $1 \
         WHERE g.email_folded = $2 OR g.id = $3",
        args![organization, fold(named), named.parse::<i64>().unwrap_or(-1)],
        |row| row.take(),
    )
}
