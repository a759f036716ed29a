//! What a closure may rely on: values in and out, its three endings, its neighbours, its repetitions.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;

use support::{Place, SCHEMA, ask, on_both, options, read, try_write, until, write};
use tallystick_db::{Db, DbError, Engine, Options, Stop, Tx, args};

const INSERT: &str = "INSERT INTO things (id, name) VALUES ($1, $2)";

fn count(db: &Db) -> i64 {
    read(db, |tx| {
        tx.one("SELECT count(*) FROM things", args![], |row| row.take())
    })
}

fn names(db: &Db) -> Vec<String> {
    read(db, |tx| {
        tx.all("SELECT name FROM things ORDER BY id", args![], |row| {
            row.take()
        })
    })
}

fn insert(tx: &mut Tx<'_>, id: i64, name: &str) -> tallystick_db::Result<u64> {
    tx.run(INSERT, args![id, name])
}

#[test]
fn three_endings() {
    on_both(|db| {
        let refused: Result<(), DbError> = db.write_here(|tx| {
            insert(tx, 1, "kept")?;
            Err(Stop::Keep(DbError::Missing))
        });
        assert!(matches!(refused, Err(DbError::Missing)));
        assert_eq!(names(db), ["kept"]);
        let aborted: Result<(), DbError> = db.write_here(|tx| {
            insert(tx, 2, "gone")?;
            tx.later("UPDATE things SET name = 'changed' WHERE id = 2", args![])?;
            Err(Stop::Abort(DbError::Missing))
        });
        assert!(matches!(aborted, Err(DbError::Missing)));
        assert_eq!(names(db), ["kept"]);
        let answered: Result<i64, DbError> = db.write_here(|tx| {
            tx.later("UPDATE things SET name = 'changed'", args![])?;
            Ok(42)
        });
        assert_eq!(answered.unwrap(), 42);
        assert_eq!(names(db), ["changed"]);
        // An empty closure is a transaction too.
        assert!(db.write_here(|_| Ok::<_, Stop<DbError>>(())).is_ok());
    });
}

#[test]
fn what_is_queued_for_later_fails_the_whole() {
    on_both(|db| {
        write(db, |tx| insert(tx, 1, "one"));
        // Found out by the statement that follows, or, where none does, by COMMIT.
        let by_next = try_write(db, |tx| {
            insert(tx, 2, "two")?;
            tx.later(INSERT, args![3_i64, "one"])?;
            tx.one("SELECT count(*) FROM things", args![], |row| {
                row.take::<i64>()
            })
        });
        assert!(
            by_next.as_ref().is_err_and(DbError::is_unique),
            "{by_next:?}"
        );
        let by_commit = try_write(db, |tx| {
            insert(tx, 2, "two")?;
            tx.later(INSERT, args![3_i64, "three"])?;
            tx.later(INSERT, args![4_i64, "one"])
        });
        assert!(
            by_commit.as_ref().is_err_and(DbError::is_unique),
            "{by_commit:?}"
        );
        let alone = try_write(db, |tx| tx.later(INSERT, args![5_i64, "one"]));
        assert!(alone.as_ref().is_err_and(DbError::is_unique), "{alone:?}");
        let misspelt = try_write(db, |tx| {
            insert(tx, 6, "six")?;
            tx.later("UPDATE nowhere SET x = 1", args![])
        });
        assert!(matches!(misspelt, Err(DbError::Other(_))), "{misspelt:?}");
        assert_eq!(names(db), ["one"]);
        // In order, and seen by what follows.
        let seen = write(db, |tx| {
            tx.later(INSERT, args![7_i64, "seven"])?;
            tx.later(
                "UPDATE things SET name = name || '!' WHERE id = $1",
                args![7_i64],
            )?;
            tx.one("SELECT name FROM things WHERE id = 7", args![], |row| {
                row.take::<String>()
            })
        });
        assert_eq!(seen, "seven!");
    });
}

#[test]
fn a_panic_costs_its_own_work_only() {
    on_both(|db| {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let ended: Result<(), DbError> = runtime.block_on(db.write(|tx| {
            insert(tx, 1, "half")?;
            panic!("a defect in a closure, on purpose");
        }));
        assert!(matches!(ended, Err(DbError::Panicked)), "{ended:?}");
        assert_eq!(count(db), 0);
        write(db, |tx| insert(tx, 2, "after"));
        assert_eq!(names(db), ["after"]);
    });
}

#[test]
fn a_group_shares_its_commit_but_not_its_failures() {
    let place = Place::sqlite();
    let db = place.db();
    let beside = rusqlite::Connection::open(place.file()).unwrap();
    let (go, wait) = mpsc::channel::<()>();
    let (begun, held) = mpsc::channel::<()>();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let (first, failed, panicked, kept, second, seen) = runtime.block_on(async {
        // While this one holds the writer, the others queue up behind it and become one group.
        let holder = db.write(move |_| {
            let _ = begun.send(());
            let _ = wait.recv();
            Ok::<_, Stop<DbError>>(())
        });
        let first = db.write(|tx| insert(tx, 1, "first").map_err(Stop::Abort));
        let failed = db.write(|tx| {
            insert(tx, 2, "failed")?;
            insert(tx, 1, "again").map_err(Stop::Abort)
        });
        let panicked = db.write(|tx| -> Result<(), Stop<DbError>> {
            insert(tx, 3, "panicked")?;
            panic!("a defect in a closure, on purpose");
        });
        let kept = db.write(|tx| -> Result<(), Stop<DbError>> {
            insert(tx, 4, "kept")?;
            Err(Stop::Keep(DbError::Missing))
        });
        let second = db.write(|tx| insert(tx, 5, "second").map_err(Stop::Abort));
        let seen = db.write(move |tx| {
            let inside: i64 = tx.one("SELECT count(*) FROM things", args![], |row| row.take())?;
            let outside: i64 = beside
                .query_row("SELECT count(*) FROM things", [], |row| row.get(0))
                .map_err(|error| DbError::Other(error.to_string()))?;
            Ok::<_, Stop<DbError>>((inside, outside))
        });
        let is_held = async {
            let _ = held.recv();
        };
        let release = async {
            let _ = go.send(());
        };
        let (_, (), first, failed, panicked, kept, second, seen, ()) =
            tokio::join!(biased; holder, is_held, first, failed, panicked, kept, second, seen, release);
        (first, failed, panicked, kept, second, seen)
    });
    assert_eq!(first.unwrap(), 1);
    assert!(failed.as_ref().is_err_and(DbError::is_unique), "{failed:?}");
    assert!(matches!(panicked, Err(DbError::Panicked)), "{panicked:?}");
    assert!(matches!(kept, Err(DbError::Missing)), "{kept:?}");
    assert_eq!(second.unwrap(), 1);
    assert_eq!(
        seen.unwrap(),
        (3, 0),
        "one commit for all, after the last of them"
    );
    assert_eq!(names(&db), ["first", "kept", "second"]);
}

#[test]
fn many_writers_are_all_answered_and_read_their_own_writes() {
    on_both(|db| {
        write(db, |tx| {
            tx.run("INSERT INTO things (id, amount) VALUES (0, 0)", args![])
        });
        std::thread::scope(|scope| {
            for writer in 1..=16_i64 {
                scope.spawn(move || {
                    for round in 1..=25_i64 {
                        let id = writer * 1_000 + round;
                        write(db, move |tx| {
                            let amount: i64 = tx.one(
                                "SELECT t.amount FROM things t WHERE t.id = 0 /*lock t*/",
                                args![],
                                |row| row.take(),
                            )?;
                            tx.later(
                                "UPDATE things SET amount = $1 WHERE id = 0",
                                args![amount + 1],
                            )?;
                            insert(tx, id, &format!("{id}"))
                        });
                        let mine = read(db, |tx| {
                            tx.maybe("SELECT name FROM things WHERE id = $1", args![id], |row| {
                                row.take::<String>()
                            })
                        });
                        assert_eq!(mine, Some(id.to_string()));
                    }
                });
            }
        });
        assert_eq!(count(db), 401);
        let sum = read(db, |tx| {
            tx.one("SELECT amount FROM things WHERE id = 0", args![], |row| {
                row.take::<i64>()
            })
        });
        assert_eq!(sum, 400, "no update was lost");
    });
}

#[test]
fn a_read_sees_one_moment_on_sqlite() {
    let place = Place::sqlite();
    let db = place.db();
    let counts = read(&db, |tx| {
        let before: i64 = tx.one("SELECT count(*) FROM things", args![], |row| row.take())?;
        write(&db, |tx| insert(tx, 1, "meanwhile"));
        let after: i64 = tx.one("SELECT count(*) FROM things", args![], |row| row.take())?;
        Ok((before, after))
    });
    assert_eq!(counts, (0, 0));
    assert_eq!(count(&db), 1);
    let written = db.read_here(|tx| insert(tx, 2, "by a reader"));
    assert!(matches!(written, Err(DbError::ReadOnly)), "{written:?}");
}

#[test]
fn a_long_read_leaves_the_request_thread() {
    on_both(|db| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let runs = Arc::new(AtomicU32::new(0));
        let counted = runs.clone();
        let (asked_on, ran_on) = runtime.block_on(async {
            let asked_on = std::thread::current().id();
            let ran_on = db
                .read(move |tx| {
                    counted.fetch_add(1, Ordering::Relaxed);
                    tx.take_time()?;
                    tx.one("SELECT count(*) FROM things", args![], |row| {
                        row.take::<i64>()
                    })?;
                    Ok::<_, DbError>(std::thread::current().id())
                })
                .await;
            (asked_on, ran_on)
        });
        assert_ne!(asked_on, ran_on.unwrap());
        let expected = if db.engine() == Engine::Sqlite { 2 } else { 1 };
        assert_eq!(runs.load(Ordering::Relaxed), expected);
        // A short one stays where it is asked for, on SQLite.
        let (asked_on, ran_on) = runtime.block_on(async {
            let ran_on = db
                .read(|_| Ok::<_, DbError>(std::thread::current().id()))
                .await;
            (std::thread::current().id(), ran_on.unwrap())
        });
        assert_eq!(asked_on == ran_on, db.engine() == Engine::Sqlite);
    });
}

#[test]
fn a_writer_beside_makes_busy_after_a_while() {
    let place = Place::sqlite();
    let db = place.db();
    let beside = rusqlite::Connection::open(place.file()).unwrap();
    beside.execute_batch("BEGIN IMMEDIATE").unwrap();
    let ended = try_write(&db, |tx| insert(tx, 1, "one"));
    assert!(matches!(ended, Err(DbError::Busy(_))), "{ended:?}");
    assert_eq!(count(&db), 0);
    beside.execute_batch("ROLLBACK").unwrap();
    write(&db, |tx| insert(tx, 1, "one"));
}

#[test]
fn a_full_file_refuses_and_recovers() {
    let place = Place::sqlite();
    let db = place.db();
    // The limit is the connection's own, so it is set inside of the writer; a PRAGMA takes no placeholder.
    let limit = |pages: &'static str| {
        write(&db, move |tx| {
            tx.one(pages, args![], |row| row.take::<i64>()).map(|_| ())
        });
    };
    limit("PRAGMA max_page_count = 1");
    let ended = try_write(&db, |tx| {
        for id in 1..=1_000 {
            insert(tx, id, &format!("{id:0>500}"))?;
        }
        Ok(())
    });
    assert!(matches!(ended, Err(DbError::Full)), "{ended:?}");
    assert_eq!(count(&db), 0, "reads go on, and nothing is half there");
    limit("PRAGMA max_page_count = 100000");
    write(&db, |tx| insert(tx, 1, "one"));
    assert_eq!(count(&db), 1);
}

#[test]
fn every_reader_is_there_from_the_start() {
    let place = Place::sqlite();
    drop(place.db());
    let opened = Options {
        connections: 3,
        ..options()
    };
    let _db = Db::open(&place.address, &SCHEMA, opened).unwrap();
    let held = || {
        std::fs::read_dir("/proc/self/fd")
            .unwrap()
            .filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
            .filter(|target| target == place.file())
            .count()
    };
    // Three quick readers, four long ones, one writer.
    until("every connection is open", || held() >= 8);
}

#[test]
fn settings_of_every_postgres_connection() {
    let place = Place::postgres();
    let db = place.db();
    let settings = read(&db, |tx| {
        tx.one(
            "SELECT current_setting('synchronous_commit'), current_setting('TimeZone'), current_setting('lock_timeout')",
            args![],
            |row| Ok((row.take::<String>()?, row.take::<String>()?, row.take::<String>()?)),
        )
    });
    assert_eq!(
        settings,
        ("on".to_owned(), "UTC".to_owned(), "10s".to_owned())
    );
    let idle = ask(
        place.url(),
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
    );
    assert_eq!(idle.as_deref(), Some("0"));
}
