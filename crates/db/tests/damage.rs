//! Damage that opening had no time to find is found while the server serves, and then nothing is served from it.

#![allow(
    clippy::unwrap_used,
    reason = "a helper may panic as the test itself may"
)]

mod support;

use std::fs;
use std::os::unix::fs::FileExt;

use support::{Place, read, try_write, until, write};
use tallystick_db::{Db, DbError, Tx, args};

fn filled(place: &Place) -> Db {
    let db = place.db();
    write(&db, |tx| {
        for id in 1..=3_000_i64 {
            tx.run(
                "INSERT INTO things (id, name) VALUES ($1, $2)",
                args![id, format!("{id:0>80}")],
            )?;
        }
        Ok(())
    });
    db
}

fn things(tx: &mut Tx<'_>) -> tallystick_db::Result<i64> {
    tx.one("SELECT count(*) FROM things", args![], |row| row.take())
}

#[test]
fn damage_takes_the_database_out_of_service() {
    let place = Place::sqlite();
    drop(filled(&place));
    let db = place.open();
    assert_eq!(read(&db, things), 3_000);
    // Past the log, which is empty: as a failing disk would do it.
    let file = fs::OpenOptions::new()
        .write(true)
        .open(place.file())
        .unwrap();
    let pages = file.metadata().unwrap().len() / 4_096;
    file.write_all_at(&[0x5A; 64], pages / 2 * 4_096).unwrap();
    db.look_through();
    until("the damage is found", || db.read_here(things).is_err());
    assert!(matches!(db.read_here(things), Err(DbError::Corrupt(_))));
    let refused = try_write(&db, things);
    assert!(matches!(refused, Err(DbError::Corrupt(_))), "{refused:?}");
}

#[test]
fn a_look_holds_up_neither_work_nor_the_end() {
    let place = Place::sqlite();
    let db = filled(&place);
    db.look_through();
    db.look_through();
    assert_eq!(write(&db, things), 3_000);
    assert_eq!(read(&db, things), 3_000);
    drop(db);
    let log = place.file().with_extension("db-wal");
    assert!(!log.exists(), "whoever closes last empties the log");
}
