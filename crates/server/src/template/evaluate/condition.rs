//! Whether a condition holds (contract: templates, section 6.4).

use serde_json::Value;
use tallystick_wire::Time;
use tallystick_wire::task::TaskType;
use tallystick_wire::template::{Assignees, FieldType};
use tallystick_wire::time::{self, Written};

use super::{Situation, Status, StepState, answer};
use crate::clock::DAY;
use crate::template::model::{Condition, Field, Operation, Step, TargetKind};
use crate::template::parts::Parts;

/// Whether a condition holds by itself. One about something that is not there never does.
#[must_use]
pub fn holds(condition: &Condition, parts: &Parts<'_>, situation: &Situation) -> bool {
    if condition.of.kind == TargetKind::Step {
        let step = parts.step(&condition.of.id);
        let state = situation.steps.get(&condition.of.id);
        return match (step, state) {
            (Some(step), Some(state)) => of_step(condition, step, state, situation.now),
            _ => false,
        };
    }
    parts.field(&condition.of).is_some_and(|field| {
        let answer = situation.answers.get(&field.id);
        of_field(condition, field, answer)
    })
}

/// What a condition looked at, for people: the texts of an answer, or the status of a step.
#[must_use]
pub fn saw(condition: &Condition, parts: &Parts<'_>, situation: &Situation) -> Vec<String> {
    if condition.of.kind == TargetKind::Step {
        let state = situation.steps.get(&condition.of.id);
        return state
            .map(|state| state.status.word().to_owned())
            .into_iter()
            .collect();
    }
    parts
        .field(&condition.of)
        .map(|field| {
            let answer = situation.answers.get(&field.id);
            answer::texts(field, answer, condition.column.as_deref())
        })
        .unwrap_or_default()
}

fn of_step(condition: &Condition, step: &Step, state: &StepState, now: Time) -> bool {
    // Nobody can do what is hidden, so nothing that is asked of it is so.
    if state.status == Status::Hidden {
        return false;
    }
    let done = state.status == Status::Completed;
    let happened = match condition.operation {
        Operation::Completed => done,
        Operation::Reopened => state.reopened && !done,
        Operation::Approved => done && state.approved == Some(true),
        Operation::Rejected => done && state.approved == Some(false),
        Operation::Acknowledged => done && !state.expired && runs_out(step.kind),
        Operation::Expired => done && state.expired,
        Operation::NotAssigned => state.people == Assignees::default(),
        _ => false,
    };
    happened && in_time(&condition.statement.0, state, now)
}

/// Whether tasks of this kind end by themselves at their deadline.
#[must_use]
pub const fn runs_out(kind: TaskType) -> bool {
    matches!(kind, TaskType::Expiring | TaskType::ExpiringEmail)
}

/// When something has to have happened, measured at the deadline of the step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clause {
    /// At any time.
    AnyTime,
    /// By the deadline.
    OnTime,
    /// A day before it, or earlier.
    Early,
    /// A day after it, or later.
    Late,
}

impl Clause {
    /// Reads the clause; none for a word that means nothing, which counts as any time.
    #[must_use]
    pub fn read(statement: &Value) -> Option<Self> {
        let Value::String(text) = statement else {
            return statement.is_null().then_some(Self::AnyTime);
        };
        let word = text.trim().to_lowercase().replace('_', "-");
        match word.as_str() {
            "" | "any-time" => Some(Self::AnyTime),
            "on-time" => Some(Self::OnTime),
            "early-24" => Some(Self::Early),
            "late-24" => Some(Self::Late),
            _ => None,
        }
    }
}

fn in_time(statement: &Value, state: &StepState, now: Time) -> bool {
    let clause = Clause::read(statement).unwrap_or(Clause::AnyTime);
    let happened = state.completed_at.unwrap_or(now);
    match (clause, state.deadline) {
        (Clause::AnyTime, _) => true,
        // What has no deadline is never late, and never early.
        (Clause::OnTime, due) => due.is_none_or(|due| happened <= due),
        (Clause::Early, due) => due.is_some_and(|due| happened <= due.plus(-DAY)),
        (Clause::Late, due) => due.is_some_and(|due| happened >= due.plus(DAY)),
    }
}

/// Whether an answer is as the condition asks.
#[must_use]
pub fn of_field(condition: &Condition, field: &Field, answer: Option<&Value>) -> bool {
    let texts = answer::texts(field, answer, condition.column.as_deref());
    let statement = &condition.statement.0;
    let is = |wanted: &[String]| texts.iter().any(|text| same_as_any(text, wanted));
    match condition.operation {
        Operation::IsEmpty => texts.is_empty(),
        Operation::IsNotEmpty => !texts.is_empty(),
        Operation::Equals => is(&wanted(statement)),
        Operation::NotEquals => !is(&wanted(statement)),
        Operation::EqualsAny => is(&any_of(statement)),
        Operation::Contains => contains(field.kind, &texts, statement),
        Operation::NotContains => !contains(field.kind, &texts, statement),
        Operation::GreaterThan => compared(&texts, statement, f64::gt, Time::gt),
        Operation::LessThan => compared(&texts, statement, f64::lt, Time::lt),
        _ => false,
    }
}

fn same_as_any(text: &str, wanted: &[String]) -> bool {
    wanted.iter().any(|wanted| wanted.trim() == text.trim())
}

/// What is compared with: a text, a number, an option, or several of them.
#[must_use]
pub fn wanted(statement: &Value) -> Vec<String> {
    match statement {
        Value::String(text) => vec![text.clone()],
        Value::Number(number) => vec![number.to_string()],
        Value::Bool(flag) => vec![flag.to_string()],
        Value::Array(entries) => entries.iter().flat_map(one).collect(),
        Value::Object(_) => one(statement).into_iter().collect(),
        Value::Null => Vec::new(),
    }
}

fn one(entry: &Value) -> Option<String> {
    match entry {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Object(map) => map.get("text").and_then(Value::as_str).map(str::to_owned),
        _ => None,
    }
}

/// Several values: a list, a list written as JSON, or words between commas; the whole text too, for a comma may be part
/// of an option.
#[must_use]
pub fn any_of(statement: &Value) -> Vec<String> {
    let Value::String(text) = statement else {
        return wanted(statement);
    };
    if let Ok(list @ Value::Array(_)) = serde_json::from_str::<Value>(text) {
        return wanted(&list);
    }
    let parts = text.split(',').map(|part| part.trim().to_owned());
    let mut all: Vec<String> = parts.filter(|part| !part.is_empty()).collect();
    all.push(text.clone());
    all
}

/// Part of a text; one of the entries of a list of options or people. A file or a cell need not be named in full.
fn contains(kind: FieldType, texts: &[String], statement: &Value) -> bool {
    let whole = matches!(kind, FieldType::Multiselect | FieldType::AssigneesForm);
    let wanted: Vec<String> = wanted(statement)
        .iter()
        .map(|text| text.trim().to_lowercase())
        .filter(|text| !text.is_empty())
        .collect();
    texts.iter().any(|text| {
        let text = text.trim().to_lowercase();
        wanted.iter().any(|wanted| {
            if whole {
                text == *wanted
            } else {
                text.contains(wanted.as_str())
            }
        })
    })
}

/// Numbers as numbers, dates as moments; anything else is neither more nor less.
fn compared(
    texts: &[String],
    statement: &Value,
    numbers: fn(&f64, &f64) -> bool,
    moments: fn(&Time, &Time) -> bool,
) -> bool {
    let Some(bound) = wanted(statement).into_iter().next() else {
        return false;
    };
    texts.iter().any(|text| {
        if let (Some(left), Some(right)) = (number(text), number(&bound)) {
            numbers(&left, &right)
        } else if let (Some(left), Some(right)) = (moment(text), moment(&bound)) {
            moments(&left, &right)
        } else {
            false
        }
    })
}

/// A number in a text.
#[must_use]
pub fn number(text: &str) -> Option<f64> {
    text.trim()
        .parse()
        .ok()
        .filter(|number: &f64| number.is_finite())
}

/// A moment in a text; a day is its beginning.
#[must_use]
pub fn moment(text: &str) -> Option<Time> {
    time::parse(text).map(|written| match written {
        Written::Moment(moment) => moment,
        Written::Day(day) => time::start_of(day, &jiff::tz::TimeZone::UTC),
    })
}
