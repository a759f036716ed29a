//! Parts of a template in words.

use tallystick_wire::template::{Assignees, StepDeadline};

use super::Names;
use crate::template::evaluate::condition::{any_of, wanted};
use crate::template::model::{Action, Condition, Operation, Target, TargetKind, Verb};
use crate::template::parts::Parts;

/// Everybody by name; a member who is gone by their number.
pub fn people(people: &Assignees, names: &Names) -> Vec<String> {
    let users = people.users.iter().map(|id| {
        let name = names.get(id).cloned();
        name.unwrap_or_else(|| format!("member {id}"))
    });
    let groups = people.groups.iter().map(|id| format!("group {id}"));
    users
        .chain(people.guests.iter().cloned())
        .chain(groups)
        .collect()
}

fn span(value: i64, unit: &str) -> String {
    let one = unit.strip_suffix('s').unwrap_or(unit);
    if value == 1 {
        format!("1 {one}")
    } else {
        format!("{value} {one}s")
    }
}

/// When a step is due.
pub fn deadline(deadline: &StepDeadline, parts: &Parts<'_>) -> String {
    let long = span(deadline.value, &deadline.unit);
    let before = deadline.option == "prior_to";
    let anchor = match deadline.step.as_deref() {
        None | Some("start_run") => "the launch".to_owned(),
        Some(id) => {
            let what = if before { "is due" } else { "is completed" };
            let title = parts.step(id).map_or(id, |step| &step.title);
            format!("“{title}” {what}")
        }
    };
    let side = if before { "before" } else { "after" };
    format!("{long} {side} {anchor}")
}

fn named(target: &Target, parts: &Parts<'_>) -> String {
    let title = match target.kind {
        TargetKind::Step => parts.step(&target.id).map(|step| &step.title),
        _ => parts.field(target).map(|field| &field.label),
    };
    title.map_or_else(
        || "something that is gone".to_owned(),
        |title| format!("“{title}”"),
    )
}

/// A condition.
pub fn condition(condition: &Condition, parts: &Parts<'_>) -> String {
    let of = named(&condition.of, parts);
    let statement = &condition.statement.0;
    let values = match condition.operation {
        Operation::EqualsAny => any_of(statement),
        _ => wanted(statement),
    };
    let value = values.iter().map(|value| format!("“{value}”"));
    let value = value.collect::<Vec<_>>().join(" or ");
    let column = condition.column.as_ref();
    let column = column.map_or_else(String::new, |name| format!(" in the column “{name}”"));
    let clause = || match values.first().map(String::as_str) {
        Some("on-time" | "on_time") => " on time",
        Some("early_24" | "early-24") => " a day early",
        Some("late_24" | "late-24") => " a day late",
        _ => "",
    };
    match condition.operation {
        Operation::Completed => format!("{of} is completed{}", clause()),
        Operation::Reopened => format!("{of} is reopened{}", clause()),
        Operation::Approved => format!("{of} is approved{}", clause()),
        Operation::Rejected => format!("{of} is rejected{}", clause()),
        Operation::Acknowledged => format!("{of} is acknowledged{}", clause()),
        Operation::Expired => format!("{of} expires{}", clause()),
        Operation::NotAssigned => format!("nobody has {of}"),
        Operation::Contains => format!("{of} contains {value}{column}"),
        Operation::NotContains => format!("{of} does not contain {value}{column}"),
        Operation::Equals | Operation::EqualsAny => format!("{of} is {value}"),
        Operation::NotEquals => format!("{of} is not {value}"),
        Operation::GreaterThan => format!("{of} is more than {value}"),
        Operation::LessThan => format!("{of} is less than {value}"),
        Operation::IsEmpty => format!("{of} is empty"),
        Operation::IsNotEmpty => format!("{of} is answered"),
    }
}

/// All conditions of a rule, as they are joined.
pub fn conditions(all: &[Condition], parts: &Parts<'_>) -> String {
    let mut out = String::new();
    for (index, each) in all.iter().enumerate() {
        if index > 0 {
            out.push_str(&format!(" {} ", each.logic.word()));
        }
        out.push_str(&condition(each, parts));
    }
    out
}

/// An action, as what is to be done.
pub fn action(action: &Action, parts: &Parts<'_>, names: &Names) -> String {
    let step = action.step.as_deref().and_then(|id| parts.step(id));
    let step = step.map_or_else(
        || "a step that is gone".to_owned(),
        |step| format!("“{}”", step.title),
    );
    let whom = || {
        let mut all = Vec::new();
        if let Some(from) = &action.from {
            all.push(format!("whoever is named in {}", named(from, parts)));
        }
        all.extend(action.people.iter().flat_map(|each| people(each, names)));
        all.join(", ")
    };
    match action.verb {
        Verb::Show => format!("show {step}"),
        Verb::Hide => format!("hide {step}"),
        Verb::Assign => format!("assign {step} to {} as well", whom()),
        Verb::AssignOnly => format!("assign {step} to {} only", whom()),
        Verb::Unassign => format!("take {step} from {}", whom()),
        Verb::ClearAssignees => format!("take {step} from everybody"),
        Verb::Deadline => {
            let from = action.from.as_ref();
            let from = from.map_or_else(|| "its deadline".to_owned(), |from| named(from, parts));
            let wanted = action.deadline.as_ref();
            let long = wanted.map_or_else(String::new, |each| span(each.value, &each.unit));
            let side = match wanted {
                Some(each) if each.option == "before" => "before",
                _ => "after",
            };
            format!("make {step} due {long} {side} {from}")
        }
        Verb::Reopen => format!("reopen {step}"),
        Verb::EmitWebhook => format!(
            "call the webhook “{}”",
            action.alias_name.as_deref().unwrap_or_default()
        ),
    }
}
