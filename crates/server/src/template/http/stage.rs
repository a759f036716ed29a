//! Milestones of a template (contract: templates, section 7.5).

use tallystick_wire::template::{Stage as View, StageInput};
use tallystick_wire::{Collection, ErrorBody, Item, Patch};

use crate::http::{Answer, Call, Member, Refusal, Reply};
use crate::template::access;
use crate::template::edit;
use crate::template::import;
use crate::template::model::Template;
use crate::template::outside;
use crate::template::read::{Faults, Identity, MOST_STAGES, Reader};
use crate::template::view;

fn found(template: &Template, id: &str) -> Result<View, Refusal> {
    let mut stages = (1..).zip(&template.content.stages);
    let (position, stage) = stages
        .find(|(_, stage)| stage.id == id)
        .ok_or_else(Refusal::not_found)?;
    Ok(view::stage(&template.record.id, stage, position))
}

/// Milestones of a template
#[utoipa::path(get, path = "/organizations/{org}/checklists/{checklist}/stages", tag = "templates", operation_id = "stages",
    params(("org" = String, Path), ("checklist" = String, Path)),
    responses((status = 200, body = Collection<View>), (status = 404, body = ErrorBody)))]
pub fn list(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("checklist")?;
    let (template, ..) = access::readable(call, &id)?;
    Reply::whole(&Collection::of(view::stages(&id, &template.content)))
}

/// Add a milestone
#[utoipa::path(post, path = "/organizations/{org}/checklists/{checklist}/stages", tag = "templates", operation_id = "create_stage",
    params(("org" = String, Path), ("checklist" = String, Path)), request_body = StageInput,
    responses((status = 201, body = Item<View>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn create(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("checklist")?;
    let (before, _) = access::editable(call, &id)?;
    let body = super::body(call)?;
    let faults = Faults::default();
    let reader = Reader::of(&body, &faults);
    let mint = super::mint(call, 0)?;
    let made = import::stage(&reader, None, Identity::Fresh, &mint);
    let position = reader.int("position", 1, 9_999);
    if before.content.stages.len() >= MOST_STAGES {
        reader.fault(
            "name",
            format!("A template has at most {MOST_STAGES} milestones"),
        );
    }
    outside::check(call.tx, call.caller, faults)?;
    let made = made.ok_or_else(Refusal::not_found)?;
    let stage = made.id.clone();
    let mut after = before.clone();
    after.content.stages.push(made);
    if let Patch::Value(position) = position {
        edit::reorder_stage(&mut after.content, &stage, position);
    }
    super::store_change(call, &before, &mut after)?;
    Reply::created(found(&after, &stage)?)
}

/// Rename or move a milestone
#[utoipa::path(put, path = "/organizations/{org}/checklists/{checklist}/stages/{stage}", tag = "templates", operation_id = "update_stage",
    params(("org" = String, Path), ("checklist" = String, Path), ("stage" = String, Path)), request_body = StageInput,
    responses((status = 200, body = Item<View>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn update(call: &mut Call<'_, '_, Member>) -> Answer {
    let (id, stage) = (call.id("checklist")?, call.id("stage")?);
    let (before, _) = access::editable(call, &id)?;
    let mut stages = before.content.stages.iter();
    let stored = stages
        .find(|each| each.id == stage)
        .ok_or_else(Refusal::not_found)?;
    let body = super::body(call)?;
    let faults = Faults::default();
    let reader = Reader::of(&body, &faults);
    let mint = super::mint(call, 0)?;
    let made = import::stage(&reader, Some(stored), Identity::Fresh, &mint);
    let position = reader.int("position", 1, 9_999);
    outside::check(call.tx, call.caller, faults)?;
    let made = made.ok_or_else(Refusal::not_found)?;
    let mut after = before.clone();
    if made.name != stored.name
        && let Some(place) = after
            .content
            .stages
            .iter_mut()
            .find(|each| each.id == stage)
    {
        *place = made;
    }
    if let Patch::Value(position) = position {
        edit::reorder_stage(&mut after.content, &stage, position);
    }
    super::store_change(call, &before, &mut after)?;
    Reply::data(found(&after, &stage)?)
}

/// Delete a milestone
///
/// Its steps stay, without a milestone.
#[utoipa::path(delete, path = "/organizations/{org}/checklists/{checklist}/stages/{stage}", tag = "templates", operation_id = "delete_stage",
    params(("org" = String, Path), ("checklist" = String, Path), ("stage" = String, Path)),
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn delete(call: &mut Call<'_, '_, Member>) -> Answer {
    let (id, stage) = (call.id("checklist")?, call.id("stage")?);
    let (before, _) = access::editable(call, &id)?;
    found(&before, &stage)?;
    let mut after = before.clone();
    edit::remove_stage(&mut after.content, &stage);
    super::store_change(call, &before, &mut after)?;
    Ok(Reply::nothing())
}
