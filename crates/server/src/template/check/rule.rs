//! Rules: what they name, whether they contradict each other, and where they lead.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use tallystick_wire::template::FieldType;

use super::reach::Reach;
use super::{Code, Findings, Place, circle, condition};
use crate::template::evaluate::condition::wanted;
use crate::template::model::{
    Action, ActionKind, Field, Logic, Operation, Rule, Target, TargetKind, Verb,
};
use crate::template::parts::Parts;

pub fn check(parts: &Parts<'_>, reach: &Reach<'_>, found: &mut Findings) {
    for (index, rule) in parts.content.rules.iter().enumerate() {
        condition::check(rule, parts, found);
        exclude(rule, parts, found);
        actions(rule, parts, found);
        if !reach.possible[index] && !found.broken(rule) {
            found.add(
                Code::RuleNeverHolds,
                Place::Rule(rule),
                "It waits for a step that nobody ever sees",
            );
        }
    }
    same(parts, found);
    circles(parts, found);
    counts(parts, reach, found);
}

/// Conditions that must all be met and cannot be together.
fn exclude(rule: &Rule, parts: &Parts<'_>, found: &mut Findings) {
    let all = rule.conditions.iter().skip(1);
    if all.clone().any(|each| each.logic == Logic::Or) {
        return;
    }
    for (index, one) in rule.conditions.iter().enumerate() {
        for other in &rule.conditions[..index] {
            if one.of != other.of || one.column != other.column {
                continue;
            }
            use Operation as O;
            let differ = || wanted(&one.statement.0) != wanted(&other.statement.0);
            let clash = match (other.operation, one.operation) {
                (O::Equals, O::Equals) => differ(),
                (O::Equals, O::NotEquals)
                | (O::NotEquals, O::Equals)
                | (O::Contains, O::NotContains)
                | (O::NotContains, O::Contains) => !differ(),
                (O::IsEmpty, O::IsNotEmpty | O::Equals | O::Contains | O::EqualsAny)
                | (O::IsNotEmpty | O::Equals | O::Contains | O::EqualsAny, O::IsEmpty)
                | (O::Approved, O::Rejected)
                | (O::Rejected, O::Approved)
                | (O::Acknowledged, O::Expired)
                | (O::Expired, O::Acknowledged) => true,
                _ => false,
            };
            // Several options may be ticked at once.
            let many = |field: &Field| {
                let kind = field.kind;
                matches!(
                    kind,
                    FieldType::Multiselect | FieldType::Table | FieldType::File
                )
            };
            let several =
                one.operation == other.operation && parts.field(&one.of).is_some_and(many);
            if clash && !several {
                found.add(
                    Code::ConditionsExclude,
                    Place::Rule(rule),
                    format!(
                        "{} and {} cannot both be so",
                        other.operation.word(),
                        one.operation.word()
                    ),
                );
                return;
            }
        }
    }
}

fn actions(rule: &Rule, parts: &Parts<'_>, found: &mut Findings) {
    let place = Place::Rule(rule);
    for action in &rule.actions {
        let word = action.verb.word();
        let target = action.step.as_deref();
        let step = target.and_then(|id| parts.step(id));
        if target.is_some() && step.is_none() {
            let message = format!("{word} acts on a step that is not there");
            found.add(Code::RulePartMissing, place, message);
        }
        if let Some(from) = &action.from {
            source(rule, from, action, parts, found);
        }
        let Some(step) = step else { continue };
        let own = rule
            .conditions
            .iter()
            .all(|each| each.of.kind == TargetKind::Step && each.of.id == step.id);
        let ends = rule.conditions.iter().all(|each| {
            let operation = each.operation;
            !matches!(operation, Operation::NotAssigned | Operation::Reopened)
        });
        // A finished task is only ever reopened, and never by what it set off itself.
        if own && ends && !matches!(action.verb.kind(), ActionKind::Webhook) {
            let message = format!(
                "{word} is done to {} when {} itself has ended",
                step.title, step.title
            );
            found.add(Code::RuleWithoutEffect, place, message);
        }
        let at = parts.place(&step.id).unwrap_or_default();
        let looks = rule
            .conditions
            .iter()
            .map(|each| parts.place_of(&each.of))
            .collect::<Option<Vec<_>>>()
            .unwrap_or_default();
        if action.verb == Verb::Hide && !looks.is_empty() && looks.iter().all(|look| *look > at) {
            let message = format!("{} is hidden only after later steps", step.title);
            found.add(Code::ActionOnEarlierStep, place, message);
        }
    }
}

fn source(rule: &Rule, from: &Target, action: &Action, parts: &Parts<'_>, found: &mut Findings) {
    let place = Place::Rule(rule);
    let word = action.verb.word();
    if !parts.has(from) {
        let message = format!("{word} reads a step or field that is not there");
        found.add(Code::RulePartMissing, place, message);
        return;
    }
    let Some(field) = parts.field(from) else {
        return;
    };
    let wanted = match action.verb.kind() {
        ActionKind::Deadline => FieldType::Date,
        ActionKind::Assignment => FieldType::AssigneesForm,
        _ => return,
    };
    if field.kind != wanted {
        let message = format!(
            "{word} reads {}, which is of the type {}",
            field.label,
            field.kind.word()
        );
        found.add(Code::ActionSourceUnfit, place, message);
    } else if wanted == FieldType::AssigneesForm && !field.required && action.people.is_none() {
        let message = format!(
            "{} need not be answered, and nobody else is named",
            field.label
        );
        found.add(Code::PickerMayBeEmpty, place, message);
    }
}

/// The conditions of a rule, comparable.
fn when(rule: &Rule) -> String {
    let each = rule.conditions.iter().enumerate().map(|(index, each)| {
        let logic = if index == 0 { "" } else { each.logic.word() };
        Value::from(vec![
            Value::from(each.of.id.as_str()),
            Value::from(each.operation.word()),
            each.statement.0.clone(),
            Value::from(logic),
            Value::from(each.column.clone()),
        ])
    });
    Value::from(each.collect::<Vec<_>>()).to_string()
}

/// The actions of a rule, comparable.
fn then(rule: &Rule) -> String {
    let each = rule.actions.iter().map(|each| {
        let mut copy = each.clone();
        copy.id.clear();
        serde_json::to_value(copy).unwrap_or_default()
    });
    Value::from(each.collect::<Vec<_>>()).to_string()
}

/// Rules under the same conditions: the same again, or the opposite.
fn same(parts: &Parts<'_>, found: &mut Findings) {
    let mut seen: HashMap<(String, String), &Rule> = HashMap::new();
    let mut sight: HashMap<(String, &str), (Verb, &Rule)> = HashMap::new();
    for rule in &parts.content.rules {
        let when = when(rule);
        if let Some(other) = seen.get(&(when.clone(), then(rule))) {
            let message = format!("It is the same as {}", other.name);
            found.add(Code::RuleTwice, Place::Rule(rule), message);
            continue;
        }
        seen.insert((when.clone(), then(rule)), rule);
        for action in &rule.actions {
            let Some(step) = action.step.as_deref() else {
                continue;
            };
            if action.verb.kind() != ActionKind::Visibility {
                continue;
            }
            let key = (when.clone(), step);
            match sight.get(&key) {
                Some((verb, other)) if *verb != action.verb => {
                    let title = parts.step(step).map_or("a step", |step| &step.title);
                    let message = format!(
                        "{} does {} to {title}, this one {}",
                        other.name,
                        verb.word(),
                        action.verb.word()
                    );
                    found.add(Code::RulesContradict, Place::Rule(rule), message);
                }
                Some(_) => {}
                None => {
                    sight.insert(key, (action.verb, rule));
                }
            }
        }
    }
}

/// Steps that reopen each other: what happens to one is what reopens the next.
fn circles(parts: &Parts<'_>, found: &mut Findings) {
    let rules = parts.content.rules.iter();
    let leads: Vec<(&str, &str, &Rule)> = rules.flat_map(reopens).collect();
    let circles = circle::circles(leads.iter().map(|(look, step, _)| (*look, *step)));
    let mut closed_by = HashMap::new();
    for (look, step, rule) in leads {
        let circle = circles.get(step);
        if circle.is_some() && circle == circles.get(look) {
            closed_by.entry(step).or_insert(rule);
        }
    }
    for step in &parts.content.steps {
        if let Some(rule) = closed_by.get(step.id.as_str()) {
            let message = format!("What happens to {} reopens it in the end", step.title);
            found.add(Code::ReopenCycle, Place::Rule(rule), message);
        }
    }
}

/// Each step that a rule looks at with each other one that it reopens.
fn reopens(rule: &Rule) -> impl Iterator<Item = (&str, &str, &Rule)> {
    let looks = rule.conditions.iter().map(|each| &each.of);
    let looks = looks.filter(|target| target.kind == TargetKind::Step);
    looks.flat_map(move |look| {
        let reopened = rule.actions.iter().filter(|each| each.verb == Verb::Reopen);
        let steps = reopened.filter_map(|each| each.step.as_deref());
        let others = steps.filter(|step| *step != look.id);
        others.map(move |step| (look.id.as_str(), step, rule))
    })
}

/// Steps with more rules around them than people can follow.
fn counts(parts: &Parts<'_>, reach: &Reach<'_>, found: &mut Findings) {
    let mut hides: HashSet<&str> = HashSet::new();
    let mut conditions: HashMap<&str, usize> = HashMap::new();
    let mut looks: HashMap<usize, usize> = HashMap::new();
    for rule in &parts.content.rules {
        let mut acts: HashSet<&str> = HashSet::new();
        for action in &rule.actions {
            let Some(step) = action.step.as_deref() else {
                continue;
            };
            if action.verb == Verb::Hide {
                hides.insert(step);
            }
            if acts.insert(step) {
                *conditions.entry(step).or_default() += rule.conditions.len();
            }
        }
        let places: HashSet<usize> = rule
            .conditions
            .iter()
            .filter_map(|each| parts.place_of(&each.of))
            .collect();
        for place in places {
            *looks.entry(place).or_default() += 1;
        }
    }
    for (place, step) in parts.content.steps.iter().enumerate() {
        let id = step.id.as_str();
        let shows = reach.shown_by.get(id).map_or(0, Vec::len);
        if shows > 2 {
            let message = format!("{shows} rules show it");
            found.add(Code::ManyShowRules, Place::Step(step), message);
        }
        if shows > 0 && hides.contains(id) {
            found.add(
                Code::ShowAndHide,
                Place::Step(step),
                "Whether it is seen depends on the order of its rules",
            );
        }
        let count = conditions.get(id).copied().unwrap_or_default();
        if count > 10 {
            let message = format!("{count} conditions decide about it");
            found.add(Code::DependsOnMuch, Place::Step(step), message);
        }
        let count = looks.get(&place).copied().unwrap_or_default();
        if count > 5 {
            let message = format!("{count} rules look at it");
            found.add(Code::AffectsMuch, Place::Step(step), message);
        }
    }
}
