//! The questions that are asked after every fault.

use std::collections::BTreeMap;

use tallystick_db::{Db, args};

use crate::load::{Told, Write};
use crate::machine::{Place, done};
use crate::server::{Caller, Server};

/// A task as the database holds it: id, status, completer, time of completion.
type Stored = (String, String, Option<i64>, Option<i64>);

fn tasks(db: &Db) -> BTreeMap<String, Vec<Stored>> {
    let rows = db
        .read_here(|tx| {
            tx.all(
                "SELECT title, id, status, completer_id, completed_at FROM tasks",
                args![],
                |row| {
                    Ok((
                        row.take::<String>()?,
                        (row.take()?, row.take()?, row.take()?, row.take()?),
                    ))
                },
            )
        })
        .unwrap();
    let mut by_title: BTreeMap<String, Vec<Stored>> = BTreeMap::new();
    for (title, task) in rows {
        by_title.entry(title).or_default().push(task);
    }
    by_title
}

fn count(db: &Db, sql: &str) -> i64 {
    db.read_here(|tx| tx.one(sql, args![], |row| row.take()))
        .unwrap()
}

/// Sound, and no work half done.
pub fn sound(place: &Place) {
    let report = done(&["doctor", "--database", &place.address]);
    assert!(!report.contains("WRONG"), "{report}");
    let db = place.look();
    for (what, sql) in [
        (
            "tasks without the record of their making",
            "SELECT count(*) FROM tasks t WHERE NOT EXISTS (SELECT 1 FROM activities a WHERE a.organization_id = t.organization_id \
             AND a.subject_id = t.id AND a.verb = 'created')",
        ),
        (
            "completed tasks without who, when or record",
            "SELECT count(*) FROM tasks t WHERE t.status = 'completed' AND (t.completer_id IS NULL OR t.completed_at IS NULL OR NOT EXISTS \
             (SELECT 1 FROM activities a WHERE a.organization_id = t.organization_id AND a.subject_id = t.id AND a.verb = 'completed'))",
        ),
        (
            "records of a completion that is not there",
            "SELECT count(*) FROM activities a WHERE a.verb = 'completed' AND NOT EXISTS \
             (SELECT 1 FROM tasks t WHERE t.organization_id = a.organization_id AND t.id = a.subject_id AND t.status = 'completed')",
        ),
        (
            "records of a task that is not there",
            "SELECT count(*) FROM activities a WHERE NOT EXISTS \
             (SELECT 1 FROM tasks t WHERE t.organization_id = a.organization_id AND t.id = a.subject_id)",
        ),
        (
            "things recorded twice",
            "SELECT count(*) FROM (SELECT subject_id FROM activities GROUP BY subject_id, verb HAVING count(*) > 1) twice",
        ),
        (
            "keys without an answer",
            "SELECT count(*) FROM idempotency WHERE status = 0",
        ),
    ] {
        assert_eq!(count(&db, sql), 0, "{what}");
    }
    // One key for each thing done, and none besides.
    let keys = count(&db, "SELECT count(*) FROM idempotency");
    let acts = count(&db, "SELECT count(*) FROM activities");
    assert_eq!(keys, acts, "a key is remembered exactly when the work is");
}

/// Everything that was acknowledged is there, everything refused is not, and the rest is whole or absent.
pub fn kept(place: &Place, told: &Told) {
    sound(place);
    let stored = tasks(&place.look());
    for (title, found) in &stored {
        assert_eq!(found.len(), 1, "{title} was done twice");
    }
    let by_id: BTreeMap<&str, &Stored> = stored
        .values()
        .flatten()
        .map(|task| (task.0.as_str(), task))
        .collect();
    for (write, answer) in &told.done {
        let id = answer.body["data"]["id"].as_str().unwrap();
        let found = by_id
            .get(id)
            .unwrap_or_else(|| panic!("acknowledged and lost: {write:?}"));
        match write.body["title"].as_str() {
            Some(title) => assert_eq!(stored[title][0].0, id, "{write:?}"),
            None => assert_eq!(found.1, "completed", "acknowledged and undone: {write:?}"),
        }
    }
    for (write, answer) in &told.refused {
        match write.body["title"].as_str() {
            Some(title) => assert!(
                !stored.contains_key(title),
                "refused and done: {write:?} {answer:?}"
            ),
            None => {
                let id = write.body["task_id"].as_str().unwrap();
                assert_ne!(
                    by_id[id].1, "completed",
                    "refused and done: {write:?} {answer:?}"
                );
            }
        }
    }
}

/// Repeats whatever was not answered, twice, and a few of those that were.
pub fn settled(server: &Server, place: &Place, caller: &Caller, told: &mut Told) {
    let caller = Caller::at(server.word("api_url"), &caller.organization, &caller.token);
    let again = |write: &Write| {
        let answer = write.send(&caller).unwrap();
        assert!(answer.status < 300, "{write:?}: {answer:?}");
        answer
    };
    for write in std::mem::take(&mut told.unknown) {
        let first = again(&write);
        let second = again(&write);
        assert!(second.replayed, "{write:?}");
        assert_eq!(first.body, second.body);
        told.done.push((write, second));
    }
    for (write, before) in told.done.iter().rev().take(20) {
        let now = again(write);
        assert!(now.replayed, "{write:?}");
        assert_eq!(
            (now.status, &now.body),
            (before.status, &before.body),
            "{write:?}"
        );
    }
    kept(place, told);
}
