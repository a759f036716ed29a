//! Tags of templates and steps, and their custom fields: both are kept with those of everything else.

use std::collections::HashSet;

use tallystick_db::{Result, Tx};
use tallystick_wire::Time;
use tallystick_wire::custom_field::Record;
use tallystick_wire::tag::{SubjectType, TagLink};

use crate::template::model::Content;
use crate::{custom_field, tag};

/// Puts on each step the tags that a request wants on it, and no others.
pub fn save(tx: &mut Tx<'_>, organization: &str, content: &Content, now: Time) -> Result<()> {
    for step in &content.steps {
        if let Some(wanted) = &step.tags {
            tag::store::set(tx, organization, SubjectType::Step, &step.id, wanted, now)?;
        }
    }
    Ok(())
}

/// The tags of a step.
pub fn of_step(tx: &mut Tx<'_>, organization: &str, step: &str) -> Result<Vec<String>> {
    let links = links(tx, organization, step)?;
    Ok(links.into_iter().map(|link| link.tag_id).collect())
}

fn links(tx: &mut Tx<'_>, organization: &str, step: &str) -> Result<Vec<TagLink>> {
    let ids = [step.to_owned()];
    let links = tag::store::links_of(tx, organization, SubjectType::Step, &ids)?;
    Ok(links.into_iter().map(|(_, link)| link).collect())
}

/// What hung on parts that are gone goes as well.
pub fn forget_deleted(
    tx: &mut Tx<'_>,
    organization: &str,
    before: &Content,
    after: &Content,
) -> Result<()> {
    let kept: HashSet<(Record, String)> = parts(after).collect();
    for (record, id) in parts(before).filter(|part| !kept.contains(part)) {
        forget(tx, organization, record, &id)?;
    }
    Ok(())
}

/// What hangs on every part of a template that is deleted for good.
pub fn forget_all(tx: &mut Tx<'_>, organization: &str, id: &str, content: &Content) -> Result<()> {
    for (record, part) in parts(content) {
        forget(tx, organization, record, &part)?;
    }
    tag::store::forget_subject(tx, organization, SubjectType::Checklist, id)?;
    custom_field::store::forget(tx, organization, Record::Template, id)
}

fn forget(tx: &mut Tx<'_>, organization: &str, record: Record, id: &str) -> Result<()> {
    if record == Record::Step {
        tag::store::forget_subject(tx, organization, SubjectType::Step, id)?;
    }
    custom_field::store::forget(tx, organization, record, id)
}

fn parts(content: &Content) -> impl Iterator<Item = (Record, String)> {
    let kickoff = content
        .kickoff
        .iter()
        .map(|field| (Record::KickoffField, field.id.clone()));
    let steps = content
        .steps
        .iter()
        .map(|step| (Record::Step, step.id.clone()));
    let fields = content
        .steps
        .iter()
        .flat_map(|step| &step.fields)
        .map(|field| (Record::FormField, field.id.clone()));
    kickoff.chain(steps).chain(fields)
}

/// A template that is copied, or a copy.
#[derive(Clone, Copy)]
pub struct Side<'t> {
    /// Where it lies.
    pub organization: &'t str,
    /// Its id.
    pub id: &'t str,
    /// What it says.
    pub content: &'t Content,
}

/// Puts the tags of a template and its steps on their copies, part by part: for each the tag that `chosen` names, where it
/// names one.
pub fn copy(
    tx: &mut Tx<'_>,
    from: Side<'_>,
    to: Side<'_>,
    now: Time,
    mut chosen: impl FnMut(&mut Tx<'_>, &TagLink) -> Result<Option<String>>,
) -> Result<()> {
    let links = |tx: &mut Tx<'_>, kind, ids: &[String]| {
        tag::store::links_of(tx, from.organization, kind, ids)
    };
    let steps: Vec<String> = from
        .content
        .steps
        .iter()
        .map(|step| step.id.clone())
        .collect();
    let mut all = links(tx, SubjectType::Checklist, &[from.id.to_owned()])?;
    all.append(&mut links(tx, SubjectType::Step, &steps)?);
    for (subject, link) in all {
        let place = steps.iter().position(|id| *id == subject);
        let copy = match link.subject_type {
            SubjectType::Step => place
                .and_then(|place| to.content.steps.get(place))
                .map(|step| step.id.as_str()),
            _ => Some(to.id),
        };
        if let Some(copy) = copy
            && let Some(tag) = chosen(tx, &link)?
        {
            tag::store::attach(tx, to.organization, &tag, link.subject_type, copy, now)?;
        }
    }
    Ok(())
}
