//! Tags in the body of a one-off task (contract: runtime, section 4.2).

use serde_json::Value;
use tallystick_wire::tag::SubjectType;
use tallystick_wire::task::TaskInput;

use crate::http::call::object_id;
use crate::http::{Call, Member, Problems, Refusal};
use crate::tag::store;

/// Most tags of one task.
const MOST: usize = 100;

/// The tags that a body wants on its task, in the forms that clients send: a list of ids, ids separated by commas, or the tags as
/// an answer showed them. None when it says nothing of tags.
pub fn read(
    call: &mut Call<'_, '_, Member>,
    input: &TaskInput,
    problems: &mut Problems,
) -> Result<Option<Vec<String>>, Refusal> {
    let entries = match input.tags.as_value().map(|tags| &tags.0) {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => {
            let parts = text.split(',').map(str::trim);
            parts
                .filter(|part| !part.is_empty())
                .map(Value::from)
                .collect()
        }
        Some(Value::Array(entries)) => entries.clone(),
        Some(Value::Object(map)) if map.get("data").is_some_and(Value::is_array) => {
            map["data"].as_array().cloned().unwrap_or_default()
        }
        Some(_) => {
            problems.add("tags", "The tags must be a list of ids");
            return Ok(None);
        }
    };
    if entries.len() > MOST {
        problems.add("tags", format!("A task has at most {MOST} tags"));
        return Ok(None);
    }
    let named: Vec<Option<String>> = entries
        .iter()
        .map(|entry| entry.as_str().or_else(|| entry["tag_id"].as_str()))
        .map(|id| id.and_then(object_id))
        .collect();
    let ids = named.iter().flatten().cloned().collect();
    let known = store::find(call.tx, call.org(), ids, Vec::new())?;
    let mut wanted = Vec::new();
    for (index, id) in named.into_iter().enumerate() {
        match id.filter(|id| known.iter().any(|(known, _)| known == id)) {
            Some(id) if wanted.contains(&id) => {}
            Some(id) => wanted.push(id),
            None => problems.add(
                &format!("tags.{index}"),
                "There is no such tag in this organization",
            ),
        }
    }
    Ok(Some(wanted))
}

/// Puts them on the task, and takes others off; answers whether that changed anything.
pub fn set(
    call: &mut Call<'_, '_, Member>,
    task: &str,
    wanted: Option<&[String]>,
) -> Result<bool, Refusal> {
    let Some(wanted) = wanted else {
        return Ok(false);
    };
    let (org, subject) = (call.org().to_owned(), SubjectType::Task);
    Ok(store::set(call.tx, &org, subject, task, wanted, call.now)?)
}
