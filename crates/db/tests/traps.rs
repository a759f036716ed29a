//! Where SQLite and PostgreSQL part, each difference beside the way that is the same on both.
//!
//! Whoever is about to write SQL finds here what to write instead; whoever upgrades an engine finds here what changed.

mod support;

use support::{on_both, read, try_write, write};
use tallystick_db::{Db, DbError, Engine, Tx, args};

fn text(tx: &mut Tx<'_>, sql: &str) -> tallystick_db::Result<Vec<Option<String>>> {
    tx.all(sql, args![], |row| row.take::<Option<String>>())
}

fn number(tx: &mut Tx<'_>, sql: &str) -> tallystick_db::Result<i64> {
    tx.one(sql, args![], |row| row.take::<i64>())
}

fn named(db: &Db, names: &'static [Option<&'static str>]) {
    write(db, move |tx| {
        for (id, name) in (1_i64..).zip(names) {
            tx.run(
                "INSERT INTO things (id, name) VALUES ($1, $2)",
                args![id, *name],
            )?;
        }
        Ok(())
    });
}

/// Whether the engine takes this text at all.
fn understands(db: &Db, sql: &'static str) -> bool {
    db.read_here(|tx| tx.prepare(sql)).is_ok()
}

#[test]
fn sums_and_narrow_columns_are_cast_back() {
    on_both(|db| {
        write(db, |tx| {
            tx.run(
                "INSERT INTO things (id, amount, narrow) VALUES (1, 40, 4), (2, 2, 2)",
                args![],
            )
        });
        let plain = |sql: &'static str| db.read_here(|tx| number(tx, sql));
        let sum = plain("SELECT sum(amount) FROM things");
        let narrow = plain("SELECT narrow FROM things WHERE id = 1");
        match db.engine() {
            Engine::Sqlite => assert_eq!((sum.unwrap(), narrow.unwrap()), (42, 4)),
            Engine::Postgres => {
                assert!(matches!(sum, Err(DbError::Decode(_))), "{sum:?}");
                assert!(matches!(narrow, Err(DbError::Decode(_))), "{narrow:?}");
            }
        }
        assert_eq!(
            plain("SELECT CAST(sum(amount) AS BIGINT) FROM things").unwrap(),
            42
        );
        assert_eq!(
            plain("SELECT CAST(narrow AS BIGINT) FROM things WHERE id = 1").unwrap(),
            4
        );
        assert_eq!(plain("SELECT count(*) FROM things").unwrap(), 2);
        // The sum of nothing is NULL on both.
        let nothing = "SELECT COALESCE(CAST(sum(amount) AS BIGINT), 0) FROM things WHERE id > 9";
        assert_eq!(plain(nothing).unwrap(), 0);
    });
}

#[test]
fn like_compares_what_lower_has_folded() {
    on_both(|db| {
        named(
            db,
            &[
                Some("Alpha"),
                Some("alpha two"),
                Some("100% sure"),
                Some("100 times"),
            ],
        );
        let found = read(db, |tx| {
            text(
                tx,
                "SELECT name FROM things WHERE name LIKE 'ALPHA%' ORDER BY id",
            )
        });
        let expected = if db.engine() == Engine::Sqlite { 2 } else { 0 };
        assert_eq!(found.len(), expected, "bare LIKE: {found:?}");
        assert_eq!(
            understands(db, "SELECT id FROM things WHERE name ILIKE 'a%'"),
            db.engine() == Engine::Postgres
        );
        let like = |pattern: &'static str| {
            read(db, |tx| {
                tx.all(
                    "SELECT id FROM things WHERE lower(name) LIKE lower($1) ESCAPE '!' ORDER BY id",
                    args![pattern],
                    |row| row.take::<i64>(),
                )
            })
        };
        assert_eq!(like("ALPHA%"), [1, 2]);
        assert_eq!(like("100!%%"), [3]);
        assert_eq!(like("100%"), [3, 4]);
        assert_eq!(like("_lpha"), [1]);
    });
}

#[test]
fn searching_needs_a_column_folded_in_rust() {
    on_both(|db| {
        let folded = "ÄRZTE İstanbul ΣΊΣΥΦΟΣ".to_lowercase();
        let stored = folded.clone();
        write(db, move |tx| {
            tx.run(
                "INSERT INTO things (id, name) VALUES (1, $1)",
                args![&stored],
            )
        });
        let found = read(db, |tx| {
            tx.maybe(
                "SELECT name FROM things WHERE name LIKE $1 ESCAPE '!'",
                args![format!("%{}%", "Ärzte".to_lowercase())],
                |row| row.take::<String>(),
            )
        });
        assert_eq!(found, Some(folded));
        // The databases that this crate opens sort by code point, and fold no more than ASCII.
        let lowered = read(db, |tx| text(tx, "SELECT lower('AÄ')"));
        assert_eq!(lowered, [Some("aÄ".to_owned())]);
    });
}

#[test]
fn nulls_sort_where_the_statement_says() {
    on_both(|db| {
        named(db, &[Some("b"), None, Some("a")]);
        let order =
            |sql: &'static str| read(db, |tx| tx.all(sql, args![], |row| row.take::<i64>()));
        let plain = order("SELECT id FROM things ORDER BY name, id");
        match db.engine() {
            Engine::Sqlite => assert_eq!(plain, [2, 3, 1]),
            Engine::Postgres => assert_eq!(plain, [3, 1, 2]),
        }
        assert_eq!(
            order("SELECT id FROM things ORDER BY name NULLS FIRST, id"),
            [2, 3, 1]
        );
        assert_eq!(
            order("SELECT id FROM things ORDER BY name NULLS LAST, id"),
            [3, 1, 2]
        );
        assert_eq!(
            order("SELECT id FROM things ORDER BY name DESC NULLS LAST, id"),
            [1, 3, 2]
        );
        // An order that ends with the id is the same every time.
        assert_eq!(
            order("SELECT id FROM things ORDER BY amount NULLS LAST, id DESC"),
            [3, 2, 1]
        );
    });
}

#[test]
fn text_sorts_by_code_point() {
    on_both(|db| {
        named(
            db,
            &[
                Some("ä"),
                Some("a"),
                Some("Z"),
                Some("_"),
                Some("z"),
                Some("10"),
                Some("9"),
                Some("🦆"),
                Some("ﬀ"),
            ],
        );
        let sorted: Vec<_> = read(db, |tx| {
            text(tx, "SELECT name FROM things ORDER BY name, id")
        })
        .into_iter()
        .flatten()
        .collect();
        assert_eq!(sorted, ["10", "9", "Z", "_", "a", "z", "ä", "ﬀ", "🦆"]);
        let larger = read(db, |tx| {
            number(tx, "SELECT count(*) FROM things WHERE name > 'Z'")
        });
        assert_eq!(larger, 6);
    });
}

#[test]
fn types_are_guarded_by_postgres_and_by_reading() {
    on_both(|db| {
        let mistyped = try_write(db, |tx| {
            tx.run(
                "INSERT INTO things (id, amount) VALUES (1, $1)",
                args!["twelve"],
            )
        });
        match db.engine() {
            Engine::Sqlite => {
                assert_eq!(
                    mistyped.unwrap(),
                    1,
                    "SQLite keeps text in a column of numbers"
                );
                let got = db.read_here(|tx| number(tx, "SELECT amount FROM things WHERE id = 1"));
                assert!(matches!(got, Err(DbError::Decode(_))), "{got:?}");
            }
            Engine::Postgres => assert!(mistyped.is_err()),
        }
        assert_eq!(
            understands(db, "SELECT name, count(*) FROM things GROUP BY owner"),
            db.engine() == Engine::Sqlite,
            "a column that is neither grouped nor counted"
        );
        // Where it matters, a CHECK makes both refuse.
        let checked = try_write(db, |tx| {
            tx.run("INSERT INTO things (id, kind) VALUES (2, 'c')", args![])
        });
        assert!(
            matches!(checked, Err(DbError::Constraint(_))),
            "{checked:?}"
        );
        let absent = try_write(db, |tx| {
            tx.run("INSERT INTO owners (id) VALUES (1)", args![])
        });
        assert!(matches!(absent, Err(DbError::Constraint(_))), "{absent:?}");
    });
}

#[test]
fn times_are_whole_microseconds_in_a_bigint() {
    on_both(|db| {
        let times = [i64::MIN, -1, 0, 1_790_000_000_123_456, i64::MAX];
        write(db, move |tx| {
            for (id, time) in (1_i64..).zip(times) {
                tx.run(
                    "INSERT INTO things (id, amount) VALUES ($1, $2)",
                    args![id, time],
                )?;
            }
            Ok(())
        });
        let back = read(db, |tx| {
            tx.all("SELECT amount FROM things ORDER BY id", args![], |row| {
                row.take::<i64>()
            })
        });
        assert_eq!(back, times);
        // Arithmetic stays in whole numbers, and a division goes towards zero.
        assert_eq!(read(db, |tx| number(tx, "SELECT CAST(7 AS BIGINT) / 2")), 3);
        assert_eq!(
            read(db, |tx| number(tx, "SELECT CAST(-7 AS BIGINT) / 2")),
            -3
        );
    });
}

#[test]
fn json_is_stored_and_returned_as_it_was() {
    on_both(|db| {
        const JSON: &str = "{\"b\": 1.50, \"a\" : [\"\u{1F986}\", null],\n \"a\": 2}";
        write(db, |tx| {
            tx.run("INSERT INTO things (id, name) VALUES (1, $1)", args![JSON])
        });
        let back = read(db, |tx| text(tx, "SELECT name FROM things"));
        assert_eq!(back, [Some(JSON.to_owned())]);
    });
}

#[test]
fn one_engines_own_words_are_refused_by_the_other() {
    on_both(|db| {
        let postgres = db.engine() == Engine::Postgres;
        for sql in [
            "SELECT id FROM things WHERE id = ANY(ARRAY[1, 2])",
            "SELECT '1'::bigint FROM things",
            "SELECT now()",
            "SELECT generate_series(1, 3)",
            "SELECT DISTINCT ON (owner) id FROM things",
        ] {
            assert_eq!(understands(db, sql), postgres, "{sql}");
        }
        for sql in [
            "SELECT datetime('now')",
            "SELECT ifnull(name, '') FROM things",
            "SELECT rowid FROM things",
        ] {
            assert_eq!(understands(db, sql), !postgres, "{sql}");
        }
        for sql in [
            "SELECT id FROM things WHERE id IN ($1, $2)",
            "SELECT CAST('1' AS BIGINT)",
            "SELECT COALESCE(name, '') FROM things",
            "SELECT id FROM things WHERE name IS NOT DISTINCT FROM $1",
            "WITH t AS (SELECT id FROM things) SELECT count(*) FROM t",
            "SELECT id, count(*) OVER () FROM things LIMIT $1 OFFSET $2",
            "INSERT INTO things (id, amount) VALUES ($1, 1) ON CONFLICT (id) DO UPDATE SET amount = things.amount + 1 RETURNING amount",
            "UPDATE things SET amount = o.id FROM owners o WHERE o.id = things.owner",
            "SELECT t.id FROM things t WHERE t.id = $1 /*lock t*/",
        ] {
            assert!(understands(db, sql), "{sql}");
        }
    });
}

#[test]
fn a_nul_byte_is_text_for_sqlite_only() {
    on_both(|db| {
        let ended = try_write(db, |tx| {
            tx.run(
                "INSERT INTO things (id, name) VALUES (1, $1)",
                args!["a\0b"],
            )
        });
        // So the doors of the server refuse it, before it comes here.
        assert_eq!(ended.is_ok(), db.engine() == Engine::Sqlite, "{ended:?}");
    });
}

#[test]
fn after_a_failed_statement_nothing_more_is_written() {
    on_both(|db| {
        let ended = try_write(db, |tx| {
            tx.run("INSERT INTO things (id, name) VALUES (1, 'one')", args![])?;
            let second = tx.run("INSERT INTO things (id, name) VALUES (1, 'again')", args![]);
            assert!(matches!(second, Err(DbError::Unique(_))), "{second:?}");
            // Passing over a failure is a mistake; what must not happen is an acknowledged write that is not there.
            Ok(())
        });
        let stored = read(db, |tx| number(tx, "SELECT count(*) FROM things"));
        assert_eq!(stored, i64::from(ended.is_ok()), "{ended:?}");
        // What does the same on both: let the statement itself decide.
        let taken = |name: &'static str| {
            write(db, move |tx| {
                tx.run(
                    "INSERT INTO things (id, name) VALUES (2, $1) ON CONFLICT DO NOTHING",
                    args![name],
                )
            })
        };
        assert_eq!((taken("two"), taken("too")), (1, 0));
    });
}
