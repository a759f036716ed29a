//! What happens to the content of a template when a part is added, moved or taken away. Pure functions: they refuse or they
//! leave the content whole, with no rule, deadline or milestone pointing at something that is gone.

pub mod field;
pub mod remap;
pub mod step;
pub mod text;
pub mod version;
pub mod whole;

use crate::http::Refusal;
use crate::template::model::{Content, TargetKind};

/// Moves a milestone; the others close up.
pub fn reorder_stage(content: &mut Content, id: &str, position: i64) {
    if let Some(from) = content.stages.iter().position(|stage| stage.id == id) {
        let stage = content.stages.remove(from);
        let to = index(position, content.stages.len());
        content.stages.insert(to, stage);
    }
}

/// Deletes a milestone; its steps have none from then on.
pub fn remove_stage(content: &mut Content, id: &str) {
    content.stages.retain(|stage| stage.id != id);
    for step in &mut content.steps {
        if step.stage_id.as_deref() == Some(id) {
            step.stage_id = None;
        }
    }
}

/// Where in the list a thing of `count` others goes that asks for `position`, from 1.
fn index(position: i64, count: usize) -> usize {
    usize::try_from(position.saturating_sub(1).max(0))
        .unwrap_or(usize::MAX)
        .min(count)
}

/// Refuses when a rule looks at this part, acts on it or reads it (contract: templates, section 0.2).
fn refuse_if_a_rule_uses(content: &Content, kind: TargetKind, id: &str) -> Result<(), Refusal> {
    let used = content.rules.iter().position(|rule| {
        let looks = rule
            .conditions
            .iter()
            .any(|condition| condition.of.kind == kind && condition.of.id == id);
        let acts = rule.actions.iter().any(|action| {
            let on = kind == TargetKind::Step && action.step.as_deref() == Some(id);
            let from = action.from.as_ref();
            on || from.is_some_and(|target| target.kind == kind && target.id == id)
        });
        looks || acts
    });
    used.map_or(Ok(()), |index| {
        let what = match kind {
            TargetKind::Step => "step",
            TargetKind::Capture => "form field",
            TargetKind::Prerun => "kick-off field",
        };
        Err(Refusal::forbidden(format!(
            "The {what} is used by automation rule {}. Change or delete that rule first; nothing was deleted",
            index + 1
        )))
    })
}
