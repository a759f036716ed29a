//! Which steps anybody ever sees, and which rules can ever hold.

use std::collections::{HashMap, HashSet};

use super::condition;
use crate::template::evaluate::{fold, hidden_at_first};
use crate::template::model::{Operation, Rule, TargetKind, Verb};
use crate::template::parts::Parts;

/// What can happen at all. Generous: a rule counts as possible unless it certainly is not.
pub struct Reach<'c> {
    /// Steps that start hidden.
    pub hidden: HashSet<&'c str>,
    /// Steps that are visible at some time.
    pub seen: HashSet<&'c str>,
    /// For each rule whether it can hold.
    pub possible: Vec<bool>,
    /// The rules that show each step.
    pub shown_by: HashMap<&'c str, Vec<usize>>,
}

impl<'c> Reach<'c> {
    pub fn of(parts: &Parts<'c>) -> Self {
        let content = parts.content;
        let hidden: HashSet<&str> = hidden_at_first(content).collect();
        let mut shown_by: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, rule) in content.rules.iter().enumerate() {
            for step in shown(rule) {
                shown_by.entry(step).or_default().push(index);
            }
        }
        let steps = content.steps.iter().map(|step| step.id.as_str());
        let seen = steps.filter(|id| !hidden.contains(id)).collect();
        // What certainly fails whatever happens need be asked only once.
        let sound: Vec<Vec<bool>> = content
            .rules
            .iter()
            .map(|rule| {
                let conditions = rule.conditions.iter();
                conditions
                    .map(|each| condition::can_hold(each, parts))
                    .collect()
            })
            .collect();
        let mut reach = Self {
            hidden,
            seen,
            possible: vec![false; content.rules.len()],
            shown_by,
        };
        // Showing a step can only make more possible, so this ends after as many rounds as there are steps at most.
        loop {
            let mut more = false;
            for (index, rule) in content.rules.iter().enumerate() {
                if !reach.possible[index] && reach.can(rule, &sound[index], parts) {
                    reach.possible[index] = true;
                    reach.seen.extend(shown(rule));
                    more = true;
                }
            }
            if !more {
                return reach;
            }
        }
    }

    fn can(&self, rule: &'c Rule, sound: &[bool], parts: &Parts<'c>) -> bool {
        let each = rule.conditions.iter().zip(sound).map(|(condition, sound)| {
            let step = parts
                .place_of(&condition.of)
                .and_then(|place| parts.content.steps.get(place));
            let seen = step.is_none_or(|step| self.seen.contains(step.id.as_str()));
            let possible = match condition.of.kind {
                TargetKind::Prerun => true,
                TargetKind::Step => seen,
                // Nobody answers on a hidden step, and some conditions hold when nobody has.
                TargetKind::Capture => {
                    let empty = matches!(
                        condition.operation,
                        Operation::IsEmpty | Operation::NotEquals | Operation::NotContains
                    );
                    seen || empty
                }
            };
            (condition, *sound && possible)
        });
        fold(each)
    }

    /// Whether what shows `step` looks, perhaps by way of other steps that are never seen, at the step itself.
    pub fn waits_for_itself(&self, step: &'c str, parts: &Parts<'c>) -> bool {
        let mut seen = HashSet::new();
        let mut next = vec![step];
        while let Some(at) = next.pop() {
            for rule in self.shown_by.get(at).into_iter().flatten() {
                for condition in &parts.content.rules[*rule].conditions {
                    let place = parts.place_of(&condition.of);
                    let Some(other) = place.and_then(|place| parts.content.steps.get(place)) else {
                        continue;
                    };
                    let other = other.id.as_str();
                    if other == step {
                        return true;
                    }
                    if !self.seen.contains(other) && seen.insert(other) {
                        next.push(other);
                    }
                }
            }
        }
        false
    }
}

fn shown(rule: &Rule) -> impl Iterator<Item = &str> {
    let actions = rule.actions.iter();
    actions
        .filter(|action| action.verb == Verb::Show)
        .filter_map(|action| action.step.as_deref())
}
