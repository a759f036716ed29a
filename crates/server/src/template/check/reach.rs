//! Which steps anybody ever sees, and which rules can ever hold.

use std::collections::{HashMap, HashSet, VecDeque};

use super::circle::circles;
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
        // Showing a step can only make more possible: a rule is asked again when a step that it looks at was shown.
        let mut watch: HashMap<&str, Vec<usize>> = HashMap::new();
        for (index, rule) in content.rules.iter().enumerate() {
            for step in looked_at(rule, parts) {
                watch.entry(step).or_default().push(index);
            }
        }
        let mut ask: VecDeque<usize> = (0..content.rules.len()).collect();
        while let Some(index) = ask.pop_front() {
            let rule = &content.rules[index];
            if reach.possible[index] || !reach.can(rule, &sound[index], parts) {
                continue;
            }
            reach.possible[index] = true;
            for step in shown(rule) {
                if reach.seen.insert(step) {
                    ask.extend(watch.get(step).into_iter().flatten());
                }
            }
        }
        reach
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

    /// Steps that nobody ever sees because what shows them looks, perhaps by way of others like them, at themselves.
    pub fn wait_for_themselves(&self, parts: &Parts<'c>) -> HashSet<&'c str> {
        let unseen = |step: &&str| !self.seen.contains(step);
        let shown_by = self.shown_by.iter().filter(|(step, _)| unseen(step));
        let leads = shown_by.flat_map(|(step, rules)| {
            let rules = rules.iter().map(|rule| &parts.content.rules[*rule]);
            let looks = rules.flat_map(|rule| looked_at(rule, parts));
            looks.filter(unseen).map(|look| (*step, look))
        });
        circles(leads).into_keys().collect()
    }
}

/// The steps that a rule looks at, or whose fields it looks at.
fn looked_at<'c>(rule: &'c Rule, parts: &Parts<'c>) -> impl Iterator<Item = &'c str> {
    let places = rule.conditions.iter().map(|each| parts.place_of(&each.of));
    let steps = places.map(|place| parts.content.steps.get(place?));
    steps.flatten().map(|step| step.id.as_str())
}

fn shown(rule: &Rule) -> impl Iterator<Item = &str> {
    let actions = rule.actions.iter();
    actions
        .filter(|action| action.verb == Verb::Show)
        .filter_map(|action| action.step.as_deref())
}
