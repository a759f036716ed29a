//! What the rules of a template do (contract: templates, sections 6.3 to 6.5; runtime, sections 15.3 to 15.6).
//!
//! Pure: a [`Situation`] goes in, and comes out changed, with an account of what each rule did to it. Neither database nor
//! clock is asked. A trial of a template begins with [`at_launch`]; a process brings the situation it is in.
//!
//! Rules run once each, in their order, and each sees what those before it did. What a change sets off next (a reopened
//! task runs the rules about reopening) is for the caller to run again, and to bound.

mod action;
pub mod answer;
pub mod condition;
pub mod deadline;

use std::collections::BTreeMap;

use serde_json::Value;
use tallystick_wire::Time;
use tallystick_wire::template::Assignees;

use crate::organisation::store::Calendar;
use crate::template::model::{Condition, Content, Logic, Rule, Step, Verb};
use crate::template::parts::Parts;

pub use action::{Effect, Why, picked};

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Status {
    /// Nobody has touched it.
    #[default]
    NotStarted,
    /// Somebody has.
    InProgress,
    /// It ended, whichever way.
    Completed,
    /// It is hidden: nobody can do it.
    Hidden,
}

impl Status {
    /// Every one, with its word on the wire.
    pub const WORDS: [(Self, &'static str); 4] = [
        (Self::NotStarted, "not-started"),
        (Self::InProgress, "in-progress"),
        (Self::Completed, "completed"),
        (Self::Hidden, "auto-skipped"),
    ];

    /// The word on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotStarted => "not-started",
            Self::InProgress => "in-progress",
            Self::Completed => "completed",
            Self::Hidden => "auto-skipped",
        }
    }

    /// Reads the word.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        let mut all = Self::WORDS.into_iter();
        all.find(|(_, known)| *known == word)
            .map(|(status, _)| status)
    }
}

/// How the task of a step stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StepState {
    /// How far it is.
    pub status: Status,
    /// For an approval: how it was decided.
    pub approved: Option<bool>,
    /// Whether it was reopened and not completed since.
    pub reopened: bool,
    /// Whether it ended by itself, at its deadline.
    pub expired: bool,
    /// Whether somebody hid or showed it by hand: then rules no longer do.
    pub by_hand: bool,
    /// When it was completed.
    pub completed_at: Option<Time>,
    /// When it is due.
    pub deadline: Option<Time>,
    /// Who has it.
    pub people: Assignees,
}

/// Answers, by the id of their field.
pub type Answers = BTreeMap<String, Value>;

/// A moment in the life of a process.
#[derive(Debug, Clone, PartialEq)]
pub struct Situation {
    /// Answers of the kick-off form and of all steps.
    pub answers: Answers,
    /// How each step stands; one that is not here has no task.
    pub steps: BTreeMap<String, StepState>,
    /// When it is.
    pub now: Time,
    /// The step whose change runs the rules: they never reopen it.
    pub trigger: Option<String>,
}

/// What a rule did.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Whether its conditions, taken together, hold.
    pub holds: bool,
    /// Whether each of them does.
    pub conditions: Vec<bool>,
    /// What each action did; empty when the rule does not hold.
    pub effects: Vec<Effect>,
}

/// The steps that begin hidden: those that some rule shows (contract: templates, section 6.5).
pub fn hidden_at_first(content: &Content) -> impl Iterator<Item = &str> {
    let actions = content.rules.iter().flat_map(|rule| &rule.actions);
    actions
        .filter(|action| action.verb == Verb::Show)
        .filter_map(|action| action.step.as_deref())
}

/// Who has the task of a step when a process begins: its assignees; whoever launches when there is nobody, if the step wants
/// that, and beside guests who would be alone with it (contract: runtime, section 15.2).
#[must_use]
pub fn people_at_launch(step: &Step, launcher: i64) -> Assignees {
    let mut people = step.people.clone();
    let members = !people.users.is_empty() || !people.groups.is_empty();
    let guests = !people.guests.is_empty();
    if !members && (guests || step.assign_run_starter) {
        people.users.push(launcher);
    }
    people
}

/// A process that has just been launched, before any rule has run.
#[must_use]
pub fn at_launch(
    content: &Content,
    answers: Answers,
    launcher: i64,
    now: Time,
    calendar: &Calendar,
) -> Situation {
    let mut steps: BTreeMap<String, StepState> = content
        .steps
        .iter()
        .map(|step| {
            let state = StepState {
                people: people_at_launch(step, launcher),
                ..StepState::default()
            };
            (step.id.clone(), state)
        })
        .collect();
    for id in hidden_at_first(content) {
        if let Some(state) = steps.get_mut(id) {
            state.status = Status::Hidden;
        }
    }
    for (id, due) in deadline::all(&Parts::of(content), &steps, now, calendar) {
        if let Some(state) = steps.get_mut(&id) {
            state.deadline = due.at;
        }
    }
    Situation {
        answers,
        steps,
        now,
        trigger: None,
    }
}

/// Runs every rule, in order.
pub fn run(parts: &Parts<'_>, situation: &mut Situation, calendar: &Calendar) -> Vec<Outcome> {
    let rules = parts.content.rules.iter();
    rules
        .map(|rule| run_one(rule, parts, situation, calendar))
        .collect()
}

/// Runs one rule.
pub fn run_one(
    rule: &Rule,
    parts: &Parts<'_>,
    situation: &mut Situation,
    calendar: &Calendar,
) -> Outcome {
    let conditions: Vec<bool> = rule
        .conditions
        .iter()
        .map(|each| condition::holds(each, parts, situation))
        .collect();
    let holds = fold(rule.conditions.iter().zip(conditions.iter().copied()));
    let effects = if holds {
        let actions = rule.actions.iter();
        actions
            .map(|action| action::apply(action, parts, situation, calendar))
            .collect()
    } else {
        Vec::new()
    };
    Outcome {
        holds,
        conditions,
        effects,
    }
}

/// Conditions, strictly from left to right: each says how it joins what stands before it; the first one's word does not
/// count. No conditions do not hold.
pub fn fold<'c>(conditions: impl Iterator<Item = (&'c Condition, bool)>) -> bool {
    let mut all = None;
    for (condition, holds) in conditions {
        all = Some(match (all, condition.logic) {
            (None, _) => holds,
            (Some(before), Logic::And) => before && holds,
            (Some(before), Logic::Or) => before || holds,
        });
    }
    all.unwrap_or_default()
}

#[cfg(test)]
mod tests;
