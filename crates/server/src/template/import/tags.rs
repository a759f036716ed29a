//! Tags that an import names: those of the organisation, by id or by title. An export from elsewhere has other ids for them.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};
use tallystick_db::{Result, Tx};
use tallystick_wire::template::ImportWarning;

use crate::http::call::object_id;
use crate::tag;
use crate::template::read::Outside;

/// Puts the ids of this organisation's tags in the place of those that the template and its steps name, and takes out what it
/// does not have.
pub fn settle(
    tx: &mut Tx<'_>,
    organization: &str,
    body: &mut Map<String, Value>,
) -> Result<Vec<ImportWarning>> {
    let (mut ids, mut titles) = (HashSet::new(), HashSet::new());
    each(body, |_, entries| {
        for entry in entries.iter() {
            let (id, title) = named(entry);
            ids.extend(id);
            titles.extend(title);
        }
    });
    if ids.is_empty() && titles.is_empty() {
        return Ok(Vec::new());
    }
    let found = tag::store::find(
        tx,
        organization,
        Vec::from_iter(ids),
        Vec::from_iter(titles),
    )?;
    let known: HashSet<&String> = found.iter().map(|(id, _)| id).collect();
    let by_title: HashMap<&String, &String> = found.iter().map(|(id, title)| (title, id)).collect();
    let mut warnings = Vec::new();
    each(body, |path, entries| {
        let all = std::mem::take(entries);
        for (index, entry) in all.iter().enumerate() {
            let (id, title) = named(entry);
            let same = id.filter(|id| known.contains(id));
            let alike = title.and_then(|title| by_title.get(&title).copied().cloned());
            match same.or(alike) {
                Some(id) => entries.push(Value::String(id)),
                None => warnings.push(ImportWarning {
                    path: format!("{path}.{index}"),
                    message: format!("{}; it was left out", Outside::Tag(String::new()).missing()),
                }),
            }
        }
    });
    Ok(warnings)
}

/// Id, and title in lower case, of a tag as it was sent: either of them, or an object that has both.
fn named(entry: &Value) -> (Option<String>, Option<String>) {
    let text = |key: &str| entry[key].as_str();
    let id = entry
        .as_str()
        .or_else(|| text("tag_id"))
        .or_else(|| text("id"));
    let id = id.and_then(object_id);
    let title = match (&id, entry.as_str()) {
        (Some(_), Some(_)) => None,
        (_, word) => word.or_else(|| text("title")),
    };
    (id, title.map(|title| title.trim().to_lowercase()))
}

/// The lists of tags in a body, each with its place.
fn each(body: &mut Map<String, Value>, mut change: impl FnMut(&str, &mut Vec<Value>)) {
    fn list(value: Option<&mut Value>) -> Option<&mut Vec<Value>> {
        match value? {
            Value::Array(entries) => Some(entries),
            Value::Object(map) => map.get_mut("data")?.as_array_mut(),
            _ => None,
        }
    }
    if let Some(entries) = list(body.get_mut("tags")) {
        change("tags", entries);
    }
    let steps = list(body.get_mut("steps")).into_iter().flatten();
    for (index, step) in steps.enumerate() {
        let tags = step.as_object_mut().and_then(|step| step.get_mut("tags"));
        if let Some(entries) = list(tags) {
            change(&format!("steps.{index}.tags"), entries);
        }
    }
}
