//! The SQL of tasks, organisation first in every statement.

mod assign;
mod bin;
mod guest;

use const_format::concatcp;
use tallystick_db::{DbError, Result, Row, Tx, args};
use tallystick_wire::Time;
use tallystick_wire::task::{TaskStatus, TaskType};

use crate::instance;
use crate::task::rules::Task;
use crate::thread::{self, Subject};

pub use assign::{
    active_count, assign, load_assignees, load_guests, read_assignee, save_assignees, sync,
};
pub use bin::{restore_from_bin, throw_away};
pub use guest::{detach_guest, hand_over, open_of_guest};

/// The columns of a task, in the order [`read`] takes them.
pub const COLUMNS: &str = "t.id, t.increment_id, t.title, t.summary, t.task_type, t.status, t.is_approved, t.position, \
    t.started_at, t.deadline, t.is_soft_start_date, t.everyone_must_complete, t.can_complete_only_assignees, \
    t.max_assignable, t.prevent_guest_comment, t.top_secret, t.webhook, t.starter_id, t.completer_id, t.completed_at, \
    t.archived_at, t.created_at, t.updated_at, t.has_guests, t.problem, t.has_mentions";

/// Reads a row of [`COLUMNS`]. Assignees are loaded apart: [`load_assignees`].
pub fn read(row: &mut Row<'_>) -> Result<Task> {
    let time = |value: Option<i64>| value.map(Time);
    Ok(Task {
        id: row.take()?,
        increment_id: row.take()?,
        title: row.take()?,
        summary: row.take()?,
        task_type: word(&row.take::<String>()?, TaskType::read)?,
        status: word(&row.take::<String>()?, TaskStatus::read)?,
        is_approved: row.take()?,
        position: row.take()?,
        started_at: time(row.take()?),
        deadline: time(row.take()?),
        is_soft_start_date: row.take()?,
        everyone_must_complete: row.take()?,
        can_complete_only_assignees: row.take()?,
        max_assignable: row.take()?,
        prevent_guest_comment: row.take()?,
        top_secret: row.take()?,
        webhook: row.take()?,
        starter_id: row.take()?,
        completer_id: row.take()?,
        completed_at: time(row.take()?),
        archived_at: time(row.take()?),
        created_at: Time(row.take()?),
        updated_at: Time(row.take()?),
        has_guests: row.take()?,
        problem: row.take()?,
        has_mentions: row.take()?,
        mentioned: Vec::new(),
        assignees: Vec::new(),
        guests: Vec::new(),
    })
}

fn word<T>(text: &str, read: impl Fn(&str) -> Option<T>) -> Result<T> {
    read(text).ok_or_else(|| DbError::Decode(format!("the word {text:.40} in a task")))
}

const ONE: &str = concatcp!(
    "SELECT ",
    COLUMNS,
    " FROM tasks t WHERE t.organization_id = $1 AND t.id = $2"
);

/// One task with its assignees.
pub fn get(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<Option<Task>> {
    find(tx, organization, id, ONE)
}

/// One task, held until the transaction ends: what is decided on it stays true.
pub fn get_to_change(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<Option<Task>> {
    find(tx, organization, id, concatcp!(ONE, " /*lock t*/"))
}

fn find(tx: &mut Tx<'_>, organization: &str, id: &str, sql: &str) -> Result<Option<Task>> {
    let (mut tasks, mut found) = (Vec::new(), Vec::new());
    // After the lock, in a statement of its own: what a joined row says would be as old as the wait for the lock.
    tx.each_of_two(
        (sql, args![organization, id]),
        |row| {
            tasks.push(read(row)?);
            Ok(())
        },
        (
            "SELECT user_id, completed_at, place FROM task_members WHERE organization_id = $1 AND task_id = $2",
            args![organization, id],
        ),
        |row| {
            let (assignee, place) = read_assignee(row)?;
            found.push((0, place, assignee));
            Ok(())
        },
    )?;
    if tasks.is_empty() {
        return Ok(None);
    }
    assign(&mut tasks, &mut found);
    load_guests(tx, organization, &mut tasks)?;
    let mut task = tasks.pop();
    if let Some(task) = task.as_mut().filter(|task| task.has_mentions) {
        task.mentioned = thread::store::mentioned(tx, organization, Subject::Task, id)?;
    }
    Ok(task)
}

/// The next running number of an organisation's tasks.
pub fn next_increment(tx: &mut Tx<'_>, organization: &str) -> Result<i64> {
    instance::next_number(tx, organization, "tasks", 1)
}

/// Stores a new task with its assignees.
pub fn insert(tx: &mut Tx<'_>, organization: &str, task: &Task) -> Result<()> {
    tx.run(
        "INSERT INTO tasks (organization_id, id, increment_id, title, title_folded, summary, task_type, status, is_approved, \
            position, started_at, deadline, is_soft_start_date, everyone_must_complete, can_complete_only_assignees, \
            max_assignable, prevent_guest_comment, top_secret, webhook, has_guests, starter_id, completer_id, completed_at, \
            archived_at, created_at, updated_at, problem, has_mentions) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, \
            $27, $28)",
        args![
            organization,
            &task.id,
            task.increment_id,
            &task.title,
            task.title.to_lowercase(),
            task.summary.as_ref(),
            task.task_type.word(),
            task.status.word(),
            task.is_approved,
            task.position,
            task.started_at.map(|time| time.0),
            task.deadline.map(|time| time.0),
            task.is_soft_start_date,
            task.everyone_must_complete,
            task.can_complete_only_assignees,
            task.max_assignable,
            task.prevent_guest_comment,
            task.top_secret,
            task.webhook.as_ref(),
            !task.guests.is_empty(),
            task.starter_id,
            task.completer_id,
            task.completed_at.map(|time| time.0),
            task.archived_at.map(|time| time.0),
            task.created_at.0,
            task.updated_at.0,
            task.problem,
            task.has_mentions
        ],
    )?;
    save_assignees(tx, organization, None, task)
}

/// Stores what a completion, a reopening or an issue changed.
pub fn update_state(tx: &mut Tx<'_>, organization: &str, before: &Task, task: &Task) -> Result<()> {
    tx.later(
        "UPDATE tasks SET status = $3, is_approved = $4, completer_id = $5, completed_at = $6, archived_at = $7, updated_at = $8, \
            problem = $9, has_mentions = $10 WHERE organization_id = $1 AND id = $2",
        args![
            organization,
            &task.id,
            task.status.word(),
            task.is_approved,
            task.completer_id,
            task.completed_at.map(|time| time.0),
            task.archived_at.map(|time| time.0),
            task.updated_at.0,
            task.problem,
            task.has_mentions
        ],
    )?;
    sync(tx, organization, before, task)
}

/// Stores everything that an edit may have changed.
pub fn update(tx: &mut Tx<'_>, organization: &str, before: &Task, task: &Task) -> Result<()> {
    tx.run(
        "UPDATE tasks SET title = $3, title_folded = $4, summary = $5, task_type = $6, position = $7, started_at = $8, \
            deadline = $9, is_soft_start_date = $10, everyone_must_complete = $11, can_complete_only_assignees = $12, \
            max_assignable = $13, prevent_guest_comment = $14, top_secret = $15, webhook = $16, has_guests = $17 \
         WHERE organization_id = $1 AND id = $2",
        args![
            organization,
            &task.id,
            &task.title,
            task.title.to_lowercase(),
            task.summary.as_ref(),
            task.task_type.word(),
            task.position,
            task.started_at.map(|time| time.0),
            task.deadline.map(|time| time.0),
            task.is_soft_start_date,
            task.everyone_must_complete,
            task.can_complete_only_assignees,
            task.max_assignable,
            task.prevent_guest_comment,
            task.top_secret,
            task.webhook.as_ref(),
            !task.guests.is_empty()
        ],
    )?;
    if before.assignees != task.assignees || before.guests != task.guests {
        save_assignees(tx, organization, Some(before), task)?;
        let unassigned = Task {
            assignees: task.assignees.clone(),
            ..before.clone()
        };
        return update_state(tx, organization, &unassigned, task);
    }
    update_state(tx, organization, before, task)
}
