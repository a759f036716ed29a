//! The SQL of threads, the organisation first in every statement.

use std::collections::BTreeMap;

use tallystick_db::{DbError, Result, Row, Tx, Value, args};
use tallystick_wire::Time;
use tallystick_wire::thread::{AuthorType, Label, State};

use crate::in_list;
use crate::member;
use crate::thread::{Subject, mention};

/// A comment or an issue as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "the names are those of the Comment object, which explains them"
)]
pub struct Thread {
    pub id: String,
    pub subject: Subject,
    pub subject_id: String,
    /// Cleaned, with mentions as they were written.
    pub content: String,
    pub label: Label,
    pub state: State,
    pub author_type: AuthorType,
    pub author_id: Option<i64>,
    pub resolve_id: Option<String>,
    pub created_at: Time,
    pub updated_at: Time,
}

impl Thread {
    /// Whether it is an issue that nobody has resolved.
    #[must_use]
    pub const fn is_open_issue(&self) -> bool {
        matches!(self.label, Label::Problem) && self.resolve_id.is_none()
    }
}

const COLUMNS: &str = "id, subject_id, content, label, state, author_type, author_id, resolve_id, created_at, updated_at";

fn read(row: &mut Row<'_>, subject: Subject) -> Result<Thread> {
    Ok(Thread {
        subject,
        id: row.take()?,
        subject_id: row.take()?,
        content: row.take()?,
        label: word(&row.take::<String>()?, Label::read)?,
        state: word(&row.take::<String>()?, State::read)?,
        author_type: word(&row.take::<String>()?, AuthorType::read)?,
        author_id: row.take()?,
        resolve_id: row.take()?,
        created_at: Time(row.take()?),
        updated_at: Time(row.take()?),
    })
}

fn word<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Result<T> {
    read(text).ok_or_else(|| DbError::Decode(format!("the word {text:.40} in a thread")))
}

/// Which threads a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// Comments and issues.
    All,
    /// Without issues.
    Comments,
    /// Issues only.
    Issues,
}

/// What was said about several things at once, the oldest first; of each thing the latest `most`.
pub fn of_subjects(
    tx: &mut Tx<'_>,
    organization: &str,
    subject: Subject,
    ids: &[String],
    which: Which,
    most: i64,
) -> Result<Vec<Thread>> {
    let narrowed = match which {
        Which::All => "",
        Which::Comments => " AND label <> 'problem'",
        Which::Issues => " AND label = 'problem'",
    };
    let mut found = Vec::new();
    for part in ids.chunks(in_list::MOST) {
        let sql = in_list::sql(
            &format!(
                "SELECT {COLUMNS} FROM (SELECT {COLUMNS}, \
                    ROW_NUMBER() OVER (PARTITION BY subject_id ORDER BY created_at DESC, id DESC) AS place \
                 FROM threads WHERE organization_id = $1 AND subject_type = $2 AND archived_at IS NULL{narrowed} AND subject_id IN ("
            ),
            4,
            part.len(),
            ")) latest WHERE place <= $3 ORDER BY created_at, id",
        );
        let values = in_list::args(
            args![organization, subject.word(), most],
            part.iter().map(Value::from),
        );
        tx.each(&sql, &values, |row| {
            found.push(read(row, subject)?);
            Ok(())
        })?;
    }
    Ok(found)
}

/// How much was said about each of several things.
pub fn counts(
    tx: &mut Tx<'_>,
    organization: &str,
    subject: Subject,
    ids: &[String],
) -> Result<BTreeMap<String, i64>> {
    let mut counts = BTreeMap::new();
    for part in ids.chunks(in_list::MOST) {
        let sql = in_list::sql(
            "SELECT subject_id, count(*) FROM threads \
             WHERE organization_id = $1 AND subject_type = $2 AND archived_at IS NULL AND subject_id IN (",
            3,
            part.len(),
            ") GROUP BY subject_id",
        );
        let values = in_list::args(
            args![organization, subject.word()],
            part.iter().map(Value::from),
        );
        tx.each(&sql, &values, |row| {
            counts.insert(row.take()?, row.take()?);
            Ok(())
        })?;
    }
    Ok(counts)
}

/// One thread about this thing, held until the transaction ends.
pub fn get_to_change(
    tx: &mut Tx<'_>,
    organization: &str,
    subject: Subject,
    subject_id: &str,
    id: &str,
) -> Result<Option<Thread>> {
    tx.maybe(
        "SELECT id, subject_id, content, label, state, author_type, author_id, resolve_id, created_at, updated_at FROM threads t \
         WHERE organization_id = $1 AND subject_type = $2 AND subject_id = $3 AND id = $4 AND archived_at IS NULL /*lock t*/",
        args![organization, subject.word(), subject_id, id],
        |row| read(row, subject),
    )
}

/// Some threads by their ids, whatever they are about; what was deleted is missing.
pub fn contents(
    tx: &mut Tx<'_>,
    organization: &str,
    ids: &[String],
) -> Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for part in ids.chunks(in_list::MOST) {
        let sql = in_list::sql(
            "SELECT id, content FROM threads WHERE organization_id = $1 AND archived_at IS NULL AND id IN (",
            2,
            part.len(),
            ")",
        );
        let values = in_list::args(args![organization], part.iter().map(Value::from));
        tx.each(&sql, &values, |row| {
            found.insert(row.take()?, row.take()?);
            Ok(())
        })?;
    }
    let names = names(tx, organization, found.values().map(String::as_str))?;
    for content in found.values_mut() {
        *content = mention::shown(content, &names);
    }
    Ok(found)
}

/// Stores a new thread and whom it mentions.
pub fn insert(
    tx: &mut Tx<'_>,
    organization: &str,
    thread: &Thread,
    mentioned: &[i64],
) -> Result<()> {
    tx.run(
        "INSERT INTO threads (organization_id, id, subject_type, subject_id, content, label, state, author_type, author_id, \
            resolve_id, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        args![
            organization,
            &thread.id,
            thread.subject.word(),
            &thread.subject_id,
            &thread.content,
            thread.label.word(),
            thread.state.word(),
            thread.author_type.word(),
            thread.author_id,
            thread.resolve_id.as_ref(),
            thread.created_at.0,
            thread.updated_at.0
        ],
    )?;
    mention(tx, organization, thread, mentioned)
}

/// Stores what an edit changed.
pub fn update(
    tx: &mut Tx<'_>,
    organization: &str,
    thread: &Thread,
    mentioned: &[i64],
) -> Result<()> {
    tx.run(
        "UPDATE threads SET content = $3, label = $4, state = $5, updated_at = $6 WHERE organization_id = $1 AND id = $2",
        args![
            organization,
            &thread.id,
            &thread.content,
            thread.label.word(),
            thread.state.word(),
            thread.updated_at.0
        ],
    )?;
    forget_mentions(tx, organization, &thread.id)?;
    mention(tx, organization, thread, mentioned)
}

fn forget_mentions(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<()> {
    tx.later(
        "DELETE FROM thread_mentions WHERE organization_id = $1 AND thread_id = $2",
        args![organization, id],
    )
}

fn mention(tx: &mut Tx<'_>, organization: &str, thread: &Thread, users: &[i64]) -> Result<()> {
    for user in users {
        tx.later(
            "INSERT INTO thread_mentions (organization_id, thread_id, user_id, subject_type, subject_id) VALUES ($1, $2, $3, $4, $5)",
            args![organization, &thread.id, *user, thread.subject.word(), &thread.subject_id],
        )?;
    }
    Ok(())
}

/// Marks an issue as resolved by a comment; false when it is no open issue of this thing.
pub fn resolve(tx: &mut Tx<'_>, organization: &str, issue: &str, by: &Thread) -> Result<bool> {
    let changed = tx.run(
        "UPDATE threads SET resolve_id = $5, updated_at = $6 WHERE organization_id = $1 AND subject_type = $2 AND subject_id = $3 \
         AND id = $4 AND label = 'problem' AND resolve_id IS NULL AND archived_at IS NULL",
        args![organization, by.subject.word(), &by.subject_id, issue, &by.id, by.created_at.0],
    )?;
    Ok(changed > 0)
}

/// Deletes a thread. Who was mentioned in it only is not, any more.
pub fn throw_away(tx: &mut Tx<'_>, organization: &str, id: &str, now: Time) -> Result<()> {
    tx.run(
        "UPDATE threads SET archived_at = $3 WHERE organization_id = $1 AND id = $2",
        args![organization, id, now.0],
    )?;
    forget_mentions(tx, organization, id)
}

/// Whether an issue is open on this thing, and whether somebody is mentioned there.
pub fn standing(
    tx: &mut Tx<'_>,
    organization: &str,
    subject: Subject,
    id: &str,
) -> Result<(bool, bool)> {
    tx.one(
        "SELECT EXISTS (SELECT 1 FROM threads WHERE organization_id = $1 AND subject_type = $2 AND subject_id = $3 \
                AND label = 'problem' AND resolve_id IS NULL AND archived_at IS NULL), \
            EXISTS (SELECT 1 FROM thread_mentions WHERE organization_id = $1 AND subject_type = $2 AND subject_id = $3)",
        args![organization, subject.word(), id],
        |row| Ok((row.take()?, row.take()?)),
    )
}

/// The members mentioned on one thing.
pub fn mentioned(
    tx: &mut Tx<'_>,
    organization: &str,
    subject: Subject,
    id: &str,
) -> Result<Vec<i64>> {
    tx.all(
        "SELECT DISTINCT user_id FROM thread_mentions WHERE organization_id = $1 AND subject_type = $2 AND subject_id = $3 ORDER BY user_id",
        args![organization, subject.word(), id],
        |row| row.take(),
    )
}

/// The names of all members that these texts mention.
pub fn names<'a>(
    tx: &mut Tx<'_>,
    organization: &str,
    contents: impl Iterator<Item = &'a str>,
) -> Result<BTreeMap<i64, String>> {
    let mut numbers: Vec<i64> = contents.flat_map(mention::numbers).collect();
    numbers.sort_unstable();
    numbers.dedup();
    member::store::names(tx, organization, &numbers)
}

/// Ends what was deleted long enough ago, and what was said about things whose time in the bin is over.
pub fn empty_old(tx: &mut Tx<'_>, before: Time) -> Result<u64> {
    let gone = tx.run(
        "DELETE FROM threads WHERE EXISTS (SELECT 1 FROM recycle_bin b WHERE b.organization_id = threads.organization_id \
         AND b.kind = threads.subject_type AND b.id = threads.subject_id AND b.deleted_at < $1)",
        args![before.0],
    )?;
    let deleted = tx.run(
        "DELETE FROM threads WHERE archived_at < $1",
        args![before.0],
    )?;
    Ok(gone + deleted)
}
