//! Fields and the texts that use them.

use std::collections::{HashMap, HashSet};

use serde_json::Value;
use tallystick_wire::template::FieldType;

use super::reach::Reach;
use super::{Code, Findings, Place};
use crate::template::edit::text::{self as texts, Place as Spot};
use crate::template::model::Field;
use crate::template::parts::Parts;
use crate::template::variable::{SYSTEM, names};

pub fn check(parts: &Parts<'_>, reach: &Reach<'_>, found: &mut Findings) {
    let read = variables(parts, found);
    fields(parts, reach, &read, found);
}

/// Where the answer to a field comes from: the kick-off form, or a step.
struct Source<'c> {
    field: &'c Field,
    step: Option<usize>,
}

/// Notes variables that mean nothing where they stand; answers the ids of the fields that texts or rules read.
fn variables<'c>(parts: &Parts<'c>, found: &mut Findings) -> HashSet<&'c str> {
    let content = parts.content;
    let mut known: HashMap<&str, Source<'_>> = HashMap::new();
    let mut places: HashMap<&str, (Place<'_>, Option<usize>)> = HashMap::new();
    for field in &content.kickoff {
        known.insert(&field.alias, Source { field, step: None });
        places.insert(&field.id, (Place::Prerun(field), None));
    }
    for (index, step) in content.steps.iter().enumerate() {
        places.insert(&step.id, (Place::Step(step), Some(index)));
        for field in &step.fields {
            let step = Some(index);
            known.insert(&field.alias, Source { field, step });
            places.insert(&field.id, (Place::Capture(field), step));
        }
    }
    let mut read: HashSet<&str> = HashSet::new();
    for rule in &content.rules {
        read.extend(rule.conditions.iter().map(|each| each.of.id.as_str()));
        let from = rule.actions.iter().filter_map(|each| each.from.as_ref());
        read.extend(from.map(|target| target.id.as_str()));
    }
    let format = content.head.default_process_name_format.as_deref();
    // One finding for each variable and place is enough.
    let mut said = HashSet::new();
    texts::each(content, |spot, text| {
        let (place, at) = match spot {
            Spot::Template => (Place::Template, None),
            Spot::Step(id) | Spot::Field(id) => {
                places.get(id).copied().unwrap_or((Place::Template, None))
            }
        };
        let is_format = matches!(spot, Spot::Template) && format == Some(text);
        for name in names(text) {
            let key = match spot {
                Spot::Template => "",
                Spot::Step(id) | Spot::Field(id) => id,
            };
            if SYSTEM.contains(&name.as_str()) || !said.insert((key, is_format, name.clone())) {
                continue;
            }
            let Some(source) = known.get(name.as_str()) else {
                let message = format!("There is no field {{{{{name}}}}}");
                found.add(Code::VariableUnknown, place, message);
                continue;
            };
            read.insert(&source.field.id);
            let label = &source.field.label;
            if is_format {
                if let Some(why) = unfit_for_names(source) {
                    let message = format!("{label} {why}");
                    found.add(Code::NameFormatVariable, place, message);
                }
            } else if let Some(step) = source.step
                && at.is_none_or(|at| step >= at)
            {
                let title = &content.steps[step].title;
                let message = format!("{label} is answered in {title}, which is not before this");
                found.add(Code::VariableOfLaterStep, place, message);
            }
        }
    });
    read
}

fn unfit_for_names(source: &Source<'_>) -> Option<&'static str> {
    if source.step.is_some() {
        return Some("is answered after the process has its name");
    }
    match source.field.kind {
        FieldType::Textarea | FieldType::File | FieldType::Table => {
            Some("does not fit into a name")
        }
        _ if !source.field.required => Some("need not be answered"),
        _ => None,
    }
}

fn fields(parts: &Parts<'_>, reach: &Reach<'_>, read: &HashSet<&str>, found: &mut Findings) {
    for field in &parts.content.kickoff {
        options(field, Place::Prerun(field), found);
        if !read.contains(field.id.as_str()) {
            found.add(
                Code::FieldUnread,
                Place::Prerun(field),
                "Nothing in the template uses the answer",
            );
        }
    }
    for step in &parts.content.steps {
        let hidden = reach.hidden.contains(step.id.as_str());
        for field in &step.fields {
            let place = Place::Capture(field);
            options(field, place, found);
            if hidden && field.required && read.contains(field.id.as_str()) {
                let message = format!("{} starts hidden: there may be no answer", step.title);
                found.add(Code::RequiredFieldMayBeHidden, place, message);
            }
        }
    }
}

fn options(field: &Field, place: Place<'_>, found: &mut Findings) {
    let mut seen = HashSet::new();
    for option in &field.options {
        if !seen.insert(option.text.trim()) {
            let message = format!("{} is offered twice", option.text);
            found.add(Code::OptionTwice, place, message);
        }
    }
    let choice = field.kind.has_options() && field.list.0.is_null();
    if choice
        && field.default_value_enabled
        && let Some(text) = first(&field.default_value.0)
        && !field
            .options
            .iter()
            .any(|option| option.text == text || option.id.to_string() == text)
    {
        let message = format!("It begins with {text}");
        found.add(Code::DefaultUnknownOption, place, message);
    }
}

/// The option that a field begins with.
fn first(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text.as_str()).filter(|text| !text.is_empty()),
        Value::Object(map) => map.get("text").and_then(Value::as_str),
        Value::Array(entries) => entries.first().and_then(first),
        _ => None,
    }
}
