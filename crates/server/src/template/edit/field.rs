//! Form fields and kick-off fields (contract: templates, sections 4 and 5).

use std::collections::HashSet;

use super::{index, refuse_if_a_rule_uses};
use crate::http::Refusal;
use crate::template::alias;
use crate::template::model::{Content, Field, TargetKind};
use crate::template::read::Mint;

/// A field with another identity.
pub fn copied(original: &Field, mint: &mut Mint<'_>) -> Field {
    let number = mint.number();
    Field {
        id: mint.id(),
        alias: alias::of_field(&original.label, number),
        number,
        created_at: mint.now,
        updated_at: mint.now,
        ..original.clone()
    }
}

/// By position; those that share one in the order they were made.
pub fn in_order(fields: &mut [Field]) {
    fields.sort_by_key(|field| (field.position, field.number));
}

/// Moves a field within its list; all get positions of their own.
fn moved(fields: &mut Vec<Field>, id: &str, position: i64) {
    if let Some(from) = fields.iter().position(|field| field.id == id) {
        let field = fields.remove(from);
        let to = index(position, fields.len());
        fields.insert(to, field);
        number(fields);
    }
}

fn number(fields: &mut [Field]) {
    for (place, field) in (1..).zip(fields) {
        field.position = place;
    }
}

/// Moves a field within its step.
pub fn reorder(content: &mut Content, step: &str, id: &str, position: i64) {
    if let Some(step) = content.steps.iter_mut().find(|each| each.id == step) {
        moved(&mut step.fields, id, position);
    }
}

/// Moves a field to another step; its id stays, and with it every rule that names it.
pub fn move_out(content: &mut Content, from: &str, id: &str, to: &str, position: i64) {
    let Some(source) = content.steps.iter_mut().find(|step| step.id == from) else {
        return;
    };
    let Some(place) = source.fields.iter().position(|field| field.id == id) else {
        return;
    };
    let field = source.fields.remove(place);
    if let Some(target) = content.steps.iter_mut().find(|step| step.id == to) {
        target.fields.push(field);
        moved(&mut target.fields, id, position);
    }
}

/// Deletes a form field.
pub fn remove(content: &mut Content, step: &str, id: &str) -> Result<(), Refusal> {
    refuse_if_a_rule_uses(content, TargetKind::Capture, id)?;
    if let Some(step) = content.steps.iter_mut().find(|each| each.id == step) {
        step.fields.retain(|field| field.id != id);
    }
    Ok(())
}

/// Deletes a kick-off field.
pub fn remove_prerun(content: &mut Content, id: &str) -> Result<(), Refusal> {
    refuse_if_a_rule_uses(content, TargetKind::Prerun, id)?;
    content.kickoff.retain(|field| field.id != id);
    Ok(())
}

/// Puts a complete new kick-off form in place; what it leaves out is deleted.
pub fn replace_kickoff(content: &mut Content, mut fields: Vec<Field>) -> Result<(), Refusal> {
    let kept: HashSet<&str> = fields.iter().map(|field| field.id.as_str()).collect();
    for gone in content
        .kickoff
        .iter()
        .filter(|field| !kept.contains(field.id.as_str()))
    {
        refuse_if_a_rule_uses(content, TargetKind::Prerun, &gone.id)?;
    }
    // Stable: entries of one position stay as they were sent.
    fields.sort_by_key(|field| field.position);
    content.kickoff = fields;
    Ok(())
}
