//! Whole templates out of a body: what an export holds (contract: templates, section 10).
//!
//! Everything is read with the ids that it was sent with, so that rules, deadlines and milestones find what they name; then
//! all of it gets new ones. Apart from running numbers, which come with the [`Mint`], nothing outside is asked.

use serde_json::{Map, Value};
use tallystick_wire::template::ImportWarning;
use tallystick_wire::{Patch, Time};

use super::edit::{self, remap, whole};
use super::model::{Content, Field, Stage};
use super::read::{
    Faults, Identity, MOST_FIELDS, MOST_RULES, MOST_STAGES, MOST_STEPS, Mint, Reader, field, rule,
    step,
};

/// Keys that make a body an import.
const IMPORTED: [&str; 3] = ["steps", "automated_actions", "stages"];

/// Whether a body holds a whole template.
#[must_use]
pub fn is_one(reader: &Reader<'_>) -> bool {
    IMPORTED.iter().any(|key| reader.value(key).is_some())
}

/// How many fields a body may make at most, each counted twice: an import first reads them, then gives them new names.
#[must_use]
pub fn fields_in(body: &Map<String, Value>) -> usize {
    fn list<'a>(value: Option<&'a Value>) -> &'a [Value] {
        let inner = value.map(|value| value.get("data").unwrap_or(value));
        inner.and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
    let kickoff = list(body.get("prerun")).len();
    let steps = list(body.get("steps")).iter();
    let captures: usize = steps.map(|step| list(step.get("captures")).len()).sum();
    (kickoff + captures) * 2
}

/// Reads everything below the head, checks it as a whole, and gives it new identities. `content` has its head already;
/// what is wrong is noted in `faults`, and what was left out is answered.
pub fn read(
    reader: &Reader<'_>,
    faults: &Faults,
    content: &mut Content,
    mint: &mut Mint<'_>,
) -> Vec<ImportWarning> {
    content.kickoff = kickoff(reader, &[], Identity::AsSent, mint);
    for entry in reader.objects("stages", MOST_STAGES).unwrap_or_default() {
        if let Some(stage) = stage(&entry, None, Identity::AsSent, mint) {
            content.stages.push(stage);
        }
    }
    let mut entries = reader.objects("steps", MOST_STEPS).unwrap_or_default();
    entries.sort_by_key(|entry| {
        entry
            .value("position")
            .and_then(Value::as_i64)
            .unwrap_or(i64::MAX)
    });
    for entry in &entries {
        let mut made = step::read(entry, None, content, Identity::AsSent, mint);
        edit::field::in_order(&mut made.fields);
        content.steps.push(made);
    }
    let rules = reader
        .objects("automated_actions", MOST_RULES)
        .unwrap_or_default();
    for entry in &rules {
        let made = rule::read(entry, None, content, Identity::AsSent, mint);
        content.rules.push(made);
    }
    whole::check_identities(content, faults);
    whole::check_deadlines(content, faults, |index, _| {
        format!("steps.{index}.deadline.step")
    });
    let (made, warnings) = remap::remap(content, mint);
    *content = made;
    warnings
}

/// Reads a milestone; none when it has no name.
pub fn stage(
    reader: &Reader<'_>,
    before: Option<&Stage>,
    identity: Identity,
    mint: &Mint<'_>,
) -> Option<Stage> {
    let name = match reader.text("name", 250) {
        Patch::Value(name) => name,
        Patch::Absent if before.is_some() => before?.name.clone(),
        _ => {
            reader.fault("name", "The name field is required");
            return None;
        }
    };
    let sent = (identity == Identity::AsSent)
        .then(|| reader.id("id").value())
        .flatten();
    let made: Time = mint.now;
    Some(Stage {
        id: before
            .map(|stage| stage.id.clone())
            .or(sent)
            .unwrap_or_else(|| mint.id()),
        name,
        created_at: before.map_or(made, |stage| stage.created_at),
        updated_at: made,
    })
}

/// A whole kick-off form: entries with a known id change that field, others are new (contract: templates, section 5.2).
pub fn kickoff(
    reader: &Reader<'_>,
    stored: &[Field],
    identity: Identity,
    mint: &mut Mint<'_>,
) -> Vec<Field> {
    let mut fields = Vec::new();
    let entries = reader.objects("prerun", MOST_FIELDS).unwrap_or_default();
    for (index, entry) in (1..).zip(&entries) {
        let id = entry.value("id").and_then(Value::as_str);
        let known = id
            .and_then(crate::http::call::object_id)
            .and_then(|id| stored.iter().find(|field| field.id == id));
        let mut made = field::read(entry, known, identity, mint);
        if entry.value("position").is_none() {
            made.position = index;
        }
        if known.is_some_and(|known| *known != made) {
            made.updated_at = mint.now;
        }
        if fields.iter().any(|other: &Field| other.id == made.id) {
            entry.fault("id", "This id is used twice");
        }
        fields.push(made);
    }
    fields
}

#[cfg(test)]
mod tests;
