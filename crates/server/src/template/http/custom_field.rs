//! Custom fields of a template and of its parts (contract: templates, section 7.3). There is no route that sets one of them.

use tallystick_wire::custom_field::{CustomFields, CustomFieldsInput, Record};
use tallystick_wire::{ErrorBody, Item};

use crate::custom_field::{self, Target};
use crate::http::{Answer, Call, Member, Refusal};
use crate::template::access;
use crate::template::model::Content;

/// What the caller wants to do.
#[derive(Clone, Copy)]
enum May {
    Read,
    Edit,
}

/// What the template says, if the caller may.
fn content(call: &mut Call<'_, '_, Member>, may: May) -> Result<(String, Content), Refusal> {
    let id = call.id("checklist")?;
    let template = match may {
        May::Read => access::readable(call, &id)?.0,
        May::Edit => access::editable(call, &id)?.0,
    };
    Ok((id, template.content))
}

fn of_template(call: &mut Call<'_, '_, Member>, may: May) -> Result<Target, Refusal> {
    let (id, _) = content(call, may)?;
    Ok(Target {
        record: Record::Template,
        id,
    })
}

fn of_step(call: &mut Call<'_, '_, Member>, may: May) -> Result<Target, Refusal> {
    let (_, content) = content(call, may)?;
    let id = call.id("step")?;
    content.step(&id).ok_or_else(Refusal::not_found)?;
    Ok(Target {
        record: Record::Step,
        id,
    })
}

fn of_capture(call: &mut Call<'_, '_, Member>, may: May) -> Result<Target, Refusal> {
    let (_, content) = content(call, may)?;
    let (step, id) = (call.id("step")?, call.id("capture")?);
    let owner = content.capture(&id).map(|(owner, _)| owner);
    owner
        .filter(|owner| owner.id == step)
        .ok_or_else(Refusal::not_found)?;
    Ok(Target {
        record: Record::FormField,
        id,
    })
}

fn of_prerun(call: &mut Call<'_, '_, Member>, may: May) -> Result<Target, Refusal> {
    let (_, content) = content(call, may)?;
    let id = call.id("prerun")?;
    content.prerun(&id).ok_or_else(Refusal::not_found)?;
    Ok(Target {
        record: Record::KickoffField,
        id,
    })
}

/// A template's custom fields
#[utoipa::path(get, path = "/organizations/{org}/checklists/{checklist}/custom-fields", tag = "templates", operation_id = "template_custom_fields",
    params(("org" = String, Path), ("checklist" = String, Path)),
    responses((status = 200, body = Item<CustomFields>), (status = 404, body = ErrorBody)))]
pub fn template(call: &mut Call<'_, '_, Member>) -> Answer {
    let target = of_template(call, May::Read)?;
    custom_field::http::read(call, &target)
}

/// Replace a template's custom fields
///
/// All values of the organization's keys; those of system keys stay.
#[utoipa::path(put, path = "/organizations/{org}/checklists/{checklist}/custom-fields", tag = "templates", operation_id = "replace_template_custom_fields",
    params(("org" = String, Path), ("checklist" = String, Path)), request_body = CustomFieldsInput,
    responses((status = 200, body = Item<CustomFields>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn replace_template(call: &mut Call<'_, '_, Member>) -> Answer {
    let target = of_template(call, May::Edit)?;
    custom_field::http::replace(call, &target)
}

/// Remove one of a template's custom fields
#[utoipa::path(delete, path = "/organizations/{org}/checklists/{checklist}/custom-fields/{key}", tag = "templates", operation_id = "remove_template_custom_field",
    params(("org" = String, Path), ("checklist" = String, Path), ("key" = String, Path)),
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn remove_template(call: &mut Call<'_, '_, Member>) -> Answer {
    let target = of_template(call, May::Edit)?;
    custom_field::http::remove(call, &target)
}

/// A step's custom fields
#[utoipa::path(get, path = "/organizations/{org}/checklists/{checklist}/steps/{step}/custom-fields", tag = "templates", operation_id = "step_custom_fields",
    params(("org" = String, Path), ("checklist" = String, Path), ("step" = String, Path)),
    responses((status = 200, body = Item<CustomFields>), (status = 404, body = ErrorBody)))]
pub fn step(call: &mut Call<'_, '_, Member>) -> Answer {
    let target = of_step(call, May::Read)?;
    custom_field::http::read(call, &target)
}

/// Replace a step's custom fields
///
/// All values of the organization's keys; those of system keys stay.
#[utoipa::path(put, path = "/organizations/{org}/checklists/{checklist}/steps/{step}/custom-fields", tag = "templates", operation_id = "replace_step_custom_fields",
    params(("org" = String, Path), ("checklist" = String, Path), ("step" = String, Path)), request_body = CustomFieldsInput,
    responses((status = 200, body = Item<CustomFields>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn replace_step(call: &mut Call<'_, '_, Member>) -> Answer {
    let target = of_step(call, May::Edit)?;
    custom_field::http::replace(call, &target)
}

/// Remove one of a step's custom fields
#[utoipa::path(delete, path = "/organizations/{org}/checklists/{checklist}/steps/{step}/custom-fields/{key}", tag = "templates", operation_id = "remove_step_custom_field",
    params(("org" = String, Path), ("checklist" = String, Path), ("step" = String, Path), ("key" = String, Path)),
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn remove_step(call: &mut Call<'_, '_, Member>) -> Answer {
    let target = of_step(call, May::Edit)?;
    custom_field::http::remove(call, &target)
}

/// A form field's custom fields
#[utoipa::path(get, path = "/organizations/{org}/checklists/{checklist}/steps/{step}/captures/{capture}/custom-fields", tag = "templates", operation_id = "capture_custom_fields",
    params(("org" = String, Path), ("checklist" = String, Path), ("step" = String, Path), ("capture" = String, Path)),
    responses((status = 200, body = Item<CustomFields>), (status = 404, body = ErrorBody)))]
pub fn capture(call: &mut Call<'_, '_, Member>) -> Answer {
    let target = of_capture(call, May::Read)?;
    custom_field::http::read(call, &target)
}

/// Replace a form field's custom fields
///
/// All values of the organization's keys; those of system keys stay.
#[utoipa::path(put, path = "/organizations/{org}/checklists/{checklist}/steps/{step}/captures/{capture}/custom-fields", tag = "templates", operation_id = "replace_capture_custom_fields",
    params(("org" = String, Path), ("checklist" = String, Path), ("step" = String, Path), ("capture" = String, Path)), request_body = CustomFieldsInput,
    responses((status = 200, body = Item<CustomFields>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn replace_capture(call: &mut Call<'_, '_, Member>) -> Answer {
    let target = of_capture(call, May::Edit)?;
    custom_field::http::replace(call, &target)
}

/// Remove one of a form field's custom fields
#[utoipa::path(delete, path = "/organizations/{org}/checklists/{checklist}/steps/{step}/captures/{capture}/custom-fields/{key}", tag = "templates", operation_id = "remove_capture_custom_field",
    params(("org" = String, Path), ("checklist" = String, Path), ("step" = String, Path), ("capture" = String, Path), ("key" = String, Path)),
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn remove_capture(call: &mut Call<'_, '_, Member>) -> Answer {
    let target = of_capture(call, May::Edit)?;
    custom_field::http::remove(call, &target)
}

/// A kick-off field's custom fields
#[utoipa::path(get, path = "/organizations/{org}/checklists/{checklist}/preruns/{prerun}/custom-fields", tag = "templates", operation_id = "prerun_custom_fields",
    params(("org" = String, Path), ("checklist" = String, Path), ("prerun" = String, Path)),
    responses((status = 200, body = Item<CustomFields>), (status = 404, body = ErrorBody)))]
pub fn prerun(call: &mut Call<'_, '_, Member>) -> Answer {
    let target = of_prerun(call, May::Read)?;
    custom_field::http::read(call, &target)
}

/// Replace a kick-off field's custom fields
///
/// All values of the organization's keys; those of system keys stay.
#[utoipa::path(put, path = "/organizations/{org}/checklists/{checklist}/preruns/{prerun}/custom-fields", tag = "templates", operation_id = "replace_prerun_custom_fields",
    params(("org" = String, Path), ("checklist" = String, Path), ("prerun" = String, Path)), request_body = CustomFieldsInput,
    responses((status = 200, body = Item<CustomFields>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn replace_prerun(call: &mut Call<'_, '_, Member>) -> Answer {
    let target = of_prerun(call, May::Edit)?;
    custom_field::http::replace(call, &target)
}

/// Remove one of a kick-off field's custom fields
#[utoipa::path(delete, path = "/organizations/{org}/checklists/{checklist}/preruns/{prerun}/custom-fields/{key}", tag = "templates", operation_id = "remove_prerun_custom_field",
    params(("org" = String, Path), ("checklist" = String, Path), ("prerun" = String, Path), ("key" = String, Path)),
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn remove_prerun(call: &mut Call<'_, '_, Member>) -> Answer {
    let target = of_prerun(call, May::Edit)?;
    custom_field::http::remove(call, &target)
}
