//! Form fields, of a step and of the kick-off form (contract: templates, sections 1.4, 4.1 and 5.2).

use std::collections::HashSet;

use serde_json::{Map, Value};
use tallystick_wire::Patch;
use tallystick_wire::lenient::Json;
use tallystick_wire::template::{Choice, Column, FieldType};

use super::value::{int, set};
use super::{HTML_MAX, Identity, MOST, Mint, Reader};
use crate::rich_text;
use crate::template::alias;
use crate::template::model::Field;

/// Longest question, in characters.
const LABEL_MAX: usize = 1_000;
/// Longest text of an option or column, in characters.
const OPTION_MAX: usize = 1_000;
/// Longest prefix, suffix or check, in characters.
const SHORT_MAX: usize = 250;
/// Longest content to begin with, in characters.
const DEFAULT_MAX: usize = 30_000;

/// Reads a field. What is missing in a change keeps its stored value.
pub fn read(
    reader: &Reader<'_>,
    before: Option<&Field>,
    identity: Identity,
    mint: &mut Mint<'_>,
) -> Field {
    let mut field = before
        .cloned()
        .unwrap_or_else(|| Field::new(mint.id(), mint.number(), mint.now));
    match reader.text("label", LABEL_MAX) {
        Patch::Value(label) => field.label = label,
        Patch::Absent if before.is_some() => {}
        _ => reader.fault("label", "The label field is required"),
    }
    kind(reader, before, &mut field);
    match reader.flag("required") {
        Some(required) => field.required = required,
        None if before.is_none() && reader.value("required").is_none() => {
            reader.fault(
                "required",
                "The required field is required: send true or false",
            );
        }
        None => {}
    }
    if let Patch::Value(position) = reader.int("position", 1, 1_000_000) {
        field.position = position;
    }
    reader.set_html("guidance", HTML_MAX, &mut field.guidance);
    reader.set_flag("use_wysiwyg_editor", &mut field.use_wysiwyg_editor);
    reader.set_flag("collect_time", &mut field.collect_time);
    reader.set_flag("default_value_enabled", &mut field.default_value_enabled);
    reader.set_text("prefix", SHORT_MAX, &mut field.prefix);
    reader.set_text("suffix", SHORT_MAX, &mut field.suffix);
    reader.set_opaque("settings", &mut field.settings);
    reader.set_opaque("list", &mut field.list);
    checks(reader, &mut field);
    begin_with(reader, &mut field);
    options(reader, &mut field);
    columns(reader, &mut field);
    if before.is_none() {
        name(reader, identity, &mut field, mint);
    }
    field
}

fn name(reader: &Reader<'_>, identity: Identity, field: &mut Field, mint: &Mint<'_>) {
    field.alias = alias::of_field(&field.label, field.number);
    if identity == Identity::AsSent {
        if let Patch::Value(id) = reader.part_id("id", identity) {
            field.id = id;
        }
        if let Patch::Value(alias) = reader.text("alias", SHORT_MAX) {
            field.alias = alias;
        }
    }
    field.created_at = mint.now;
}

fn kind(reader: &Reader<'_>, before: Option<&Field>, field: &mut Field) {
    match reader.text("field_type", SHORT_MAX) {
        Patch::Value(word) => match FieldType::read(&word) {
            Some(kind) => field.kind = kind,
            None => {
                let words: Vec<&str> = FieldType::WORDS.iter().map(|(_, word)| *word).collect();
                reader.fault(
                    "field_type",
                    format!("The field_type must be one of {}", words.join(", ")),
                );
            }
        },
        Patch::Absent if before.is_some() => {}
        _ => reader.fault("field_type", "The field_type field is required"),
    }
}

/// Rules such as `numeric` or `max:40`, as a list or joined by `|`.
fn checks(reader: &Reader<'_>, field: &mut Field) {
    const KEY: &str = "field_validation";
    if let Some(Value::String(joined)) = reader.value(KEY) {
        field.field_validation = joined
            .split('|')
            .map(str::trim)
            .filter(|check| !check.is_empty())
            .take(MOST)
            .map(str::to_owned)
            .collect();
    } else if let Some(checks) = reader.texts(KEY, SHORT_MAX) {
        field.field_validation = checks;
    }
    if field
        .field_validation
        .iter()
        .any(|check| check.chars().count() > SHORT_MAX)
    {
        reader.fault(
            KEY,
            format!("A check must not be longer than {SHORT_MAX} characters"),
        );
    }
}

fn begin_with(reader: &Reader<'_>, field: &mut Field) {
    // Documented clients also send the content itself as `value`.
    let key = reader.key(&["default_value", "value"]);
    reader.set_opaque(key, &mut field.default_value);
    if key == "value" && reader.value(key).is_some() {
        field.default_value_enabled = true;
    }
    if let Value::String(text) = &field.default_value.0 {
        if text.chars().count() > DEFAULT_MAX {
            reader.fault(
                key,
                format!("The {key} must not be longer than {DEFAULT_MAX} characters"),
            );
        } else if field.kind == FieldType::Textarea && field.use_wysiwyg_editor {
            field.default_value = Json(Value::String(rich_text::clean(text)));
        }
    }
    if matches!(
        field.kind,
        FieldType::File | FieldType::Table | FieldType::AssigneesForm
    ) {
        field.default_value_enabled = false;
    }
}

fn options(reader: &Reader<'_>, field: &mut Field) {
    const KEY: &str = "options";
    if !field.kind.has_options() {
        field.options.clear();
        return;
    }
    if let Some(entries) = reader.objects(KEY, MOST) {
        let mut taken: HashSet<i64> = entries
            .iter()
            .filter_map(|entry| entry.value("id").and_then(int))
            .collect();
        let mut seen = HashSet::new();
        let mut fresh = 1..;
        field.options = entries
            .iter()
            .map(|entry| {
                let id = numbered(entry, &mut taken, &mut seen, &mut fresh);
                Choice {
                    id,
                    text: words(entry, &["text", "label"]),
                    value: Json(entry.raw("value").cloned().unwrap_or(Value::Null)),
                    more: rest(entry, &["id", "text", "value"]),
                }
            })
            .collect();
    }
    let (count, has_list) = (field.options.len(), !field.list.0.is_null());
    let least = if field.kind == FieldType::Radio { 2 } else { 1 };
    if count < least && !has_list {
        let few = if least == 2 {
            "two options"
        } else {
            "one option"
        };
        reader.fault(
            KEY,
            format!(
                "A field of the type {} needs at least {few}",
                field.kind.word()
            ),
        );
    }
}

fn columns(reader: &Reader<'_>, field: &mut Field) {
    const KEY: &str = "columns";
    if field.kind != FieldType::Table {
        field.columns.clear();
        return;
    }
    if let Some(entries) = reader.objects(KEY, MOST) {
        let mut taken: HashSet<i64> = entries
            .iter()
            .filter_map(|entry| entry.value("id").and_then(int))
            .collect();
        let mut seen = HashSet::new();
        let mut fresh = 1..;
        field.columns = entries
            .iter()
            .map(|entry| Column {
                id: numbered(entry, &mut taken, &mut seen, &mut fresh),
                label: words(entry, &["label", "text"]),
                more: rest(entry, &["id", "label"]),
            })
            .collect();
    }
    if field.columns.is_empty() {
        reader.fault(KEY, "A field of the type table needs at least one column");
    }
}

/// The number of an option or column: as sent, since answers name it, or the next free one.
fn numbered(
    entry: &Reader<'_>,
    taken: &mut HashSet<i64>,
    seen: &mut HashSet<i64>,
    fresh: &mut std::ops::RangeFrom<i64>,
) -> i64 {
    let id = match entry.int("id", i64::MIN, i64::MAX) {
        Patch::Value(id) => id,
        _ => fresh.find(|id| taken.insert(*id)).unwrap_or_default(),
    };
    if !seen.insert(id) {
        entry.fault("id", format!("The id {id} is used twice in this field"));
    }
    id
}

fn words(entry: &Reader<'_>, keys: &[&str; 2]) -> String {
    let mut text = None;
    // Spaces are kept: answers are compared with the text as it is.
    let key = entry.key(keys);
    match entry.value(key) {
        Some(Value::String(sent)) if sent.chars().count() <= OPTION_MAX => {
            text = Some(sent.clone());
        }
        _ => set(entry.text(key, OPTION_MAX), &mut text),
    }
    text.unwrap_or_else(|| {
        if entry.value(key).is_none() {
            entry.fault(keys[0], format!("The {} field is required", keys[0]));
        }
        String::new()
    })
}

/// Keys that only the client understands; kept as they are, within reason.
fn rest(entry: &Reader<'_>, known: &[&str]) -> Map<String, Value> {
    let more: Map<String, Value> = entry
        .map
        .iter()
        .filter(|(key, _)| !known.contains(&key.as_str()))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    if Value::Object(more.clone()).to_string().len() > 10_000 {
        entry.fault("id", "This entry is too large");
        return Map::new();
    }
    more
}
