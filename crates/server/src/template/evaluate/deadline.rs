//! When the tasks of a process are due (contract: templates, section 1.6; runtime, section 15.5).

use std::collections::{BTreeMap, HashMap};

use tallystick_wire::Time;
use tallystick_wire::template::{RuleDeadline, StepDeadline};
use tallystick_wire::time::{self, Written};

use super::StepState;
use crate::organisation::store::Calendar;
use crate::organisation::worktime::{default_deadline, shifted, zone};
use crate::template::model::Step;
use crate::template::parts::Parts;

/// The units that mean something, in one spelling.
pub const UNITS: [&str; 5] = ["minutes", "hours", "days", "weeks", "months"];

/// When a task is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The moment; none when the calendar has none.
    pub at: Option<Time>,
    /// Whether it may still move, because it hangs on a step that is not completed yet.
    pub provisional: bool,
}

/// What a deadline counts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor<'a> {
    /// The launch.
    Launch,
    /// A step, by id.
    Step(&'a str),
}

/// What a step's deadline counts from; none when its words mean nothing.
#[must_use]
pub fn anchor<'a>(deadline: &'a StepDeadline, parts: &Parts<'_>) -> Option<Anchor<'a>> {
    let words = unit(&deadline.unit) && matches!(deadline.option.as_str(), "from" | "prior_to");
    if !words {
        return None;
    }
    match deadline.step.as_deref() {
        None | Some("start_run") => Some(Anchor::Launch),
        Some(id) => parts.step(id).map(|_| Anchor::Step(id)),
    }
}

/// Whether the word is a unit, in the singular or the plural.
#[must_use]
pub fn unit(word: &str) -> bool {
    UNITS.iter().any(|unit| {
        let singular = unit.trim_end_matches('s');
        word == *unit || word == singular
    })
}

/// When every step is due in a process launched then. `states` says which steps are completed.
#[must_use]
pub fn all(
    parts: &Parts<'_>,
    states: &BTreeMap<String, StepState>,
    launched: Time,
    calendar: &Calendar,
) -> HashMap<String, Due> {
    let mut known = HashMap::with_capacity(parts.content.steps.len());
    for step in &parts.content.steps {
        // From the step up to one that is known, then back down: chains can be as long as the template.
        let mut chain = vec![step];
        while let Some(Anchor::Step(id)) = chain
            .last()
            .and_then(|step| step.deadline.as_ref())
            .and_then(|deadline| anchor(deadline, parts))
        {
            match parts.step(id) {
                Some(next)
                    if !known.contains_key(id) && chain.len() <= parts.content.steps.len() =>
                {
                    chain.push(next);
                }
                _ => break,
            }
        }
        while let Some(step) = chain.pop() {
            if !known.contains_key(&step.id) {
                let due = of_step(step, parts, states, &known, launched, calendar);
                known.insert(step.id.clone(), due);
            }
        }
    }
    known
}

fn of_step(
    step: &Step,
    parts: &Parts<'_>,
    states: &BTreeMap<String, StepState>,
    known: &HashMap<String, Due>,
    launched: Time,
    calendar: &Calendar,
) -> Due {
    let usual = || Due {
        at: Some(default_deadline(calendar, launched)),
        provisional: false,
    };
    // Words that mean nothing do nothing: the step is due as if it named no deadline.
    let Some(deadline) = &step.deadline else {
        return usual();
    };
    let back = deadline.option == "prior_to";
    let length = (deadline.value, deadline.unit.as_str());
    let (base, provisional) = match anchor(deadline, parts) {
        None => return usual(),
        Some(Anchor::Launch) => (Some(launched), false),
        Some(Anchor::Step(id)) => {
            let due = known.get(id).copied().unwrap_or_else(usual);
            let done = states.get(id).and_then(|state| state.completed_at);
            match done {
                // After a step counts from its completion, before one from its due date.
                Some(done) if !back => (Some(done), false),
                _ => (due.at, due.provisional || (!back && done.is_none())),
            }
        }
    };
    Due {
        at: base.and_then(|base| shifted(calendar, base, length, back)),
        provisional,
    }
}

/// The deadline that a rule sets, counted from this moment.
#[must_use]
pub fn by_rule(base: Time, wanted: &RuleDeadline, calendar: &Calendar) -> Option<Time> {
    let length = (wanted.value, wanted.unit.as_str());
    shifted(calendar, base, length, wanted.option == "before")
}

/// The moment in the answer to a date field; a day begins in the organisation's zone.
#[must_use]
pub fn written(text: &str, calendar: &Calendar) -> Option<Time> {
    time::parse(text).map(|written| match written {
        Written::Moment(moment) => moment,
        Written::Day(day) => time::start_of(day, &zone(calendar)),
    })
}
