//! Values in and rows out, the same on both engines.

mod support;

use support::{on_both, read, try_write, write};
use tallystick_db::{Db, DbError, Tx, Value, args};

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
fn placeholders_count_by_their_numbers() {
    on_both(|db| {
        write(db, |tx| {
            // Out of order, and one of them twice.
            let first = tx.run(
                "INSERT INTO things (name, id, amount) VALUES ($2, $1, $1)",
                args![7_i64, "seven"],
            )?;
            assert_eq!(first, 1);
            let row = tx.one(
                "SELECT id, name, amount FROM things WHERE $2 = name AND (id = $1 OR amount = $1)",
                args![7_i64, "seven"],
                |row| {
                    Ok((
                        row.take::<i64>()?,
                        row.take::<String>()?,
                        row.take::<i64>()?,
                    ))
                },
            )?;
            assert_eq!(row, (7, "seven".to_owned(), 7));
            Ok(())
        });
        let missing = db.read_here(|tx| {
            tx.maybe(
                "SELECT id FROM things WHERE id = $1 AND name = $2",
                args![7_i64],
                |row| row.take::<i64>(),
            )
        });
        assert!(missing.is_err(), "a placeholder without a value");
    });
}

#[test]
fn nulls_and_booleans_keep_their_types() {
    on_both(|db| {
        write(db, |tx| {
            let sql =
                "INSERT INTO things (id, owner, name, amount, flag) VALUES ($1, $2, $3, $4, $5)";
            tx.run(
                sql,
                args![1_i64, None::<i64>, None::<&str>, None::<i64>, None::<bool>],
            )?;
            tx.run(
                sql,
                &[
                    Value::Int(2),
                    Value::Null,
                    Value::Null,
                    Value::Null,
                    Value::Bool(true),
                ],
            )?;
            tx.run(sql, args![3_i64, None::<i64>, "x", 5_i64, false])
        });
        let rows = read(db, |tx| {
            tx.all(
                "SELECT owner, name, amount, flag FROM things ORDER BY id",
                args![],
                |row| {
                    Ok((
                        row.take::<Option<i64>>()?,
                        row.take::<Option<String>>()?,
                        row.take::<Option<i64>>()?,
                        row.take::<Option<bool>>()?,
                    ))
                },
            )
        });
        assert_eq!(
            rows,
            [
                (None, None, None, None),
                (None, None, None, Some(true)),
                (None, Some("x".to_owned()), Some(5), Some(false)),
            ]
        );
        let by_flag = |sql: &'static str, flag: bool| {
            read(db, |tx| tx.all(sql, args![flag], |row| row.take::<i64>()))
        };
        assert_eq!(by_flag("SELECT id FROM things WHERE flag = $1", true), [2]);
        assert_eq!(
            by_flag(
                "SELECT id FROM things WHERE flag IS NOT DISTINCT FROM $1",
                false
            ),
            [3]
        );
        let literal = read(db, |tx| {
            tx.all(
                "SELECT id FROM things WHERE flag = TRUE OR NOT flag ORDER BY id",
                args![],
                |row| row.take::<i64>(),
            )
        });
        assert_eq!(literal, [2, 3]);
        let null_as_number = db.read_here(|tx| {
            tx.one("SELECT amount FROM things WHERE id = 1", args![], |row| {
                row.take::<i64>()
            })
        });
        assert!(
            matches!(null_as_number, Err(DbError::Decode(_))),
            "{null_as_number:?}"
        );
    });
}

#[test]
fn conflicts_returning_and_missing_rows() {
    on_both(|db| {
        let taken = write(db, |tx| {
            insert(tx, 1, "one")?;
            tx.run(
                "INSERT INTO things (id, name) VALUES (1, 'x'), (2, 'one'), (3, 'three') ON CONFLICT DO NOTHING",
                args![],
            )
        });
        assert_eq!(taken, 1);
        let returned = write(db, |tx| {
            tx.all(
                "UPDATE things SET amount = id * 10 WHERE id <= $1 RETURNING id, amount",
                args![3_i64],
                |row| Ok((row.take::<i64>()?, row.take::<i64>()?)),
            )
        });
        assert_eq!(returned, [(1, 10), (3, 30)]);
        let first = write(db, |tx| {
            tx.maybe(
                "DELETE FROM things WHERE id > 0 RETURNING id",
                args![],
                |row| row.take::<i64>(),
            )
        });
        assert!(first.is_some());
        assert_eq!(
            count(db),
            0,
            "only the first row is read, but every one is deleted"
        );
        let none =
            db.read_here(|tx| tx.one("SELECT id FROM things", args![], |row| row.take::<i64>()));
        assert!(matches!(none, Err(DbError::Missing)), "{none:?}");
    });
}

#[test]
fn refused_rows_say_by_which_rule() {
    on_both(|db| {
        write(db, |tx| insert(tx, 1, "one"));
        let unique = try_write(db, |tx| insert(tx, 2, "one"));
        assert!(unique.as_ref().is_err_and(DbError::is_unique), "{unique:?}");
        let key = try_write(db, |tx| insert(tx, 1, "two"));
        assert!(key.as_ref().is_err_and(DbError::is_unique), "{key:?}");
        let nobody = try_write(db, |tx| {
            tx.run("INSERT INTO things (id, owner) VALUES (3, 99)", args![])
        });
        assert!(matches!(nobody, Err(DbError::ForeignKey(_))), "{nobody:?}");
        let in_use = try_write(db, |tx| {
            tx.run("INSERT INTO owners (id, name) VALUES (5, 'five')", args![])?;
            tx.run("INSERT INTO things (id, owner) VALUES (4, 5)", args![])?;
            tx.run("DELETE FROM owners WHERE id = 5", args![])
        });
        assert!(matches!(in_use, Err(DbError::ForeignKey(_))), "{in_use:?}");
        let nonsense = try_write(db, |tx| tx.run("INSERT INTO nowhere VALUES (1)", args![]));
        assert!(matches!(nonsense, Err(DbError::Other(_))), "{nonsense:?}");
        assert_eq!(names(db), ["one"]);
    });
}
