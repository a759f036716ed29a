//! Steps: adding, moving, copying, deleting (contract: templates, sections 3.5 to 3.7).

use super::{field, index, refuse_if_a_rule_uses};
use crate::http::Refusal;
use crate::template::alias;
use crate::template::model::{Content, Step, TargetKind};
use crate::template::read::Mint;

/// Moves a step; the others close up.
pub fn reorder(content: &mut Content, id: &str, position: i64) {
    if let Some(from) = content.steps.iter().position(|step| step.id == id) {
        let step = content.steps.remove(from);
        let to = index(position, content.steps.len());
        content.steps.insert(to, step);
    }
}

/// Copies a step with its fields and people; the copy stands right after it. Answers the copy's id.
pub fn duplicate(content: &mut Content, id: &str, mint: &mut Mint<'_>) -> Option<String> {
    let from = content.steps.iter().position(|step| step.id == id)?;
    let original = &content.steps[from];
    let copy = Step {
        id: mint.id(),
        alias: alias::of_step(&original.title, &content.step_aliases()),
        fields: original
            .fields
            .iter()
            .map(|original| field::copied(original, mint))
            .collect(),
        created_at: mint.now,
        updated_at: mint.now,
        ..original.clone()
    };
    let made = copy.id.clone();
    content.steps.insert(from + 1, copy);
    Some(made)
}

/// Deletes a step with its fields.
///
/// Refused while a rule uses the step or one of its fields, or another step's deadline hangs on it.
pub fn remove(content: &mut Content, id: &str) -> Result<(), Refusal> {
    refuse_if_a_rule_uses(content, TargetKind::Step, id)?;
    let step = content.step(id).ok_or_else(Refusal::not_found)?;
    for field in &step.fields {
        refuse_if_a_rule_uses(content, TargetKind::Capture, &field.id)?;
    }
    let hangs = content.steps.iter().position(|step| {
        let anchor = step
            .deadline
            .as_ref()
            .and_then(|deadline| deadline.step.as_deref());
        anchor == Some(id)
    });
    if let Some(index) = hangs {
        return Err(Refusal::forbidden(format!(
            "The deadline of step {} hangs on this step. Change that deadline first; nothing was deleted",
            index + 1
        )));
    }
    content.steps.retain(|step| step.id != id);
    Ok(())
}
