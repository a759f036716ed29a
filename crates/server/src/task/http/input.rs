//! A task's fields from a request into the task, with every fault named.

use jiff::tz::TimeZone;
use tallystick_wire::Time;
use tallystick_wire::patch::Patch;
use tallystick_wire::task::{OwnersInput, TITLE_MAX, TaskInput, TaskStatus, TaskType};
use tallystick_wire::time::{self, Written};

use crate::guest;
use crate::http::{Call, Member, Problems, Refusal};
use crate::member;
use crate::organisation::store::Calendar;
use crate::organisation::worktime;
use crate::rich_text;
use crate::task::rules::{Assignee, Task};

/// Longest description, in characters.
const SUMMARY_MAX: usize = 100_000;
/// Longest web address, in characters.
const ADDRESS_MAX: usize = 2_048;
/// Most assignees of one task.
const MOST_ASSIGNEES: usize = 1_000;

/// What happens to a deadline that lies outside of working hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moving {
    /// It stays: somebody who makes a task says when it is due.
    AsGiven,
    /// It moves forward to the next working moment (contract: runtime, section 4.5).
    IntoWorkingHours,
}

/// Writes every field that was sent into `task`.
pub fn apply(
    call: &mut Call<'_, '_, Member>,
    task: &mut Task,
    input: &TaskInput,
    calendar: &Calendar,
    moving: Moving,
    problems: &mut Problems,
) -> Result<(), Refusal> {
    texts(task, input, problems);
    kinds(task, input, problems);
    let zone = worktime::zone(calendar);
    if let Some(deadline) = date("deadline", &input.deadline, task.deadline, &zone, problems) {
        task.deadline = deadline.map(|deadline| match moving {
            Moving::AsGiven => deadline,
            Moving::IntoWorkingHours => worktime::next_working_moment(calendar, deadline),
        });
    }
    if let Some(started_at) = date(
        "started_at",
        &input.started_at,
        task.started_at,
        &zone,
        problems,
    ) {
        task.started_at = started_at;
    }
    flag(&input.is_soft_start_date, &mut task.is_soft_start_date);
    flag(
        &input.everyone_must_complete,
        &mut task.everyone_must_complete,
    );
    flag(
        &input.can_complete_only_assignees,
        &mut task.can_complete_only_assignees,
    );
    flag(
        &input.prevent_guest_comment,
        &mut task.prevent_guest_comment,
    );
    flag(&input.top_secret, &mut task.top_secret);
    number(
        "max_assignable",
        &input.max_assignable,
        0,
        &mut task.max_assignable,
        problems,
    );
    number("position", &input.position, 1, &mut task.position, problems);
    let owners = if input.owners.is_sent() {
        &input.owners
    } else {
        &input.assignees
    };
    if owners.is_sent() {
        assign(call, task, owners.as_value(), problems)?;
    }
    let assigned = i64::try_from(task.assignees.len() + task.guests.len()).unwrap_or(i64::MAX);
    if task.max_assignable > 0 && assigned > task.max_assignable {
        problems.add(
            "owners",
            format!(
                "This task can be assigned to at most {}",
                task.max_assignable
            ),
        );
    }
    Ok(())
}

fn texts(task: &mut Task, input: &TaskInput, problems: &mut Problems) {
    let title = if input.title.is_sent() {
        &input.title
    } else {
        &input.name
    };
    match title {
        Patch::Absent => {}
        Patch::Null => problems.add("title", "The title field is required"),
        Patch::Value(title) => {
            let title = title.0.trim();
            if title.is_empty() {
                problems.add("title", "The title field is required");
            } else if title.chars().count() > TITLE_MAX {
                problems.add(
                    "title",
                    format!("The title must not be longer than {TITLE_MAX} characters"),
                );
            }
            task.title = title.to_owned();
        }
    }
    let summary = if input.summary.is_sent() {
        &input.summary
    } else {
        &input.description
    };
    match summary {
        Patch::Absent => {}
        Patch::Null => task.summary = None,
        Patch::Value(text) if text.chars().count() > SUMMARY_MAX => {
            problems.add(
                "summary",
                format!("The summary must not be longer than {SUMMARY_MAX} characters"),
            );
        }
        Patch::Value(text) => task.summary = Some(rich_text::clean(text)),
    }
    match &input.webhook {
        Patch::Absent => {}
        Patch::Null => task.webhook = None,
        Patch::Value(address) => {
            let fits = (address.starts_with("https://") || address.starts_with("http://"))
                && address.len() <= ADDRESS_MAX;
            if !fits
                || address
                    .chars()
                    .any(|letter| letter.is_whitespace() || letter.is_control())
            {
                problems.add(
                    "webhook",
                    format!(
                        "The webhook must be a web address of at most {ADDRESS_MAX} characters"
                    ),
                );
            }
            task.webhook = Some(address.clone());
        }
    }
}

fn kinds(task: &mut Task, input: &TaskInput, problems: &mut Problems) {
    if let Patch::Value(word) = &input.task_type {
        match TaskType::read(word) {
            Some(kind) => task.task_type = kind,
            None => {
                let words: Vec<&str> = TaskType::WORDS.iter().map(|(_, word)| *word).collect();
                problems.add(
                    "task_type",
                    format!("The task_type must be one of {}", words.join(", ")),
                );
            }
        }
    }
    if let Patch::Value(word) = &input.status {
        match TaskStatus::read(word) {
            Some(status @ (TaskStatus::NotStarted | TaskStatus::InProgress)) => {
                task.status = status
            }
            Some(TaskStatus::Completed) => {
                problems.add("status", "Complete a task with POST completed-tasks")
            }
            Some(TaskStatus::AutoSkipped) => {
                problems.add("status", "A one-off task cannot be hidden; archive it")
            }
            None => problems.add("status", "The status must be not-started or in-progress"),
        }
    }
}

/// `None` when the field was not sent or cannot be read.
fn date(
    name: &str,
    field: &Patch<String>,
    stored: Option<Time>,
    zone: &TimeZone,
    problems: &mut Problems,
) -> Option<Option<Time>> {
    let text = match field {
        Patch::Absent => return None,
        Patch::Null => return Some(None),
        Patch::Value(text) => text,
    };
    // Clients send back what they were shown, which has no microseconds: that is no change.
    if stored.is_some_and(|stored| stored.to_string() == *text) {
        return None;
    }
    match time::parse(text) {
        Some(Written::Moment(moment)) => Some(Some(moment)),
        Some(Written::Day(day)) => Some(Some(time::start_of(day, zone))),
        None => {
            problems.add(name, format!("The {name} field {}", time::EXPECTED));
            None
        }
    }
}

fn flag(field: &Patch<tallystick_wire::lenient::Flag>, place: &mut bool) {
    if let Patch::Value(flag) = field {
        *place = flag.0;
    }
}

fn number(
    name: &str,
    field: &Patch<tallystick_wire::lenient::Int>,
    least: i64,
    place: &mut i64,
    problems: &mut Problems,
) {
    if let Patch::Value(number) = field {
        if (least..=1_000_000).contains(&number.0) {
            *place = number.0;
        } else {
            problems.add(
                name,
                format!("The {name} must be between {least} and 1000000"),
            );
        }
    }
}

fn assign(
    call: &mut Call<'_, '_, Member>,
    task: &mut Task,
    owners: Option<&OwnersInput>,
    problems: &mut Problems,
) -> Result<(), Refusal> {
    let empty = OwnersInput::default();
    let owners = owners.unwrap_or(&empty);
    if owners
        .groups
        .as_value()
        .is_some_and(|groups| !groups.is_empty())
    {
        problems.add(
            "owners.groups.0",
            "There is no such group in this organization",
        );
    }
    let mut wanted: Vec<i64> = Vec::new();
    for entry in owners.users.as_value().into_iter().flatten() {
        let id = entry
            .0
            .as_i64()
            .or_else(|| entry.0.as_str().and_then(|text| text.trim().parse().ok()));
        wanted.extend(id.filter(|id| !wanted.contains(id)));
    }
    let mut guests: Vec<String> = Vec::new();
    for email in owners.guests.as_value().into_iter().flatten() {
        let email = member::store::fold(email);
        if !guests.contains(&email) {
            guests.push(email);
        }
    }
    if wanted.len() + guests.len() > MOST_ASSIGNEES {
        problems.add(
            "owners",
            format!("A task can be assigned to at most {MOST_ASSIGNEES}"),
        );
        return Ok(());
    }
    let kept: Vec<i64> = task
        .assignees
        .iter()
        .map(|assignee| assignee.user_id)
        .collect();
    let fresh: Vec<i64> = wanted
        .iter()
        .copied()
        .filter(|id| !kept.contains(id))
        .collect();
    let known = member::store::assignable(call.tx, &call.caller.organization, &fresh)?;
    for (index, id) in wanted.iter().enumerate() {
        if !kept.contains(id) && !known.contains(id) {
            problems.add(
                &format!("owners.users.{index}"),
                format!("There is no member {id} in this organization"),
            );
        }
    }
    for (index, email) in guests.iter().enumerate() {
        let field = format!("owners.guests.{index}");
        if !looks_like_an_address(email) {
            problems.add(&field, "A guest must be an e-mail address");
        } else if guest::store::is_member(call.tx, &call.caller.organization, email)? {
            problems.add(
                &field,
                "This address belongs to a member; assign the member instead",
            );
        }
    }
    // A task for guests only has a member as supervisor: who started it (contract: runtime, section 4.5).
    if wanted.is_empty() && !guests.is_empty() {
        wanted.push(task.starter_id);
    }
    let before = std::mem::take(&mut task.assignees);
    task.assignees = wanted
        .into_iter()
        .map(|user_id| {
            before
                .iter()
                .find(|assignee| assignee.user_id == user_id)
                .copied()
                .unwrap_or(Assignee {
                    user_id,
                    completed_at: None,
                })
        })
        .collect();
    task.guests = guests;
    Ok(())
}

fn looks_like_an_address(email: &str) -> bool {
    let parts = email.split_once('@');
    email.len() <= 254
        && parts.is_some_and(|(name, host)| {
            !name.is_empty() && host.contains('.') && !host.contains('@')
        })
        && !email
            .chars()
            .any(|letter| letter.is_whitespace() || letter.is_control())
}

/// What cannot be kept is refused, never dropped in silence.
pub fn refuse_what_has_no_room_yet(input: &TaskInput, problems: &mut Problems) {
    if input.run_id.as_value().is_some() {
        problems.add("run_id", "There is no such process in this organization");
    }
    let is_filled = |value: &serde_json::Value| match value {
        serde_json::Value::Array(items) => !items.is_empty(),
        serde_json::Value::Null => false,
        _ => true,
    };
    if input
        .form_fields
        .as_value()
        .is_some_and(|fields| is_filled(&fields.0))
    {
        problems.add(
            "form_fields",
            "Form fields on one-off tasks are not served by this version",
        );
    }
    if input
        .separate_task_for_each_assignee
        .as_value()
        .is_some_and(|flag| flag.0)
    {
        problems.add(
            "separate_task_for_each_assignee",
            "One task for each assignee needs processes, which are not served by this version",
        );
    }
    if input
        .taskdata
        .as_value()
        .is_some_and(|data| !data.0.is_object() && is_filled(&data.0))
    {
        problems.add("taskdata", "The taskdata must be an object");
    }
}
