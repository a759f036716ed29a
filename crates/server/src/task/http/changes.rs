//! What an edit changed, field by field, for the record.

use tallystick_wire::Time;

use crate::activity::store::{Event, Subject, record_event};
use crate::http::{Call, Member, Refusal};
use crate::task::rules::Task;

/// How much of a long text is kept as what stood there before.
const OLD_MAX: usize = 1_000;

/// A field as it is told: its name, and what it holds.
type Field = (&'static str, Option<String>);

/// The fields that people change, by the names of the contract.
fn fields(task: &Task) -> [Field; 15] {
    let time = |time: Option<Time>| time.map(|time| time.to_string());
    let mut owners: Vec<String> = task
        .assignees
        .iter()
        .map(|assignee| assignee.user_id.to_string())
        .collect();
    owners.extend(task.guests.iter().cloned());
    [
        ("title", Some(task.title.clone())),
        ("summary", task.summary.clone()),
        ("owners", Some(owners.join(", "))),
        ("deadline", time(task.deadline)),
        ("started_at", time(task.started_at)),
        (
            "is_soft_start_date",
            Some(task.is_soft_start_date.to_string()),
        ),
        ("status", Some(task.status.word().to_owned())),
        ("task_type", Some(task.task_type.word().to_owned())),
        ("position", Some(task.position.to_string())),
        (
            "everyone_must_complete",
            Some(task.everyone_must_complete.to_string()),
        ),
        (
            "can_complete_only_assignees",
            Some(task.can_complete_only_assignees.to_string()),
        ),
        ("max_assignable", Some(task.max_assignable.to_string())),
        (
            "prevent_guest_comment",
            Some(task.prevent_guest_comment.to_string()),
        ),
        ("top_secret", Some(task.top_secret.to_string())),
        ("webhook", task.webhook.clone()),
    ]
}

/// Records one row for each field that changed.
pub fn record(call: &mut Call<'_, '_, Member>, before: &Task, task: &Task) -> Result<(), Refusal> {
    for ((name, old), (_, new)) in fields(before).into_iter().zip(fields(task)) {
        if old == new {
            continue;
        }
        let (verb, words) = match name {
            "owners" => ("owners-updated", "changed the assignees of".to_owned()),
            name => (
                "updated",
                format!("changed the {} of", name.replace('_', " ")),
            ),
        };
        let old = old.map(|text| text.chars().take(OLD_MAX).collect::<String>());
        let event = Event {
            field: Some((name, old.as_deref())),
            description: Some(&format!("{words} the task \"{}\"", task.title)),
            ..Event::new(Subject::Task, &task.id, verb)
        };
        record_event(call, &event)?;
    }
    Ok(())
}
