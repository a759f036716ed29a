//! What becomes of a guest's tasks when the guest leaves.

use tallystick_db::{Result, Tx, args};
use tallystick_wire::Time;

use crate::guest::rules::Guest;
use crate::task::rules::{Assignee, Task};
use crate::task::store::{get_to_change, update};

/// The tasks that wait for a guest.
pub fn open_of_guest(tx: &mut Tx<'_>, organization: &str, guest_id: i64) -> Result<Vec<String>> {
    tx.all(
        "SELECT t.id FROM task_guests x JOIN tasks t ON t.organization_id = x.organization_id AND t.id = x.task_id \
         WHERE x.organization_id = $1 AND x.guest_id = $2 AND t.status IN ('not-started', 'in-progress') AND t.archived_at IS NULL \
         ORDER BY t.id",
        args![organization, guest_id],
        |row| row.take(),
    )
}

/// Takes a guest off every task that is not finished, archived ones included.
pub fn detach_guest(tx: &mut Tx<'_>, organization: &str, guest: &Guest, now: Time) -> Result<()> {
    change_open(tx, organization, guest, now, |_| {})
}

/// Gives a member what a guest had to do.
pub fn hand_over(
    tx: &mut Tx<'_>,
    organization: &str,
    guest: &Guest,
    user_id: i64,
    now: Time,
) -> Result<()> {
    change_open(tx, organization, guest, now, |task| {
        if !task.is_assigned_to(user_id) {
            task.assignees.push(Assignee {
                user_id,
                completed_at: None,
            });
        }
    })
}

fn change_open(
    tx: &mut Tx<'_>,
    organization: &str,
    guest: &Guest,
    now: Time,
    change: impl Fn(&mut Task),
) -> Result<()> {
    let ids: Vec<String> = tx.all(
        "SELECT t.id FROM task_guests x JOIN tasks t ON t.organization_id = x.organization_id AND t.id = x.task_id \
         WHERE x.organization_id = $1 AND x.guest_id = $2 AND t.status <> 'completed' ORDER BY t.id",
        args![organization, guest.id],
        |row| row.take(),
    )?;
    for id in ids {
        // Somebody may have finished or deleted it while this waited for it.
        let Some(before) = get_to_change(tx, organization, &id)?.filter(|task| !task.is_finished())
        else {
            continue;
        };
        let mut task = before.clone();
        task.guests.retain(|email| *email != guest.email);
        change(&mut task);
        task.updated_at = now;
        update(tx, organization, &before, &task)?;
    }
    Ok(())
}
