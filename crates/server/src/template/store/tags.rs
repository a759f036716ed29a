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
            put(tx, organization, &step.id, wanted, now)?;
        }
    }
    Ok(())
}

/// Puts these tags on a step, and no others. Answers whether it had others.
pub fn put(
    tx: &mut Tx<'_>,
    organization: &str,
    step: &str,
    wanted: &[String],
    now: Time,
) -> Result<bool> {
    let mut changed = false;
    for link in links(tx, organization, step)? {
        if !wanted.contains(&link.tag_id) {
            changed |= tag::store::detach(tx, organization, link.id)?;
        }
    }
    for id in wanted {
        let made = tag::store::attach(tx, organization, id, SubjectType::Step, step, now)?;
        changed |= made.is_some_and(|(_, is_new)| is_new);
    }
    Ok(changed)
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

/// Puts the tags of a template and its steps on their copies, part by part.
pub fn copy(
    tx: &mut Tx<'_>,
    organization: &str,
    from: (&str, &Content),
    to: (&str, &Content),
    now: Time,
) -> Result<()> {
    let one = |id: &str| vec![id.to_owned()];
    for (_, link) in tag::store::links_of(tx, organization, SubjectType::Checklist, &one(from.0))? {
        tag::store::attach(
            tx,
            organization,
            &link.tag_id,
            SubjectType::Checklist,
            to.0,
            now,
        )?;
    }
    let old: Vec<String> = from.1.steps.iter().map(|step| step.id.clone()).collect();
    for (step, link) in tag::store::links_of(tx, organization, SubjectType::Step, &old)? {
        if let Some(place) = old.iter().position(|id| *id == step)
            && let Some(copy) = to.1.steps.get(place)
        {
            tag::store::attach(
                tx,
                organization,
                &link.tag_id,
                SubjectType::Step,
                &copy.id,
                now,
            )?;
        }
    }
    Ok(())
}
