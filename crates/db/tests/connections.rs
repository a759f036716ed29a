//! PostgreSQL taking things away in the middle: locks, connections, itself.

mod support;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Barrier};

use support::{Place, ask, read, try_write, until, write};
use tallystick_db::{Db, DbError, Tx, args};

fn pid(tx: &mut Tx<'_>) -> tallystick_db::Result<i64> {
    tx.one("SELECT CAST(pg_backend_pid() AS BIGINT)", args![], |row| {
        row.take()
    })
}

/// Ends a connection from outside and waits until the server has forgotten it.
fn terminate(url: &str, pid: i64) {
    ask(url, &format!("SELECT pg_terminate_backend({pid})"));
    until("the connection has ended", || {
        let alive = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {pid}");
        ask(url, &alive).as_deref() == Some("0")
    });
}

fn terminate_all(url: &str) {
    let others = "pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    ask(
        url,
        &format!("SELECT pg_terminate_backend(pid) FROM {others}"),
    );
    until("every connection has ended", || {
        ask(url, &format!("SELECT count(*) FROM {others}")).as_deref() == Some("0")
    });
}

fn insert(tx: &mut Tx<'_>, id: i64) -> tallystick_db::Result<u64> {
    tx.run("INSERT INTO things (id) VALUES ($1)", args![id])
}

fn count(db: &Db) -> i64 {
    read(db, |tx| {
        tx.one("SELECT count(*) FROM things", args![], |row| row.take())
    })
}

#[test]
fn a_deadlock_is_done_again() {
    let place = Place::postgres();
    let db = place.db();
    write(&db, |tx| {
        tx.run(
            "INSERT INTO things (id, amount) VALUES (1, 0), (2, 0)",
            args![],
        )
    });
    let met = Arc::new(Barrier::new(2));
    let runs = Arc::new(AtomicU32::new(0));
    std::thread::scope(|scope| {
        for (first, second) in [(1_i64, 2_i64), (2, 1)] {
            let (db, met, runs) = (&db, met.clone(), runs.clone());
            scope.spawn(move || {
                let mut fresh = true;
                write(db, move |tx| {
                    runs.fetch_add(1, Ordering::Relaxed);
                    let add = "UPDATE things SET amount = amount + 1 WHERE id = $1";
                    tx.run(add, args![first])?;
                    if std::mem::take(&mut fresh) {
                        met.wait();
                    }
                    tx.run(add, args![second])
                });
            });
        }
    });
    assert!(runs.load(Ordering::Relaxed) > 2, "they did not meet");
    let sums = read(&db, |tx| {
        tx.all("SELECT amount FROM things ORDER BY id", args![], |row| {
            row.take::<i64>()
        })
    });
    assert_eq!(sums, [2, 2]);
}

#[test]
fn a_read_that_loses_its_connection_is_done_again() {
    let place = Place::postgres();
    let db = place.db();
    write(&db, |tx| insert(tx, 1));
    let runs = AtomicU32::new(0);
    let found = read(&db, |tx| {
        let pid = pid(tx)?;
        if runs.fetch_add(1, Ordering::Relaxed) == 0 {
            terminate(place.url(), pid);
        }
        tx.one("SELECT count(*) FROM things", args![], |row| {
            row.take::<i64>()
        })
    });
    assert_eq!((found, runs.into_inner()), (1, 2));
}

#[test]
fn a_write_that_loses_its_connection_before_commit_is_done_again() {
    let place = Place::postgres();
    let db = place.db();
    let runs = Arc::new(AtomicU32::new(0));
    let (counted, url) = (runs.clone(), place.url().to_owned());
    write(&db, move |tx| {
        insert(tx, 1)?;
        let pid = pid(tx)?;
        if counted.fetch_add(1, Ordering::Relaxed) == 0 {
            terminate(&url, pid);
        }
        insert(tx, 2)
    });
    assert_eq!((count(&db), runs.load(Ordering::Relaxed)), (2, 2));
}

#[test]
fn a_connection_lost_in_commit_leaves_the_outcome_unknown() {
    let place = Place::postgres();
    let db = place.db();
    let runs = Arc::new(AtomicU32::new(0));
    let (counted, url) = (runs.clone(), place.url().to_owned());
    let ended = try_write(&db, move |tx| {
        counted.fetch_add(1, Ordering::Relaxed);
        insert(tx, 1)?;
        let pid = pid(tx)?;
        terminate(&url, pid);
        Ok(())
    });
    assert!(
        matches!(ended, Err(DbError::OutcomeUnknown(_))),
        "{ended:?}"
    );
    assert_eq!(
        runs.load(Ordering::Relaxed),
        1,
        "what may have happened is not done again"
    );
    assert_eq!(
        count(&db),
        0,
        "here we know: it was lost before the server heard COMMIT"
    );
}

#[test]
fn every_idle_connection_may_have_died() {
    let place = Place::postgres();
    let db = place.db();
    for _ in 0..5 {
        terminate_all(place.url());
        // Whoever comes first must not pay for it.
        assert_eq!(count(&db), 0);
        terminate_all(place.url());
        write(&db, |tx| insert(tx, 1));
        write(&db, |tx| tx.run("DELETE FROM things", args![]));
    }
}

#[test]
fn an_unreachable_server_is_gone_and_comes_back() {
    let place = Place::postgres();
    let db = place.db();
    let name = place.url().rsplit('/').next().unwrap().to_owned();
    let server = support::postgres_server();
    ask(
        &server,
        &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"),
    );
    let others = format!("pg_stat_activity WHERE datname = '{name}'");
    ask(
        &server,
        &format!("SELECT pg_terminate_backend(pid) FROM {others}"),
    );
    until("every connection has ended", || {
        ask(&server, &format!("SELECT count(*) FROM {others}")).as_deref() == Some("0")
    });
    let refused = db.read_here(|tx| tx.one("SELECT 1", args![], |_| Ok(())));
    assert!(matches!(refused, Err(DbError::Gone(_))), "{refused:?}");
    let refused = try_write(&db, |tx| insert(tx, 1));
    assert!(matches!(refused, Err(DbError::Gone(_))), "{refused:?}");
    ask(
        &server,
        &format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"),
    );
    until("it answers again", || {
        db.read_here(|tx| tx.one("SELECT 1", args![], |_| Ok(())))
            .is_ok()
    });
    write(&db, |tx| insert(tx, 1));
    assert_eq!(count(&db), 1);
}

#[test]
fn a_lock_that_nobody_gives_back_is_busy() {
    let place = Place::postgres();
    let db = place.db();
    write(&db, |tx| insert(tx, 1));
    let (locked, may_end) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    std::thread::scope(|scope| {
        let (first, last) = (locked.clone(), may_end.clone());
        let holder = &db;
        scope.spawn(move || {
            write(holder, move |tx| {
                tx.one(
                    "SELECT t.id FROM things t WHERE t.id = 1 /*lock t*/",
                    args![],
                    |row| row.take::<i64>(),
                )?;
                first.wait();
                last.wait();
                Ok(())
            });
        });
        locked.wait();
        let runs = Arc::new(AtomicU32::new(0));
        let counted = runs.clone();
        let ended = try_write(&db, move |tx| {
            counted.fetch_add(1, Ordering::Relaxed);
            tx.run("SET LOCAL lock_timeout = '50ms'", args![])?;
            tx.run("UPDATE things SET amount = 1 WHERE id = 1", args![])
        });
        may_end.wait();
        assert!(matches!(ended, Err(DbError::Busy(_))), "{ended:?}");
        assert_eq!(runs.load(Ordering::Relaxed), 5, "as often as it is tried");
    });
}
