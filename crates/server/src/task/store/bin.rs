//! Deleting a task for good, and bringing it back from the bin.

use tallystick_db::{DbError, Result, Tx, args};
use tallystick_wire::Time;
use tallystick_wire::tag::SubjectType;

use crate::bin::{self, Thrown};
use crate::task::rules::Task;
use crate::task::store::{insert, sync};
use crate::{folder, tag};

/// What a task is called in the bin.
const KIND: &str = "task";

/// Deletes a task with its assignments; it rests in the bin.
pub fn throw_away(
    tx: &mut Tx<'_>,
    organization: &str,
    task: &Task,
    by: i64,
    now: Time,
) -> Result<()> {
    let content = serde_json::to_string(task).map_err(|error| DbError::Other(error.to_string()))?;
    let thrown = Thrown {
        organization: organization.to_owned(),
        kind: KIND.to_owned(),
        id: task.id.clone(),
        title: task.title.clone(),
        deleted_at: now,
    };
    bin::put(tx, &thrown, &content, by)?;
    let gone = Task {
        archived_at: Some(now),
        ..task.clone()
    };
    sync(tx, organization, task, &gone)?;
    folder::store::forget_subject(tx, organization, SubjectType::Task, &task.id)?;
    tag::store::forget_subject(tx, organization, SubjectType::Task, &task.id)?;
    tx.run(
        "DELETE FROM tasks WHERE organization_id = $1 AND id = $2",
        args![organization, &task.id],
    )?;
    Ok(())
}

/// Takes a task out of the bin again; false when it is not there.
pub fn restore_from_bin(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<bool> {
    let Some(content) = bin::take(tx, organization, KIND, id)? else {
        return Ok(false);
    };
    let task: Task =
        serde_json::from_str(&content).map_err(|error| DbError::Decode(error.to_string()))?;
    insert(tx, organization, &task)?;
    Ok(true)
}
