//! Answers to form fields: their form, and the texts that conditions compare (contract: templates, sections 1.4 and 6.4;
//! runtime, section 5.1).

use serde_json::Value;
use tallystick_wire::template::FieldType;
use tallystick_wire::time;

use crate::template::model::Field;

/// Longest answer to a text field, in characters.
pub const TEXT_MAX: usize = 255;
/// Longest answer to a textarea, in characters.
pub const TEXTAREA_MAX: usize = 30_000;

/// Whether this value stands for no answer.
#[must_use]
pub fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.trim().is_empty(),
        Value::Array(items) => items.iter().all(is_nothing),
        Value::Object(map) => map.values().all(is_nothing),
    }
}

/// A scalar as text.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// Text under one of these keys, or the value itself.
fn text_of(value: &Value, keys: &[&str]) -> Option<String> {
    match value {
        Value::Object(map) => keys.iter().find_map(|key| map.get(*key).and_then(text)),
        other => text(other),
    }
}

/// The texts that conditions compare and variables show; none when there is no answer. `column` narrows a table.
#[must_use]
pub fn texts(field: &Field, value: Option<&Value>, column: Option<&str>) -> Vec<String> {
    let Some(value) = value.filter(|value| !is_nothing(value)) else {
        return Vec::new();
    };
    let mut found: Vec<String> = match (field.kind, value) {
        (FieldType::Multiselect, Value::Array(entries)) => entries
            .iter()
            .filter(|entry| entry.get("selected") != Some(&Value::Bool(false)))
            .filter_map(|entry| text_of(entry, &["text"]))
            .collect(),
        (FieldType::File, Value::Array(entries)) => entries
            .iter()
            .filter_map(|entry| text_of(entry, &["filename", "full_url", "url", "id"]))
            .collect(),
        (FieldType::Table, Value::Array(cells)) => cells
            .iter()
            .enumerate()
            .filter(|(index, _)| column.is_none_or(|name| is_column(field, *index, name)))
            .flat_map(|(_, cell)| inside(cell, 4))
            .collect(),
        (FieldType::AssigneesForm, Value::Object(people)) => ["users", "guests", "groups"]
            .iter()
            .filter_map(|key| people.get(*key)?.as_array())
            .flatten()
            .filter_map(text)
            .collect(),
        (FieldType::File, one) => text_of(one, &["filename", "full_url", "url", "id"])
            .into_iter()
            .collect(),
        (_, Value::Array(entries)) => entries
            .iter()
            .filter_map(|entry| text_of(entry, &["text"]))
            .collect(),
        (_, one) => text_of(one, &["text"]).into_iter().collect(),
    };
    found.retain(|text| !text.trim().is_empty());
    found
}

fn is_column(field: &Field, index: usize, name: &str) -> bool {
    let name = name.trim().to_lowercase();
    let column = field.columns.get(index);
    column.is_some_and(|column| column.label.trim().to_lowercase() == name)
}

/// The scalars in a cell: some clients keep an object for each column.
fn inside(cell: &Value, depth: usize) -> Vec<String> {
    match cell {
        _ if depth == 0 => Vec::new(),
        Value::Array(cells) => cells
            .iter()
            .flat_map(|cell| inside(cell, depth - 1))
            .collect(),
        Value::Object(map) => match map.get("value").or_else(|| map.get("text")) {
            Some(value) => inside(value, depth - 1),
            None => Vec::new(),
        },
        other => text(other).into_iter().collect(),
    }
}

/// What is wrong with an answer to this field: where within the answer, and what.
pub fn check(field: &Field, value: &Value) -> Result<(), (String, String)> {
    let wrong = |text: &str| Err((String::new(), text.to_owned()));
    if field.kind == FieldType::Table {
        return match value.as_array() {
            Some(cells) if cells.len() == field.columns.len() => Ok(()),
            Some(cells) if !cells.is_empty() => {
                wrong("The number of columns does not match the columns of the field")
            }
            _ => wrong("This must be a list with one entry for each column"),
        };
    }
    let cleared = match value {
        Value::Array(entries) => entries.is_empty(),
        Value::Object(_) => false,
        other => is_nothing(other),
    };
    if cleared {
        return Ok(());
    }
    match field.kind {
        FieldType::Text => match text(value) {
            Some(text) if text.chars().count() <= TEXT_MAX => Ok(()),
            Some(_) => wrong("This must not be longer than 255 characters"),
            None => wrong("This must be text"),
        },
        FieldType::Textarea => match value.as_str() {
            Some(text) if text.chars().count() <= TEXTAREA_MAX => Ok(()),
            Some(_) => wrong("This must not be longer than 30000 characters"),
            None => wrong("This must be text"),
        },
        FieldType::Email => match value.as_str() {
            Some(text) if crate::member::rules::is_email(text.trim()) => Ok(()),
            _ => wrong("This must be an e-mail address"),
        },
        FieldType::Date => match value.as_str().and_then(time::parse) {
            Some(_) => Ok(()),
            None => Err((String::new(), format!("This {}", time::EXPECTED))),
        },
        FieldType::Radio => match text_of(value, &["text"]) {
            Some(text) if offers(field, &text) => Ok(()),
            _ => wrong("This must be the text of one of the options"),
        },
        FieldType::Dropdown => option(field, value).map_err(|text| (String::new(), text)),
        FieldType::Multiselect => each(value, |entry| option(field, entry)),
        FieldType::AssigneesForm => people(value),
        FieldType::File => each(value, |entry| {
            let named = ["id", "url", "full_url"].iter().any(|key| {
                let value = entry.get(*key);
                value.is_some_and(|value| !is_nothing(value))
            });
            if named {
                Ok(())
            } else {
                Err("A file needs id, url or full_url".to_owned())
            }
        }),
        FieldType::Table => Ok(()),
    }
}

/// Options of a list of the organisation are not written in the field.
fn offers(field: &Field, text: &str) -> bool {
    let mut options = field.options.iter();
    !field.list.0.is_null() || options.any(|option| option.text == text)
}

fn option(field: &Field, value: &Value) -> Result<(), String> {
    let wrong = Err("This must be an option of the field, as id and text".to_owned());
    let Some(named) = text_of(value, &["text"]) else {
        return wrong;
    };
    if !field.list.0.is_null() {
        return Ok(());
    }
    let id = value.get("id").and_then(text);
    let fits = field.options.iter().any(|option| {
        option.text == named && id.as_ref().is_none_or(|id| *id == option.id.to_string())
    });
    if fits { Ok(()) } else { wrong }
}

fn each(
    value: &Value,
    check: impl Fn(&Value) -> Result<(), String>,
) -> Result<(), (String, String)> {
    let Some(entries) = value.as_array() else {
        return Err((String::new(), "This must be a list".to_owned()));
    };
    for (index, entry) in entries.iter().enumerate() {
        check(entry).map_err(|text| (index.to_string(), text))?;
    }
    Ok(())
}

fn people(value: &Value) -> Result<(), (String, String)> {
    let Some(map) = value.as_object() else {
        let expected = "This must be an object with users, guests and groups";
        return Err((String::new(), expected.to_owned()));
    };
    for (key, list) in map {
        let fits = match key.as_str() {
            "users" => list.as_array().is_some_and(|list| {
                list.iter()
                    .all(|id| crate::template::read::whole_number(id).is_some())
            }),
            "guests" | "groups" => list
                .as_array()
                .is_some_and(|list| list.iter().all(Value::is_string)),
            _ => return Err((key.clone(), "There is no such key".to_owned())),
        };
        if !fits && !list.is_null() {
            return Err((key.clone(), "This must be a list of people".to_owned()));
        }
    }
    Ok(())
}
