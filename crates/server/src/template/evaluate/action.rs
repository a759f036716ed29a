//! What an action does (contract: templates, section 6.3; runtime, section 15.4).

use serde_json::Value;
use tallystick_wire::Time;
use tallystick_wire::template::Assignees;

use super::{Situation, Status, StepState, deadline};
use crate::organisation::store::Calendar;
use crate::template::model::{Action, ActionKind, Verb};
use crate::template::parts::Parts;
use crate::template::read::whole_number;

/// What an action did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// The task appeared.
    Shown,
    /// It disappeared.
    Hidden,
    /// These have it from now on.
    Assigned(Assignees),
    /// It is due then.
    Due(Time),
    /// It is to be done again.
    Reopened,
    /// An address is to be called.
    Called {
        /// The address.
        url: String,
        /// What the call is named.
        name: String,
    },
    /// Nothing.
    Nothing(Why),
}

/// Why an action did nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// Things are that way already.
    AlreadySo,
    /// Finished tasks are left alone.
    Finished,
    /// Only a finished task can be reopened.
    Unfinished,
    /// The task itself set the rule off.
    OwnTrigger,
    /// Somebody decided by hand.
    ByHand,
    /// There is no such task.
    NoTask,
    /// Nobody is named, and the field that asks for people has no answer.
    NoPeople,
    /// There is nothing to count the deadline from.
    NoDate,
}

impl Why {
    /// A sentence.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::AlreadySo => "It is so already",
            Self::Finished => "Finished tasks are left alone",
            Self::Unfinished => "Only a finished task can be reopened",
            Self::OwnTrigger => "The task itself set the rule off",
            Self::ByHand => "Somebody hid or showed it by hand",
            Self::NoTask => "There is no such task",
            Self::NoPeople => "Nobody is named, and the field that asks for people is empty",
            Self::NoDate => "There is nothing to count the deadline from",
        }
    }
}

/// Carries an action out, in the situation.
pub(super) fn apply(
    action: &Action,
    parts: &Parts<'_>,
    situation: &mut Situation,
    calendar: &Calendar,
) -> Effect {
    if action.verb == Verb::EmitWebhook {
        return Effect::Called {
            url: action.webhook_url.clone().unwrap_or_default(),
            name: action.alias_name.clone().unwrap_or_default(),
        };
    }
    let id = action.step.as_deref().unwrap_or_default();
    let Some(state) = situation.steps.get(id) else {
        return Effect::Nothing(Why::NoTask);
    };
    let done = state.status == Status::Completed;
    if done && action.verb.kind() != ActionKind::Status {
        return Effect::Nothing(Why::Finished);
    }
    let result = match action.verb {
        Verb::Show | Verb::Hide => visibility(action.verb == Verb::Show, state),
        Verb::Reopen if situation.trigger.as_deref() == Some(id) => Err(Why::OwnTrigger),
        Verb::Reopen if !done => Err(Why::Unfinished),
        Verb::Reopen => Ok(Effect::Reopened),
        Verb::Deadline => due(action, parts, situation, state, calendar),
        _ => assigned(action, parts, situation, state),
    };
    let effect = result.unwrap_or_else(Effect::Nothing);
    let Some(state) = situation.steps.get_mut(id) else {
        return effect;
    };
    match &effect {
        Effect::Shown => state.status = Status::NotStarted,
        Effect::Hidden => state.status = Status::Hidden,
        Effect::Assigned(people) => state.people = people.clone(),
        Effect::Due(moment) => state.deadline = Some(*moment),
        Effect::Reopened => {
            state.status = Status::InProgress;
            state.reopened = true;
            (state.approved, state.expired, state.completed_at) = (None, false, None);
        }
        Effect::Called { .. } | Effect::Nothing(_) => {}
    }
    effect
}

fn visibility(show: bool, state: &StepState) -> Result<Effect, Why> {
    let hidden = state.status == Status::Hidden;
    if state.by_hand {
        Err(Why::ByHand)
    } else if hidden != show {
        Err(Why::AlreadySo)
    } else if show {
        Ok(Effect::Shown)
    } else {
        Ok(Effect::Hidden)
    }
}

fn assigned(
    action: &Action,
    parts: &Parts<'_>,
    situation: &Situation,
    state: &StepState,
) -> Result<Effect, Why> {
    let named = named(action, parts, situation);
    if named == Assignees::default() && action.verb != Verb::ClearAssignees {
        return Err(Why::NoPeople);
    }
    let mut after = state.people.clone();
    match action.verb {
        Verb::Assign => {
            add(&mut after.users, &named.users);
            add(&mut after.guests, &named.guests);
            add(&mut after.groups, &named.groups);
        }
        Verb::AssignOnly => after = named,
        Verb::Unassign => {
            after.users.retain(|one| !named.users.contains(one));
            after.guests.retain(|one| !named.guests.contains(one));
            after.groups.retain(|one| !named.groups.contains(one));
        }
        _ => after = Assignees::default(),
    }
    if after == state.people {
        Err(Why::AlreadySo)
    } else {
        Ok(Effect::Assigned(after))
    }
}

fn add<T: Clone + PartialEq>(to: &mut Vec<T>, more: &[T]) {
    for one in more {
        if !to.contains(one) {
            to.push(one.clone());
        }
    }
}

/// Whom an action names: those picked in the field it reads, or else its own.
fn named(action: &Action, parts: &Parts<'_>, situation: &Situation) -> Assignees {
    let from = action.from.as_ref();
    let picked = from
        .and_then(|target| parts.field(target))
        .and_then(|field| situation.answers.get(&field.id))
        .map(picked)
        .unwrap_or_default();
    if picked == Assignees::default() {
        action.people.clone().unwrap_or_default()
    } else {
        picked
    }
}

/// The people in the answer to a field that asks for people.
#[must_use]
pub fn picked(answer: &Value) -> Assignees {
    let list = |key: &str| answer.get(key).and_then(Value::as_array);
    let words = |key: &str| {
        let entries = list(key).into_iter().flatten();
        entries
            .filter_map(Value::as_str)
            .map(str::to_lowercase)
            .collect()
    };
    Assignees {
        users: list("users")
            .into_iter()
            .flatten()
            .filter_map(whole_number)
            .collect(),
        guests: words("guests"),
        groups: words("groups"),
    }
}

fn due(
    action: &Action,
    parts: &Parts<'_>,
    situation: &Situation,
    state: &StepState,
    calendar: &Calendar,
) -> Result<Effect, Why> {
    let base = match &action.from {
        None => state.deadline,
        Some(target) => match parts.field(target) {
            Some(field) => {
                let answer = situation.answers.get(&field.id);
                answer
                    .and_then(Value::as_str)
                    .and_then(|text| deadline::written(text, calendar))
            }
            None => situation
                .steps
                .get(&target.id)
                .and_then(|other| other.deadline),
        },
    };
    let after = base
        .zip(action.deadline.as_ref())
        .and_then(|(base, wanted)| deadline::by_rule(base, wanted, calendar))
        .ok_or(Why::NoDate)?;
    if state.deadline == Some(after) {
        Err(Why::AlreadySo)
    } else {
        Ok(Effect::Due(after))
    }
}
