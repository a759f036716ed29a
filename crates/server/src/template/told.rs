//! What the activity feed tells of an edit: each change in a sentence, with the verb and the field that the feed is filtered by
//! (contract: runtime, section 11). Pure.
//!
//! Steps are told of themselves, and so are their form fields, which have no kind of their own in the feed; everything else is
//! told of the template.

use serde_json::Value;
use tallystick_wire::template::Change;

use super::compare::compare;
use super::model::{Content, Record, Template};
use crate::activity::store::{Subject, described};

/// How much of a long text is kept as what stood there before.
const OLD_MAX: usize = 1_000;
/// More changes than these are told in one sentence: nobody reads them one by one.
const MOST: usize = 100;

/// One thing that changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The step; none for the template.
    pub step: Option<String>,
    /// What was done.
    pub verb: &'static str,
    /// What of it changed.
    pub field: Option<String>,
    /// What stood there.
    pub old: Option<String>,
    /// The sentence.
    pub description: String,
}

impl Told {
    /// What is told of.
    #[must_use]
    pub const fn subject(&self) -> Subject {
        match self.step {
            Some(_) => Subject::Step,
            None => Subject::Template,
        }
    }
}

/// Everything that an edit changed.
#[must_use]
pub fn told(before: &Template, after: &Template) -> Vec<Told> {
    let title = &after.content.head.title;
    let mut all = of_record(&before.record, &after.record, title);
    let changes = compare(&after.record.id, &before.content, &after.content);
    let told = changes
        .iter()
        .filter_map(|change| of_part(change, &before.content, &after.content));
    all.extend(told);
    for step in after
        .content
        .steps
        .iter()
        .filter(|step| step.tags.is_some())
    {
        if let Some(old) = before.content.step(&step.id)
            && old.tags != step.tags
        {
            let sentence = format!("changed the tags of the step \"{}\"", step.title);
            let told = changed(sentence, "tags", None);
            all.push(Told {
                step: Some(step.id.clone()),
                ..told
            });
        }
    }
    if all.is_empty() || all.len() > MOST {
        let many = (all.len() > MOST).then(|| format!(": {} changes at once", all.len()));
        let sentence = described("updated", "template", Some(title)) + &many.unwrap_or_default();
        all = vec![Told {
            field: None,
            ..changed(sentence, "", None)
        }];
    }
    all
}

/// A field of the template as a whole that changed.
#[must_use]
pub fn field(name: &str, old: Option<String>, title: &str) -> Told {
    let sentence = format!("changed the {} of the template \"{title}\"", words(name));
    changed(sentence, name, old)
}

fn changed(description: String, field: &str, old: Option<String>) -> Told {
    Told {
        step: None,
        verb: "updated",
        field: Some(field.to_owned()),
        old: old
            .filter(|text| !text.is_empty())
            .map(|text| text.chars().take(OLD_MAX).collect()),
        description,
    }
}

/// The name of a field in a sentence.
fn words(field: &str) -> String {
    match field {
        "prerun" => "kick-off form".to_owned(),
        "automated_actions" => "rules".to_owned(),
        "bp_to_launch" => "template to launch".to_owned(),
        "stage_id" => "milestone".to_owned(),
        field => field.trim_end_matches("_id").replace('_', " "),
    }
}

/// What the template is, apart from what it says.
fn of_record(before: &Record, after: &Record, title: &str) -> Vec<Told> {
    fn fields(record: &Record) -> [(&'static str, Option<String>); 9] {
        let flag = |flag: bool| Some(flag.to_string());
        [
            ("alias", Some(record.alias.clone())),
            ("status", record.status.clone()),
            ("folder_id", record.folder_id.clone()),
            ("owner_id", Some(record.owner_id.to_string())),
            ("is_pinned", flag(record.is_pinned)),
            ("is_public", flag(record.is_public)),
            ("is_featured", flag(record.is_featured)),
            ("is_public_kickoff", flag(record.is_public_kickoff)),
            ("dual_version_enabled", flag(record.dual_version_enabled)),
        ]
    }
    let both = fields(before).into_iter().zip(fields(after));
    both.filter(|(old, new)| old != new)
        .map(|((name, old), _)| field(name, old, title))
        .collect()
}

/// A change of a part; none for what is said with another one.
fn of_part(change: &Change, before: &Content, after: &Content) -> Option<Told> {
    let title = &change.title;
    let key = change.field.as_deref().unwrap_or_default();
    let old = change.before.as_ref().and_then(|value| text(&value.0));
    if change.kind == "template" {
        return Some(field(key, old, title));
    }
    let (part, list) = match change.kind.as_str() {
        "step" => ("step", ""),
        "capture" => ("form field", "captures"),
        "prerun" => ("kick-off field", "prerun"),
        "stage" => ("milestone", "stages"),
        _ => ("rule", "automated_actions"),
    };
    let step = match change.kind.as_str() {
        "step" => Some(change.id.clone()),
        "capture" => Some(home(change, before, after)?),
        _ => None,
    };
    let is_step = change.kind == "step";
    let (verb, action) = match change.change.as_str() {
        "added" if is_step => ("created", "created"),
        "removed" if is_step => ("deleted", "deleted"),
        "moved" => ("re-ordered", "moved"),
        // The step or the template is what changed: it was neither made nor deleted.
        "added" => ("updated", "added"),
        "removed" => ("updated", "deleted"),
        _ => match key {
            "assignees" | "guests" | "groups" if is_step => {
                let sentence = described("owners-updated", part, Some(title));
                let told = changed(sentence, key, old);
                return Some(Told {
                    step,
                    verb: "owners-updated",
                    ..told
                });
            }
            key => {
                let sentence = format!("changed the {} of the {part} \"{title}\"", words(key));
                return Some(Told {
                    step,
                    ..changed(sentence, key, old)
                });
            }
        },
    };
    let field = if list.is_empty() { key } else { list };
    let told = changed(format!("{action} the {part} \"{title}\""), field, old);
    Some(Told {
        step,
        verb,
        field: told.field.filter(|field| !field.is_empty()),
        ..told
    })
}

/// The step that a form field belongs to; none when it came or went with its step.
fn home(change: &Change, before: &Content, after: &Content) -> Option<String> {
    let (now, then) = (after.capture(&change.id), before.capture(&change.id));
    let (owner, _) = now.or(then)?;
    let alone = match change.change.as_str() {
        "added" => before.step(&owner.id).is_some(),
        "removed" => after.step(&owner.id).is_some(),
        _ => true,
    };
    alone.then(|| owner.id.clone())
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        Value::Array(entries) if entries.iter().all(|entry| !entry.is_object()) => {
            let entries: Vec<String> = entries.iter().filter_map(text).collect();
            Some(entries.join(", "))
        }
        other => Some(other.to_string()),
    }
}
