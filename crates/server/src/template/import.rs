//! A whole template out of a body: a new one, or one that was exported (contract: templates, sections 2.3 and 10.3).
//!
//! Three steps: [`read`] makes it of the body and notes every fault, [`settle`] looks up what it names, [`add`] stores it. An
//! export is read with the ids it has, so that its parts find each other, and then everything gets new ones.

use serde_json::{Map, Value};
use tallystick_db::Tx;
use tallystick_wire::tag::SubjectType;
use tallystick_wire::template::{ImportWarning, TemplateType};
use tallystick_wire::{Patch, Time};

use crate::http::call::object_id;
use crate::http::{Member, Refusal};
use crate::tag;
use crate::template::access::{Grants, Permission};
use crate::template::edit::remap::{self, Sent};
use crate::template::edit::{self, whole};
use crate::template::model::{Content, Field, Record, Stage, Template};
use crate::template::read::{
    Faults, Identity, MOST, MOST_FIELDS, MOST_RULES, MOST_STAGES, MOST_STEPS, Mint, Reader, field,
    grant, head, rule, step,
};
use crate::template::{alias, outside, store};

pub use tags::settle as settle_tags;

/// Keys that make a body an import.
const IMPORTED: [&str; 3] = ["steps", "automated_actions", "stages"];

/// Who makes a template, and where.
#[derive(Debug, Clone, Copy)]
pub struct Maker {
    /// The member.
    pub user_id: i64,
    /// Whether they are an administrator.
    pub is_admin: bool,
    /// Whether the organisation's new templates are for their maker and administrators only.
    pub restricted: bool,
}

/// A template that was read, not yet looked up.
#[derive(Debug)]
pub struct Draft {
    /// The template.
    pub template: Template,
    /// Who may do what with it.
    pub grants: Grants,
    /// Whether it is one of the maker's favourites.
    pub starred: bool,
    /// The tags it carries.
    pub tags: Vec<String>,
    /// Whether the body brought steps, rules or milestones.
    pub is_import: bool,
    /// Where its rules stood in the body.
    pub rules: Vec<usize>,
    /// What was left out because it did not hold together.
    pub warnings: Vec<ImportWarning>,
}

/// A template of the maker's that only has a title.
#[must_use]
pub fn fresh(mint: &Mint<'_>, maker: i64, title: String, kind: TemplateType) -> Template {
    let id = mint.id();
    let alias = alias::of_template(&title, &id);
    Template {
        record: Record::new(id, alias, maker, mint.now),
        content: Content::new(title, kind),
    }
}

/// Makes a template of a body. What is wrong with it is in `faults` afterwards.
pub fn read(
    body: &Map<String, Value>,
    faults: &Faults,
    maker: Maker,
    mint: &mut Mint<'_>,
) -> Draft {
    let reader = Reader::of(body, faults);
    let title = head::title(&reader).unwrap_or_default();
    let kind = head::kind(&reader, true).unwrap_or(TemplateType::Procedure);
    let mut template = fresh(mint, maker.user_id, title, kind);
    head::record(&reader, &mut template.record, maker.is_admin);
    head::settings(&reader, &mut template.content.head);
    let mut grants = Grants::of_a_new_one(maker.restricted);
    named(&reader, &mut grants);
    let is_import = is_import(body);
    let identity = if is_import {
        Identity::AsSent
    } else {
        Identity::Fresh
    };
    template.content.kickoff = kickoff(&reader, &[], identity, mint);
    let mut warnings = Vec::new();
    let mut rules = Vec::new();
    if is_import {
        let sent = parts(&reader, &mut template.content, mint);
        whole::check_identities(&template.content, &sent, faults);
        whole::check_deadlines(&template.content, faults, |index, _| {
            format!("steps.{}.deadline.step", sent.step(index))
        });
        for step in &mut template.content.steps {
            edit::field::in_order(&mut step.fields);
        }
        warnings = faults.warnings();
        let mut made = remap::remap(&template.content, &sent, mint);
        warnings.append(&mut made.warnings);
        (template.content, rules) = (made.content, made.rules);
    }
    template.content.kickoff.sort_by_key(|field| field.position);
    Draft {
        template,
        grants,
        starred: reader.flag("starred") == Some(true),
        tags: if is_import { tags(&reader) } else { Vec::new() },
        is_import,
        rules,
        warnings,
    }
}

/// Whether a body brings more than a template without steps.
#[must_use]
pub fn is_import(body: &Map<String, Value>) -> bool {
    let sent = |key: &&str| body.get(*key).is_some_and(|value| !value.is_null());
    IMPORTED.iter().any(sent)
}

/// The tags of the template itself, which [`settle_tags`] has looked up.
fn tags(reader: &Reader<'_>) -> Vec<String> {
    let sent = reader.list("tags", MOST).unwrap_or_default();
    let ids = sent.into_iter().filter_map(Value::as_str);
    ids.map(str::to_owned).collect()
}

/// Milestones, steps and rules by their positions; answers where they stood.
fn parts(reader: &Reader<'_>, content: &mut Content, mint: &mut Mint<'_>) -> Sent {
    let mut sent = Sent::default();
    let entries = reader.objects("stages", MOST_STAGES).unwrap_or_default();
    for entry in in_order(entries, &mut sent.stages) {
        content
            .stages
            .extend(stage(&entry, None, Identity::AsSent, mint));
    }
    let entries = reader.objects("steps", MOST_STEPS).unwrap_or_default();
    for entry in in_order(entries, &mut sent.steps) {
        let made = step::read(&entry, None, content, Identity::AsSent, mint);
        content.steps.push(made);
    }
    let entries = reader
        .objects("automated_actions", MOST_RULES)
        .unwrap_or_default();
    for entry in in_order(entries, &mut sent.rules) {
        let made = rule::read(&entry, None, content, Identity::AsSent, mint);
        content.rules.push(made);
    }
    sent
}

/// By the positions that were sent; entries without one come last, as they came. `places` is where they stood.
fn in_order<'a>(entries: Vec<Reader<'a>>, places: &mut Vec<usize>) -> Vec<Reader<'a>> {
    let mut numbered: Vec<(usize, Reader<'a>)> = entries.into_iter().enumerate().collect();
    numbered.sort_by_key(|(_, entry)| {
        let position = entry.value("position").and_then(Value::as_i64);
        position.unwrap_or(i64::MAX)
    });
    let (order, entries) = numbered.into_iter().unzip();
    *places = order;
    entries
}

/// Looks up what a template names. An import leaves out what is not there; otherwise whoever names something is told.
pub fn settle(
    tx: &mut Tx<'_>,
    organization: &str,
    viewer: Option<&Member>,
    mut draft: Draft,
    faults: Faults,
) -> Result<Draft, Refusal> {
    if draft.is_import {
        let mut missing = outside::strip(
            tx,
            organization,
            viewer,
            (&mut draft.template, &draft.rules),
            &mut draft.grants,
            &faults,
        )?;
        faults.into_problems().check()?;
        missing.append(&mut draft.warnings);
        draft.warnings = missing;
    } else {
        outside::check_for(tx, organization, viewer, faults)?;
    }
    Ok(draft)
}

/// Stores a new template, with guests made of the addresses that it names.
pub fn add(
    tx: &mut Tx<'_>,
    organization: &str,
    now: Time,
    draft: &mut Draft,
) -> Result<(), Refusal> {
    let Draft {
        template, grants, ..
    } = draft;
    let steps = template.content.steps.len();
    template.record.increment_id = store::next_increment(tx, organization)?;
    template.record.steps_count = i64::try_from(steps).unwrap_or(i64::MAX);
    outside::welcome(tx, organization, now, &template.content, None)?;
    store::insert(tx, organization, template, grants)?;
    for tag in &draft.tags {
        let id = &template.record.id;
        tag::store::attach(tx, organization, tag, SubjectType::Checklist, id, now)?;
    }
    if draft.starred {
        let (id, maker) = (&template.record.id, template.record.created_by);
        store::star(tx, organization, id, maker, true)?;
    }
    Ok(())
}

/// How many fields a body may make at most.
pub fn fields_in(body: &Map<String, Value>) -> usize {
    fn list(value: Option<&Value>) -> &[Value] {
        let inner = value.map(|value| value.get("data").unwrap_or(value));
        inner.and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
    let kickoff = list(body.get("prerun")).len();
    let steps = list(body.get("steps")).iter();
    let captures: usize = steps.map(|step| list(step.get("captures")).len()).sum();
    // Twice: an import first reads the fields, then gives them new names.
    (kickoff + captures) * 2
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
        .then(|| reader.part_id("id", identity).value())
        .flatten();
    Some(Stage {
        id: before
            .map(|stage| stage.id.clone())
            .or(sent)
            .unwrap_or_else(|| mint.id()),
        name,
        created_at: before.map_or(mint.now, |stage| stage.created_at),
        updated_at: mint.now,
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
            .and_then(object_id)
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

/// Members and groups named as having access.
pub fn named(reader: &Reader<'_>, grants: &mut Grants) {
    let mut grant = grants.of(Permission::Named);
    let before = grant.clone();
    grant::people(reader, &mut grant);
    if grant != before {
        grants.set(Permission::Named, &grant);
    }
}

mod tags;

#[cfg(test)]
mod tests;
