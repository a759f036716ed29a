//! Rules (contract: templates, sections 6.2 to 6.4).

use std::collections::HashSet;

use serde_json::Value;
use tallystick_wire::Patch;
use tallystick_wire::lenient::Json;
use tallystick_wire::template::{Assignees, FieldType, RuleDeadline};

use super::step::assignees;
use super::value::needed;
use super::{Identity, Mint, Reader};
use crate::template::model::{
    Action, ActionKind, Condition, Content, Logic, Operation, Rule, Target, TargetKind, Verb,
};

/// Longest name of a rule, in characters.
const NAME_MAX: usize = 300;
/// Longest word.
const WORD_MAX: usize = 64;
/// Most conditions, and most actions, of a rule.
const MOST: usize = 200;
/// Longest value compared with, in bytes.
const STATEMENT_MAX: usize = 30_000;
/// Units of a deadline.
const UNITS: [&str; 5] = ["minutes", "hours", "days", "weeks", "months"];

/// Reads a whole rule of `content`; `before` is the rule it replaces.
pub fn read(
    reader: &Reader<'_>,
    before: Option<&Rule>,
    content: &Content,
    identity: Identity,
    mint: &Mint<'_>,
) -> Rule {
    let name = reader
        .text(reader.key(&["automated_alias", "alias"]), NAME_MAX)
        .value();
    let usual = reader
        .text("condition_logic", WORD_MAX)
        .value()
        .map_or(Logic::And, |word| logic(reader, "condition_logic", &word));
    let mut conditions = listed(reader, &["conditions"]);
    let mut actions = listed(reader, &["then_actions", "actions"]);
    in_order(&mut conditions);
    in_order(&mut actions);
    let conditions: Vec<Condition> = conditions
        .iter()
        .filter_map(|entry| condition(entry, usual, content, identity, mint))
        .collect();
    let actions: Vec<(&Reader<'_>, Action)> = actions
        .iter()
        .filter_map(|entry| Some((entry, action(entry, content, identity, mint)?)))
        .collect();
    once_for_each_step(&actions);
    let actions: Vec<Action> = actions.into_iter().map(|(_, action)| action).collect();
    let name = name
        .or_else(|| before.map(|rule| rule.name.clone()))
        .unwrap_or_else(|| described(&actions, content));
    Rule {
        id: before.map_or_else(|| mint.id(), |rule| rule.id.clone()),
        name,
        conditions,
        actions,
        created_at: before.map_or(mint.now, |rule| rule.created_at),
        updated_at: mint.now,
    }
}

fn listed<'a>(reader: &Reader<'a>, keys: &[&str]) -> Vec<Reader<'a>> {
    let key = reader.key(keys);
    let found = reader.objects(key, MOST);
    let sent = reader.unwrapped(key);
    if sent.is_none_or(|value| value.as_array().is_some_and(Vec::is_empty)) {
        reader.fault(
            keys[0],
            format!("The {} field needs at least one entry", keys[0]),
        );
    }
    found.unwrap_or_default()
}

/// By the positions that were sent; entries of the same position, or without one, as they came.
fn in_order(entries: &mut [Reader<'_>]) {
    let place = |entry: &Reader<'_>| entry.value("position").and_then(Value::as_i64);
    if entries.iter().all(|entry| place(entry).is_some()) {
        entries.sort_by_key(place);
    }
}

fn logic(reader: &Reader<'_>, key: &str, word: &str) -> Logic {
    match word.to_ascii_lowercase().as_str() {
        "and" => Logic::And,
        "or" => Logic::Or,
        _ => {
            reader.fault(key, format!("The {key} must be and or or"));
            Logic::And
        }
    }
}

/// A word of a list; what is expected is said.
fn word<T: Copy>(reader: &Reader<'_>, key: &str, words: &[(T, &str)]) -> Option<T> {
    let sent = needed(reader, key, reader.text(key, WORD_MAX))?;
    let found = words
        .iter()
        .find(|(_, known)| known.eq_ignore_ascii_case(&sent));
    if found.is_none() {
        let all: Vec<&str> = words.iter().map(|(_, word)| *word).collect();
        reader.fault(key, format!("The {key} must be one of {}", all.join(", ")));
    }
    found.map(|(value, _)| *value)
}

fn condition(
    reader: &Reader<'_>,
    usual: Logic,
    content: &Content,
    identity: Identity,
    mint: &Mint<'_>,
) -> Option<Condition> {
    let kind = word(reader, "conditionable_type", TargetKind::WORDS);
    let id = needed(
        reader,
        "conditionable_id",
        reader.part_id("conditionable_id", identity),
    );
    let operation = word(reader, "operation", Operation::WORDS);
    if let (Some(kind), Some(operation)) = (kind, operation)
        && operation.is_of_a_step() != (kind == TargetKind::Step)
    {
        reader.fault(
            "operation",
            format!(
                "{} is not asked of a {}",
                operation.word(),
                kind.word().to_lowercase()
            ),
        );
    }
    if !reader.sent("statement") {
        reader.fault(
            "statement",
            "The statement field is required; it may be null",
        );
    }
    let mut statement = Json::default();
    reader.set_opaque("statement", &mut statement);
    if statement.0.to_string().len() > STATEMENT_MAX {
        reader.fault(
            "statement",
            format!("The statement must not be longer than {STATEMENT_MAX} bytes"),
        );
    }
    let logic = reader
        .text("logic", WORD_MAX)
        .value()
        .map_or(usual, |word| logic(reader, "logic", &word));
    let mut column = None;
    reader.set_text("column_contains_name", 1_000, &mut column);
    let of = Target {
        kind: kind?,
        id: id?,
    };
    if identity == Identity::Fresh && !content.has(&of) {
        reader.fault(
            "conditionable_id",
            format!("There is no such {} in this template", named(of.kind)),
        );
    }
    Some(Condition {
        id: mint.id(),
        of,
        operation: operation?,
        statement,
        logic,
        column,
    })
}

const fn named(kind: TargetKind) -> &'static str {
    match kind {
        TargetKind::Step => "step",
        TargetKind::Capture => "form field",
        TargetKind::Prerun => "kick-off field",
    }
}

fn action(
    reader: &Reader<'_>,
    content: &Content,
    identity: Identity,
    mint: &Mint<'_>,
) -> Option<Action> {
    let kind = word(reader, "action_type", ActionKind::WORDS);
    let verb = word(reader, "action_verb", Verb::WORDS);
    if let (Some(kind), Some(verb)) = (kind, verb)
        && verb.kind() != kind
    {
        let verbs: Vec<&str> = Verb::WORDS
            .iter()
            .filter(|(verb, _)| verb.kind() == kind)
            .map(|(_, word)| *word)
            .collect();
        reader.fault(
            "action_verb",
            format!(
                "For {} the action_verb must be one of {}",
                kind.word(),
                verbs.join(", ")
            ),
        );
    }
    let step = reader.part_id("target_step_id", identity).value();
    match &step {
        None if kind != Some(ActionKind::Webhook) && reader.value("target_step_id").is_none() => {
            reader.fault("target_step_id", "The target_step_id field is required");
        }
        Some(id) if identity == Identity::Fresh && content.step(id).is_none() => {
            reader.fault("target_step_id", "There is no such step in this template");
        }
        _ => {}
    }
    let from = source(reader, content, identity);
    let mut action = Action {
        id: mint.id(),
        verb: verb?,
        step,
        from,
        deadline: None,
        people: None,
        webhook_url: None,
        alias_name: None,
    };
    match kind? {
        ActionKind::Assignment => people(reader, content, &mut action),
        ActionKind::Deadline => action.deadline = deadline(reader),
        ActionKind::Webhook => {
            reader.set_url("webhook_url", &mut action.webhook_url);
            reader.set_text("alias_name", NAME_MAX, &mut action.alias_name);
            needed(reader, "webhook_url", Patch::<()>::Absent);
            needed(reader, "alias_name", Patch::<()>::Absent);
        }
        ActionKind::Visibility | ActionKind::Status => {}
    }
    Some(action)
}

/// The field or step that an action reads, if it names one whole.
fn source(reader: &Reader<'_>, content: &Content, identity: Identity) -> Option<Target> {
    reader.value("actionable_id")?;
    let id = reader.part_id("actionable_id", identity).value()?;
    let kind = word(reader, "actionable_type", TargetKind::WORDS)?;
    let target = Target { kind, id };
    if identity == Identity::Fresh && !content.has(&target) {
        reader.fault(
            "actionable_id",
            format!("There is no such {} in this template", named(kind)),
        );
    }
    Some(target)
}

fn people(reader: &Reader<'_>, content: &Content, action: &mut Action) {
    let people = match reader.value("assignees") {
        // A bare list counts as nobody (contract: templates, section 6.2).
        None | Some(Value::Array(_)) => Assignees::default(),
        Some(_) => match reader.object("assignees") {
            Patch::Value(inner) => {
                let key = inner.key(&["users", "assignees"]);
                assignees(&inner, key)
            }
            _ => return,
        },
    };
    let nobody = people == Assignees::default();
    let picked = action
        .from
        .as_ref()
        .is_some_and(|target| is_picker(content, target));
    if nobody && action.verb != Verb::ClearAssignees && !picked && action.from.is_none() {
        reader.fault(
            "assignees",
            "Name at least one member, guest or group, or a field that asks for people",
        );
    } else if nobody && action.from.is_some() && !picked && content_known(content, action) {
        reader.fault(
            "actionable_id",
            "The field must be of the type assignees_form",
        );
    }
    action.people = (action.verb != Verb::ClearAssignees && !nobody).then_some(people);
}

/// Whether what an action reads is there, so that its type can be judged: while an import is read it is not yet.
fn content_known(content: &Content, action: &Action) -> bool {
    action
        .from
        .as_ref()
        .is_some_and(|target| content.has(target))
}

fn is_picker(content: &Content, target: &Target) -> bool {
    let field = match target.kind {
        TargetKind::Step => None,
        TargetKind::Capture => content.capture(&target.id).map(|(_, field)| field),
        TargetKind::Prerun => content.prerun(&target.id),
    };
    field.is_some_and(|field| field.kind == FieldType::AssigneesForm)
}

fn deadline(reader: &Reader<'_>) -> Option<RuleDeadline> {
    let Patch::Value(inner) = reader.object("deadline") else {
        reader.fault(
            "deadline",
            "The deadline field is required: value, unit and option",
        );
        return None;
    };
    let value = needed(&inner, "value", inner.int("value", 0, 1_000_000));
    let unit = word(&inner, "unit", &UNITS.map(|unit| (unit, unit)));
    let option = word(&inner, "option", &[("from", "from"), ("before", "before")]);
    Some(RuleDeadline {
        value: value?,
        unit: unit?.to_owned(),
        option: option?.to_owned(),
    })
}

fn once_for_each_step(actions: &[(&Reader<'_>, Action)]) {
    let mut seen = HashSet::new();
    for (reader, action) in actions {
        let kind = action.verb.kind();
        let once = matches!(kind, ActionKind::Visibility | ActionKind::Deadline);
        if once && action.step.is_some() && !seen.insert((kind, action.step.clone())) {
            reader.fault(
                "target_step_id",
                format!("A rule may have one {} action for each step", kind.word()),
            );
        }
    }
}

/// A name for a rule that came without one.
fn described(actions: &[Action], content: &Content) -> String {
    let first = actions.first();
    let verb = first.map_or("Rule", |action| match action.verb {
        Verb::Show => "Show",
        Verb::Hide => "Hide",
        Verb::Assign => "Assign",
        Verb::AssignOnly => "Assign only",
        Verb::Unassign => "Unassign",
        Verb::ClearAssignees => "Clear assignees of",
        Verb::Deadline => "Set deadline of",
        Verb::Reopen => "Reopen",
        Verb::EmitWebhook => "Call webhook",
    });
    let step = first
        .and_then(|action| action.step.as_deref())
        .and_then(|id| content.step(id));
    let name = step.map_or_else(|| verb.to_owned(), |step| format!("{verb} {}", step.title));
    name.chars().take(NAME_MAX).collect()
}
