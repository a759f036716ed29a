//! The recycle bin: what was deleted for good rests here for thirty days, where an administrator on the
//! machine can bring it back. Nothing of the API reaches into it.

use tallystick_db::{Result, Tx, args};
use tallystick_wire::Time;

use crate::clock::DAY;
use crate::thread;

/// How long things rest.
pub const REST: i64 = 30 * DAY;

/// Something in the bin.
pub struct Thrown {
    /// Whose it was.
    pub organization: String,
    /// What it was: `task` or `template`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its title, to recognise it by.
    pub title: String,
    /// When it was deleted.
    pub deleted_at: Time,
}

/// Puts something in; `content` is whatever the room needs to bring it back.
pub fn put(tx: &mut Tx<'_>, thrown: &Thrown, content: &str, by: i64) -> Result<()> {
    tx.run(
        "INSERT INTO recycle_bin (organization_id, kind, id, title, content, deleted_by, deleted_at) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![&thrown.organization, &thrown.kind, &thrown.id, &thrown.title, content, by, thrown.deleted_at.0],
    )?;
    Ok(())
}

/// What is in the bin, the latest first.
pub fn list(tx: &mut Tx<'_>, organization: &str) -> Result<Vec<Thrown>> {
    tx.all(
        "SELECT kind, id, title, deleted_at FROM recycle_bin WHERE organization_id = $1 ORDER BY deleted_at DESC, id",
        args![organization],
        |row| {
            Ok(Thrown {
                organization: organization.to_owned(),
                kind: row.take()?,
                id: row.take()?,
                title: row.take()?,
                deleted_at: Time(row.take()?),
            })
        },
    )
}

/// Takes something out; answers its content.
pub fn take(tx: &mut Tx<'_>, organization: &str, kind: &str, id: &str) -> Result<Option<String>> {
    tx.maybe(
        "DELETE FROM recycle_bin WHERE organization_id = $1 AND kind = $2 AND id = $3 RETURNING content",
        args![organization, kind, id],
        |row| row.take(),
    )
}

/// Empties out what has rested long enough, with what was said about it.
pub fn empty_old(tx: &mut Tx<'_>, now: Time) -> Result<u64> {
    thread::store::empty_old(tx, now.plus(-REST))?;
    tx.run(
        "DELETE FROM recycle_bin WHERE deleted_at < $1",
        args![now.0 - REST],
    )
}
