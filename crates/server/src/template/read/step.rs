//! Steps (contract: templates, sections 1.5, 1.6, 3.3 and 3.4).

use tallystick_wire::Patch;
use tallystick_wire::task::{TITLE_MAX, TaskType};
use tallystick_wire::template::{Assignees, Launch, Offset, StepDeadline};

use super::value::{int, needed, set};
use super::{HTML_MAX, ID_MAX, Identity, MOST, MOST_FIELDS, Mint, Outside, Reader, field};
use crate::http::call::object_id;
use crate::member::store::fold;
use crate::template::alias;
use crate::template::model::{Content, Step};

/// Longest word of a deadline.
const WORD_MAX: usize = 64;
/// Furthest deadline, in whatever unit.
const FURTHEST: i64 = 1_000_000;

/// Reads a step of `content`. What is missing in a change keeps its stored value.
pub fn read(
    reader: &Reader<'_>,
    before: Option<&Step>,
    content: &Content,
    identity: Identity,
    mint: &mut Mint<'_>,
) -> Step {
    let mut step = before
        .cloned()
        .unwrap_or_else(|| Step::new(mint.id(), mint.now));
    if let Some(title) = needed(reader, "title", reader.text("title", TITLE_MAX)) {
        step.title = title;
    }
    // An import names everything anew once it is read.
    if before.is_none() && identity == Identity::Fresh {
        step.alias = alias::of_step(&step.title, &content.step_aliases());
    }
    if identity == Identity::AsSent {
        if let Patch::Value(id) = reader.part_id("id", identity) {
            step.id = id;
        }
        if let Some(fields) = reader.objects("captures", MOST_FIELDS) {
            step.fields = fields
                .iter()
                .map(|entry| field::read(entry, None, identity, mint))
                .collect();
        }
    }
    reader.set_html("summary", HTML_MAX, &mut step.summary);
    kind(reader, &mut step);
    reader.set_url("webhook", &mut step.webhook);
    people(reader, &mut step);
    if let Some(tags) = reader.list("tags", MOST) {
        step.tags = Some(tags_of(reader, &tags));
    }
    // Some clients cannot leave the cap out and send 0 for none.
    match reader.int("max_assignable", 0, i64::from(i32::MAX)) {
        Patch::Value(0) | Patch::Null => step.max_assignable = None,
        Patch::Value(most) => step.max_assignable = Some(most),
        Patch::Absent => {}
    }
    let assigned = step.people.users.len() + step.people.guests.len();
    if step
        .max_assignable
        .is_some_and(|most| i64::try_from(assigned).unwrap_or(i64::MAX) > most)
    {
        reader.fault(
            "max_assignable",
            format!("More people are assigned ({assigned}) than max_assignable allows"),
        );
    }
    times(reader, &mut step, content, identity);
    launches(reader, &mut step, identity);
    milestone(reader, &mut step, content, identity);
    flags(reader, &mut step);
    for_all(reader, before, identity, &mut step);
    step
}

/// Expiring steps and messages are completed once for all. Only who asks for the contrary anew is told: what is sent back
/// or imported may say so of a step that was of another type.
fn for_all(reader: &Reader<'_>, before: Option<&Step>, identity: Identity, step: &mut Step) {
    if step.everyone_must_complete && !step.may_wait_for_all() {
        step.everyone_must_complete = false;
        let asked = !before.is_some_and(|before| before.everyone_must_complete);
        if asked && identity == Identity::Fresh {
            reader.fault(
                "everyone_must_complete",
                "Expiring steps and messages are completed once for all",
            );
        }
    }
}

fn flags(reader: &Reader<'_>, step: &mut Step) {
    for (key, place) in [
        ("allow_guest_owners", &mut step.allow_guest_owners),
        ("skip_start_process", &mut step.skip_start_process),
        (
            "can_complete_only_assignees",
            &mut step.can_complete_only_assignees,
        ),
        ("everyone_must_complete", &mut step.everyone_must_complete),
        ("prevent_guest_comment", &mut step.prevent_guest_comment),
        ("is_soft_start_date", &mut step.is_soft_start_date),
        ("role_changes_every_time", &mut step.role_changes_every_time),
        ("assign_run_starter", &mut step.assign_run_starter),
        ("top_secret", &mut step.top_secret),
        ("send_chromeless", &mut step.send_chromeless),
    ] {
        reader.set_flag(key, place);
    }
}

fn kind(reader: &Reader<'_>, step: &mut Step) {
    if let Patch::Value(word) = reader.text("step_type", WORD_MAX) {
        match TaskType::read(&word) {
            Some(kind) => step.kind = kind,
            None => {
                let words: Vec<&str> = TaskType::WORDS.iter().map(|(_, word)| *word).collect();
                reader.fault(
                    "step_type",
                    format!("The step_type must be one of {}", words.join(", ")),
                );
            }
        }
    }
}

/// The three lists are one set: if one is sent, all are (contract: templates, section 3.4).
fn people(reader: &Reader<'_>, step: &mut Step) {
    if ["assignees", "guests", "groups"]
        .iter()
        .any(|key| reader.value(key).is_some())
    {
        step.people = assignees(reader, "assignees");
    }
}

/// Members under `users_key`, guests and groups; each noted as named.
pub(super) fn assignees(reader: &Reader<'_>, users_key: &str) -> Assignees {
    let mut people = Assignees::default();
    for (index, entry) in reader
        .list(users_key, MOST)
        .into_iter()
        .flatten()
        .enumerate()
    {
        let at = format!("{users_key}.{index}");
        match int(entry) {
            Some(id) => {
                reader.names(&at, Outside::Member(id));
                if !people.users.contains(&id) {
                    people.users.push(id);
                }
            }
            None => reader.fault(&at, "This must be the number of a member"),
        }
    }
    for (index, email) in reader
        .texts("guests", 320)
        .unwrap_or_default()
        .iter()
        .enumerate()
    {
        let email = fold(email);
        reader.names(&format!("guests.{index}"), Outside::Guest(email.clone()));
        if !people.guests.contains(&email) {
            people.guests.push(email);
        }
    }
    for (index, group) in reader
        .texts("groups", 64)
        .unwrap_or_default()
        .iter()
        .enumerate()
    {
        let id = object_id(group).unwrap_or_else(|| group.clone());
        reader.names(&format!("groups.{index}"), Outside::Group(id.clone()));
        if !people.groups.contains(&id) {
            people.groups.push(id);
        }
    }
    people
}

/// Ids of tags, or the tag objects that an answer held.
fn tags_of(reader: &Reader<'_>, tags: &[&serde_json::Value]) -> Vec<String> {
    let mut ids = Vec::new();
    for (index, tag) in tags.iter().enumerate() {
        let id = tag
            .as_str()
            .or_else(|| tag["tag_id"].as_str())
            .or_else(|| tag["id"].as_str())
            .and_then(object_id);
        let at = format!("tags.{index}");
        match id {
            Some(id) => {
                reader.names(&at, Outside::Tag(id.clone()));
                if !ids.contains(&id) {
                    ids.push(id);
                }
            }
            None => reader.fault(&at, "This must be the id of a tag"),
        }
    }
    ids
}

fn times(reader: &Reader<'_>, step: &mut Step, content: &Content, identity: Identity) {
    match reader.object("deadline") {
        Patch::Absent => {}
        Patch::Null => step.deadline = None,
        Patch::Value(inner) => {
            if let Some(deadline) = deadline(&inner, &step.id, content, identity) {
                step.deadline = Some(deadline);
            }
        }
    }
    match reader.object("start_date") {
        Patch::Absent => {}
        Patch::Null => step.start_date = None,
        Patch::Value(inner) => {
            let value = needed(&inner, "value", span(&inner, identity));
            let unit = needed(&inner, "unit", inner.text("unit", WORD_MAX));
            if let (Some(mut value), Some(unit)) = (value, unit) {
                if value < 0 {
                    inner.warn("value", "A negative value was read as 0");
                    value = 0;
                }
                step.start_date = Some(Offset { value, unit });
            }
        }
    }
}

/// How many of a unit; in an import also less than nothing, which is put right.
fn span(reader: &Reader<'_>, identity: Identity) -> Patch<i64> {
    let least = match identity {
        Identity::Fresh => 0,
        Identity::AsSent => -FURTHEST,
    };
    reader.int("value", least, FURTHEST)
}

/// Words are kept as they are, but for two synonyms; an id must be that of another step.
fn deadline(
    reader: &Reader<'_>,
    own: &str,
    content: &Content,
    identity: Identity,
) -> Option<StepDeadline> {
    let value = needed(reader, "value", span(reader, identity));
    let unit = needed(reader, "unit", reader.text("unit", WORD_MAX));
    let option = needed(reader, "option", reader.text("option", WORD_MAX));
    let option = option.map(|word| {
        if word == "before" {
            "prior_to".into()
        } else {
            word
        }
    });
    let step = match reader.text("step", ID_MAX).value() {
        Some(word) if word == "start_process" => Some("start_run".to_owned()),
        Some(word) => Some(object_id(&word).unwrap_or(word)),
        None => None,
    };
    if let Some(anchor) = step.as_deref().and_then(object_id)
        && identity == Identity::Fresh
    {
        if anchor == own {
            reader.fault("step", "A deadline cannot hang on its own step");
        } else if content.step(&anchor).is_none() {
            reader.fault("step", "There is no such step in this template");
        }
    }
    let (value, option) = forward(reader, value?, option?);
    Some(StepDeadline {
        value,
        unit: unit?,
        option,
        step,
    })
}

/// Less than nothing after a moment is something before it, and the other way round.
fn forward(reader: &Reader<'_>, value: i64, option: String) -> (i64, String) {
    if value >= 0 {
        return (value, option);
    }
    let other = match option.as_str() {
        "from" => "prior_to",
        "prior_to" => "from",
        _ => {
            reader.warn("value", "A negative value was read as 0");
            return (0, option);
        }
    };
    reader.warn(
        "value",
        format!("A negative value was read as {} {other}", -value),
    );
    (-value, other.to_owned())
}

fn launches(reader: &Reader<'_>, step: &mut Step, identity: Identity) {
    match reader.object("bp_to_launch") {
        Patch::Absent => {}
        Patch::Null => step.launches = None,
        Patch::Value(inner) => {
            let id = needed(&inner, "id", inner.part_id("id", identity));
            let mut default_name_format = None;
            inner.set_text("default_name_format", 550, &mut default_name_format);
            let tasks_within_process = inner.flag("tasks_within_process").unwrap_or_default();
            if let Some(id) = id {
                inner.names("id", Outside::Template(id.clone()));
                step.launches = Some(Launch {
                    id,
                    default_name_format,
                    tasks_within_process,
                });
            }
        }
    }
}

fn milestone(reader: &Reader<'_>, step: &mut Step, content: &Content, identity: Identity) {
    let sent = reader.part_id("stage_id", identity);
    if let Patch::Value(id) = &sent
        && identity == Identity::Fresh
        && !content.stages.iter().any(|stage| stage.id == *id)
    {
        reader.fault("stage_id", "There is no such milestone in this template");
    }
    set(sent, &mut step.stage_id);
}
