//! Form fields of a step (contract: templates, section 4).

use tallystick_wire::template::{Deleted, Field as View, FieldInput, FieldOrder, MoveOut};
use tallystick_wire::{ErrorBody, Item};

use super::step::position;
use crate::http::{Answer, Call, Member, Refusal, Reply};
use crate::template::access;
use crate::template::edit;
use crate::template::model::{Field, Template};
use crate::template::outside;
use crate::template::read::{Faults, Identity, MOST_FIELDS, Reader, field};
use crate::template::view;

/// The field as it is shown; not found when this step has none.
fn found<'t>(template: &'t Template, step: &str, id: &str) -> Result<&'t Field, Refusal> {
    let (owner, field) = template
        .content
        .capture(id)
        .ok_or_else(Refusal::not_found)?;
    if owner.id == step {
        Ok(field)
    } else {
        Err(Refusal::not_found())
    }
}

/// Add a form field
#[utoipa::path(post, path = "/organizations/{org}/checklists/{checklist}/steps/{step}/captures", tag = "templates", operation_id = "create_capture",
    params(("org" = String, Path), ("checklist" = String, Path), ("step" = String, Path)), request_body = FieldInput,
    responses((status = 201, body = Item<View>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn create(call: &mut Call<'_, '_, Member>) -> Answer {
    let (id, step) = (call.id("checklist")?, call.id("step")?);
    let (before, _) = access::editable(call, &id)?;
    let count = before
        .content
        .step(&step)
        .ok_or_else(Refusal::not_found)?
        .fields
        .len();
    let body = super::body(call)?;
    let faults = Faults::default();
    let reader = Reader::of(&body, &faults);
    let mut mint = super::mint(call, 1)?;
    let mut made = field::read(&reader, None, Identity::Fresh, &mut mint);
    if reader.value("position").is_none() {
        made.position = i64::try_from(count).unwrap_or(i64::MAX) + 1;
    }
    if count >= MOST_FIELDS {
        reader.fault(
            "label",
            format!("A step has at most {MOST_FIELDS} form fields"),
        );
    }
    outside::check(call.tx, call.caller, faults)?;
    let view = view::capture(&step, &made);
    let mut after = before.clone();
    if let Some(owner) = after.content.steps.iter_mut().find(|each| each.id == step) {
        owner.fields.push(made);
        edit::field::in_order(&mut owner.fields);
    }
    super::store_change(call, &before, &mut after)?;
    Reply::created(view)
}

/// Change a form field
///
/// The whole definition is checked again; its id and alias stay.
#[utoipa::path(put, path = "/organizations/{org}/checklists/{checklist}/steps/{step}/captures/{capture}", tag = "templates", operation_id = "update_capture",
    params(("org" = String, Path), ("checklist" = String, Path), ("step" = String, Path), ("capture" = String, Path)), request_body = FieldInput,
    responses((status = 200, body = Item<View>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn update(call: &mut Call<'_, '_, Member>) -> Answer {
    let (id, step, capture) = (call.id("checklist")?, call.id("step")?, call.id("capture")?);
    let (before, _) = access::editable(call, &id)?;
    let stored = found(&before, &step, &capture)?;
    let body = super::body(call)?;
    let faults = Faults::default();
    let reader = Reader::of(&body, &faults);
    let mut mint = super::mint(call, 0)?;
    let mut made = field::read(&reader, Some(stored), Identity::Fresh, &mut mint);
    if made != *stored {
        made.updated_at = call.now;
    }
    outside::check(call.tx, call.caller, faults)?;
    let view = view::capture(&step, &made);
    let mut after = before.clone();
    if let Some(owner) = after.content.steps.iter_mut().find(|each| each.id == step) {
        if let Some(place) = owner.fields.iter_mut().find(|field| field.id == capture) {
            *place = made;
        }
        edit::field::in_order(&mut owner.fields);
    }
    super::store_change(call, &before, &mut after)?;
    Reply::data(view)
}

/// Move a form field within its step
#[utoipa::path(put, path = "/organizations/{org}/checklists/{checklist}/steps/{step}/captures", tag = "templates", operation_id = "reorder_capture",
    params(("org" = String, Path), ("checklist" = String, Path), ("step" = String, Path)), request_body = FieldOrder,
    responses((status = 200, body = Item<View>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn reorder(call: &mut Call<'_, '_, Member>) -> Answer {
    let (id, step) = (call.id("checklist")?, call.id("step")?);
    let (before, _) = access::editable(call, &id)?;
    let fields = &before
        .content
        .step(&step)
        .ok_or_else(Refusal::not_found)?
        .fields;
    let body = super::body(call)?;
    let faults = Faults::default();
    let reader = Reader::of(&body, &faults);
    let capture = reader.id("capture_id").value();
    let known = capture.filter(|id| fields.iter().any(|field| field.id == *id));
    if known.is_none() {
        reader.fault(
            "capture_id",
            "The capture_id must be a form field of this step",
        );
    }
    let position = position(&reader);
    outside::check(call.tx, call.caller, faults)?;
    let capture = known.ok_or_else(Refusal::not_found)?;
    let mut after = before.clone();
    edit::field::reorder(&mut after.content, &step, &capture, position);
    super::store_change(call, &before, &mut after)?;
    Reply::data(view::capture(&step, found(&after, &step, &capture)?))
}

/// Move a form field to another step
///
/// Of the same template. Its id stays, and with it every rule that looks at it.
#[utoipa::path(put, path = "/organizations/{org}/checklists/{checklist}/steps/{step}/captures/{capture}/move-out", tag = "templates", operation_id = "move_capture",
    params(("org" = String, Path), ("checklist" = String, Path), ("step" = String, Path), ("capture" = String, Path)), request_body = MoveOut,
    responses((status = 200, body = Item<View>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn move_out(call: &mut Call<'_, '_, Member>) -> Answer {
    let (id, step, capture) = (call.id("checklist")?, call.id("step")?, call.id("capture")?);
    let (before, _) = access::editable(call, &id)?;
    found(&before, &step, &capture)?;
    let body = super::body(call)?;
    let faults = Faults::default();
    let reader = Reader::of(&body, &faults);
    let target = reader.id("target_step_id").value();
    let known = target.filter(|id| before.content.step(id).is_some());
    if known.is_none() {
        reader.fault(
            "target_step_id",
            "The target_step_id must be a step of this template",
        );
    }
    let position = position(&reader);
    let count = known
        .as_deref()
        .filter(|target| *target != step)
        .and_then(|target| before.content.step(target))
        .map_or(0, |target| target.fields.len());
    if count >= MOST_FIELDS {
        reader.fault(
            "target_step_id",
            format!("A step has at most {MOST_FIELDS} form fields"),
        );
    }
    outside::check(call.tx, call.caller, faults)?;
    let target = known.ok_or_else(Refusal::not_found)?;
    let mut after = before.clone();
    edit::field::move_out(&mut after.content, &step, &capture, &target, position);
    super::store_change(call, &before, &mut after)?;
    Reply::data(view::capture(&target, found(&after, &target, &capture)?))
}

/// Delete a form field
///
/// Refused while a rule uses it.
#[utoipa::path(delete, path = "/organizations/{org}/checklists/{checklist}/steps/{step}/captures/{capture}", tag = "templates", operation_id = "delete_capture",
    params(("org" = String, Path), ("checklist" = String, Path), ("step" = String, Path), ("capture" = String, Path)),
    responses((status = 200, body = Item<Deleted>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn delete(call: &mut Call<'_, '_, Member>) -> Answer {
    let (id, step, capture) = (call.id("checklist")?, call.id("step")?, call.id("capture")?);
    let (before, _) = access::editable(call, &id)?;
    found(&before, &step, &capture)?;
    let mut after = before.clone();
    edit::field::remove(&mut after.content, &step, &capture)?;
    super::store_change(call, &before, &mut after)?;
    Reply::data(Deleted { id: capture })
}
