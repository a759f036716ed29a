//! Who tasks are assigned to, and the counts that follow from it.

use tallystick_db::{Result, Row, Tx, Value, args};
use tallystick_wire::Time;

use crate::guest;
use crate::in_list;
use crate::in_list::MOST;
use crate::task::rules::{Assignee, Task};

/// An assignee as found: the index of the task in its list, their place, and who they are.
pub type Found = (usize, i64, Assignee);

/// Fills in assignees and guests.
pub fn load_assignees(tx: &mut Tx<'_>, organization: &str, tasks: &mut [Task]) -> Result<()> {
    let mut found = Vec::new();
    for part in tasks.chunks_mut(MOST) {
        if part.is_empty() {
            continue;
        }
        let ids: Vec<String> = part.iter().map(|task| task.id.clone()).collect();
        let sql = in_list::sql(
            "SELECT user_id, completed_at, place, task_id FROM task_members WHERE organization_id = $1 AND task_id IN (",
            2,
            ids.len(),
            ")",
        );
        tx.each(
            &sql,
            &in_list::args(args![organization], ids.iter().map(Value::from)),
            |row| {
                let (assignee, place) = read_assignee(row)?;
                let id: String = row.take()?;
                if let Some(index) = part.iter().position(|task| task.id == id) {
                    found.push((index, place, assignee));
                }
                Ok(())
            },
        )?;
        assign(part, &mut found);
    }
    load_guests(tx, organization, tasks)
}

/// Reads `user_id, completed_at, place`.
pub fn read_assignee(row: &mut Row<'_>) -> Result<(Assignee, i64)> {
    let assignee = Assignee {
        user_id: row.take()?,
        completed_at: row.take::<Option<i64>>()?.map(Time),
    };
    Ok((assignee, row.take()?))
}

/// Gives the tasks their assignees. Sorted here: a database sorts a handful of rows no better, and sets up more for it.
pub fn assign(tasks: &mut [Task], found: &mut Vec<Found>) {
    found.sort_unstable_by_key(|(index, place, _)| (*index, *place));
    for (index, _, assignee) in found.drain(..) {
        tasks[index].assignees.push(assignee);
    }
}

/// Fills in guests.
pub fn load_guests(tx: &mut Tx<'_>, organization: &str, tasks: &mut [Task]) -> Result<()> {
    for part in tasks.chunks_mut(MOST) {
        if !part.iter().any(|task| task.has_guests) {
            continue;
        }
        let ids: Vec<String> = part.iter().map(|task| task.id.clone()).collect();
        let sql = in_list::sql(
            "SELECT x.task_id, g.email FROM tasks t JOIN task_guests x ON x.organization_id = t.organization_id AND x.task_id = t.id \
             JOIN guests g ON g.id = x.guest_id WHERE t.organization_id = $1 AND t.has_guests AND t.id IN (",
            2,
            ids.len(),
            ") ORDER BY x.task_id, x.place",
        );
        tx.each(
            &sql,
            &in_list::args(args![organization], ids.iter().map(Value::from)),
            |row| {
                let id: String = row.take()?;
                let email: String = row.take()?;
                if let Some(task) = part.iter_mut().find(|task| task.id == id) {
                    task.guests.push(email);
                }
                Ok(())
            },
        )?;
    }
    Ok(())
}

/// Stores assignees and guests, replacing those of `before`, and counts.
pub fn save_assignees(
    tx: &mut Tx<'_>,
    organization: &str,
    before: Option<&Task>,
    task: &Task,
) -> Result<()> {
    if let Some(before) = before {
        tx.run(
            "DELETE FROM task_members WHERE organization_id = $1 AND task_id = $2",
            args![organization, &task.id],
        )?;
        tx.run(
            "DELETE FROM task_guests WHERE organization_id = $1 AND task_id = $2",
            args![organization, &task.id],
        )?;
        count(tx, organization, before, -1)?;
    }
    for (place, assignee) in task.assignees.iter().enumerate() {
        tx.run(
            "INSERT INTO task_members (organization_id, task_id, user_id, place, completed_at, active, created_at, increment_id) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            args![
                organization,
                &task.id,
                assignee.user_id,
                index(place),
                assignee.completed_at.map(|time| time.0),
                task.is_active(),
                task.created_at.0,
                task.increment_id
            ],
        )?;
    }
    for (place, email) in task.guests.iter().enumerate() {
        let guest_id = guest::store::ensure(tx, organization, email, task.updated_at)?;
        tx.run(
            "INSERT INTO task_guests (organization_id, task_id, guest_id, place) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            args![organization, &task.id, guest_id, index(place)],
        )?;
    }
    count(tx, organization, task, 1)
}

/// Brings assignments and counts in line with a change of state (assignees themselves unchanged).
pub fn sync(tx: &mut Tx<'_>, organization: &str, before: &Task, task: &Task) -> Result<()> {
    if before.is_active() != task.is_active() {
        tx.later(
            "UPDATE task_members SET active = $3 WHERE organization_id = $1 AND task_id = $2",
            args![organization, &task.id, task.is_active()],
        )?;
        count(tx, organization, before, -1)?;
        count(tx, organization, task, 1)?;
    }
    for (old, new) in before.assignees.iter().zip(&task.assignees) {
        if old.completed_at != new.completed_at {
            tx.later(
                "UPDATE task_members SET completed_at = $4 WHERE organization_id = $1 AND task_id = $2 AND user_id = $3",
                args![organization, &task.id, new.user_id, new.completed_at.map(|time| time.0)],
            )?;
        }
    }
    Ok(())
}

/// Adds an active task to, or takes it from, the count of each assignee. In the order of their numbers, so that
/// two such changes cannot wait for each other.
fn count(tx: &mut Tx<'_>, organization: &str, task: &Task, by: i64) -> Result<()> {
    if !task.is_active() {
        return Ok(());
    }
    let mut users: Vec<i64> = task
        .assignees
        .iter()
        .map(|assignee| assignee.user_id)
        .collect();
    users.sort_unstable();
    for user in users {
        tx.later(
            "INSERT INTO task_counts (organization_id, user_id, active) VALUES ($1, $2, $3) \
             ON CONFLICT (organization_id, user_id) DO UPDATE SET active = task_counts.active + excluded.active",
            args![organization, user, by],
        )?;
    }
    Ok(())
}

/// How many active tasks a member has.
pub fn active_count(tx: &mut Tx<'_>, organization: &str, user_id: i64) -> Result<i64> {
    let counted = tx.maybe(
        "SELECT active FROM task_counts WHERE organization_id = $1 AND user_id = $2",
        args![organization, user_id],
        |row| row.take(),
    )?;
    Ok(counted.unwrap_or_default())
}

fn index(place: usize) -> i64 {
    i64::try_from(place).unwrap_or(i64::MAX)
}
