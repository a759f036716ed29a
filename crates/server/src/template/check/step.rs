//! Steps: who gets them, whether anybody sees them, and when they are due.

use std::collections::{HashMap, HashSet};

use tallystick_wire::task::TaskType;
use tallystick_wire::template::Assignees;

use super::reach::Reach;
use super::{Code, Findings, Place};
use crate::template::evaluate::condition::runs_out;
use crate::template::evaluate::deadline::{self, Anchor};
use crate::template::model::{Content, Step, Verb};
use crate::template::parts::Parts;

pub fn check(template: &str, parts: &Parts<'_>, reach: &Reach<'_>, found: &mut Findings) {
    let assigned = assigned(parts.content);
    let wait = reach.wait_for_themselves(parts);
    let mut titles: HashMap<String, usize> = HashMap::new();
    for (place, step) in parts.content.steps.iter().enumerate() {
        visible(place, step, parts, reach, &wait, found);
        people(step, assigned.contains(step.id.as_str()), found);
        due(place, step, parts, reach, found);
        kind(template, step, found);
        let title = step.title.trim().to_lowercase();
        if let Some(first) = titles.get(&title) {
            let message = format!("Step {} has this title too", first + 1);
            found.add(Code::TitleTwice, Place::Step(step), message);
        } else {
            titles.insert(title, place);
        }
    }
}

/// Steps that some rule assigns.
fn assigned(content: &Content) -> HashSet<&str> {
    let actions = content.rules.iter().flat_map(|rule| &rule.actions);
    actions
        .filter(|action| matches!(action.verb, Verb::Assign | Verb::AssignOnly))
        .filter_map(|action| action.step.as_deref())
        .collect()
}

fn visible<'c>(
    place: usize,
    step: &'c Step,
    parts: &Parts<'c>,
    reach: &Reach<'c>,
    wait: &HashSet<&str>,
    found: &mut Findings,
) {
    let Some(rules) = reach.shown_by.get(step.id.as_str()) else {
        return;
    };
    if !reach.seen.contains(step.id.as_str()) {
        if wait.contains(step.id.as_str()) {
            found.add(
                Code::ShowCycle,
                Place::Step(step),
                "What shows it can only happen after it has been shown",
            );
        } else {
            found.add(
                Code::StepNeverShown,
                Place::Step(step),
                "It starts hidden, because a rule shows it, but no such rule can ever hold",
            );
        }
        return;
    }
    let only_later = rules.iter().all(|rule| {
        let mut conditions = parts.content.rules[*rule].conditions.iter();
        conditions.any(|each| parts.place_of(&each.of).is_some_and(|look| look > place))
    });
    if only_later {
        found.add(
            Code::ShownByLaterStep,
            Place::Step(step),
            "Every rule that shows it looks at a step behind it",
        );
    }
}

fn people(step: &Step, by_rule: bool, found: &mut Findings) {
    let nobody = step.people == Assignees::default() && step.roles.is_empty();
    // What runs out ends without anybody.
    if nobody && !by_rule && !step.assign_run_starter && !runs_out(step.kind) {
        found.add(
            Code::StepWithoutPeople,
            Place::Step(step),
            "It has no assignees, no rule assigns anybody, and whoever launches does not get it either",
        );
    }
    let count = step.people.users.len() + step.people.guests.len();
    if let Some(most) = step.max_assignable
        && i64::try_from(count).unwrap_or(i64::MAX) > most
    {
        let message = format!("{count} people are assigned, {most} are allowed");
        found.add(Code::TooManyAssignees, Place::Step(step), message);
    }
    if !step.allow_guest_owners && !step.people.guests.is_empty() {
        let message = format!("{} is assigned", step.people.guests.join(", "));
        found.add(Code::GuestsNotAllowed, Place::Step(step), message);
    }
}

fn kind(template: &str, step: &Step, found: &mut Findings) {
    let place = Place::Step(step);
    let mail = matches!(step.kind, TaskType::Email | TaskType::ExpiringEmail);
    let type_ = step.kind.word();
    if (mail || runs_out(step.kind)) && step.deadline.is_none() {
        let message = format!("A step of the type {type_} names no deadline");
        found.add(Code::TimedWithoutDeadline, place, message);
    }
    let empty = step
        .summary
        .as_deref()
        .is_none_or(|text| crate::template::render::plain(text).trim().is_empty());
    if mail && empty {
        found.add(Code::MessageEmpty, place, "The message would be empty");
    }
    if step.everyone_must_complete && (mail || runs_out(step.kind)) {
        let message = format!("everyone_must_complete means nothing for the type {type_}");
        found.add(Code::EveryoneIgnored, place, message);
    }
    if step
        .launches
        .as_ref()
        .is_some_and(|launch| launch.id == template)
    {
        found.add(
            Code::LaunchesItself,
            place,
            "Completing it launches this same template",
        );
    }
}

fn due(place: usize, step: &Step, parts: &Parts<'_>, reach: &Reach<'_>, found: &mut Findings) {
    let at = Place::Step(step);
    let Some(deadline) = &step.deadline else {
        return;
    };
    if !deadline::unit(&deadline.unit) {
        let message = format!("{} is no unit", deadline.unit);
        found.add(Code::DeadlineWords, at, message);
        return;
    }
    if !matches!(deadline.option.as_str(), "from" | "prior_to") {
        let message = format!("{} is neither from nor prior_to", deadline.option);
        found.add(Code::DeadlineWords, at, message);
        return;
    }
    match deadline::anchor(deadline, parts) {
        None => {
            let message = format!(
                "It counts from {}",
                deadline.step.as_deref().unwrap_or_default()
            );
            found.add(Code::DeadlineAnchorUnknown, at, message);
        }
        Some(Anchor::Launch) => early(step, parts, reach, found),
        Some(Anchor::Step(id)) => {
            let other = parts.place(id).unwrap_or_default();
            let title = parts.step(id).map_or("", |step| &step.title);
            if deadline.option == "from" && other > place {
                let message = format!("It is due after {title}, which stands behind it");
                found.add(Code::DeadlineOnLaterStep, at, message);
            }
            if reach.hidden.contains(id) {
                let message = format!("It hangs on {title}, which starts hidden");
                found.add(Code::DeadlineOnHiddenStep, at, message);
            }
        }
    }
}

/// Minutes after the launch, roughly.
fn after_launch(step: &Step) -> Option<i64> {
    let deadline = step.deadline.as_ref()?;
    let launch = matches!(deadline.step.as_deref(), None | Some("start_run"));
    if !launch || deadline.option != "from" {
        return None;
    }
    let minutes = match deadline.unit.trim_end_matches('s') {
        "minute" => 1,
        "hour" => 60,
        "day" => 1_440,
        "week" => 10_080,
        "month" => 43_200,
        _ => return None,
    };
    Some(deadline.value.saturating_mul(minutes))
}

/// A step that another one has to show, due before that one is.
fn early(step: &Step, parts: &Parts<'_>, reach: &Reach<'_>, found: &mut Findings) {
    let Some(own) = after_launch(step) else {
        return;
    };
    // The earliest of what may show it: each rule waits for the last of what it looks at.
    let rules = reach.shown_by.get(step.id.as_str());
    let shown = rules.into_iter().flatten().map(|rule| {
        let conditions = parts.content.rules[*rule].conditions.iter();
        conditions
            .filter_map(|each| parts.content.steps.get(parts.place_of(&each.of)?))
            .filter_map(after_launch)
            .max()
            .unwrap_or_default()
    });
    if let Some(first) = shown.min()
        && own < first
    {
        found.add(
            Code::DeadlineTooEarly,
            Place::Step(step),
            "The steps that show it are due later than it is",
        );
    }
}
