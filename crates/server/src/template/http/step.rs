//! Steps of a template (contract: templates, section 3).

use tallystick_wire::tag::SubjectType;
use tallystick_wire::template::{Deleted, Position, Step as View, StepDeadline, StepInput};
use tallystick_wire::{ErrorBody, Item, Page};

use crate::http::page::Window;
use crate::http::{Answer, Call, Member, Refusal, Reply};
use crate::organisation::store as organisation;
use crate::tag;
use crate::template::access;
use crate::template::around;
use crate::template::edit;
use crate::template::model::{Step, Template};
use crate::template::outside;
use crate::template::read::{Faults, Identity, MOST_STEPS, Outside, Reader, step, whole_number};
use crate::template::told::Told;
use crate::template::{store, view};

/// Steps of a template
///
/// In order, each with its form fields.
#[utoipa::path(get, path = "/organizations/{org}/checklists/{checklist}/steps", tag = "templates", operation_id = "steps",
    params(("org" = String, Path), ("checklist" = String, Path), ("page" = Option<i64>, Query),
        ("per_page" = Option<i64>, Query, description = "default 10, at most 100")),
    responses((status = 200, body = Page<View>), (status = 404, body = ErrorBody)))]
pub fn list(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("checklist")?;
    let (template, ..) = access::readable(call, &id)?;
    let window = Window::read(call.query(), 10, 100);
    let total = i64::try_from(template.content.steps.len()).unwrap_or(i64::MAX);
    let offset = window.offset(total).map_or(usize::MAX, |offset| {
        usize::try_from(offset).unwrap_or(usize::MAX)
    });
    let mut data: Vec<View> = (1..)
        .zip(&template.content.steps)
        .skip(offset)
        .take(usize::try_from(window.per_page).unwrap_or(usize::MAX))
        .map(|(position, each)| view::step(&id, each, position))
        .collect();
    around::fill_steps(
        call.tx,
        call.org(),
        &mut data,
        call.query().asks_for("tags"),
    )?;
    Reply::whole(&window.page(call.request, total, data))
}

/// One step
#[utoipa::path(get, path = "/organizations/{org}/checklists/{checklist}/steps/{step}", tag = "templates", operation_id = "step",
    params(("org" = String, Path), ("checklist" = String, Path), ("step" = String, Path)),
    responses((status = 200, body = Item<View>), (status = 404, body = ErrorBody)))]
pub fn get(call: &mut Call<'_, '_, Member>) -> Answer {
    let (id, step) = (call.id("checklist")?, call.id("step")?);
    let (template, ..) = access::readable(call, &id)?;
    let view = whole(call, &template, &step)?;
    Reply::data(view)
}

/// The step with what hangs on it.
fn whole(call: &mut Call<'_, '_, Member>, template: &Template, id: &str) -> Result<View, Refusal> {
    let mut view = [found(template, id)?];
    let tags = call.query().asks_for("tags");
    around::fill_steps(call.tx, call.org(), &mut view, tags)?;
    let [view] = view;
    Ok(view)
}

/// The step as it is shown; not found when the template has none.
fn found(template: &Template, id: &str) -> Result<View, Refusal> {
    let mut steps = (1..).zip(&template.content.steps);
    let (position, step) = steps
        .find(|(_, step)| step.id == id)
        .ok_or_else(Refusal::not_found)?;
    Ok(view::step(&template.record.id, step, position))
}

/// Add a step
///
/// It stands at the end; move it afterwards. Without a deadline it gets the organization's default one.
#[utoipa::path(post, path = "/organizations/{org}/checklists/{checklist}/steps", tag = "templates", operation_id = "create_step",
    params(("org" = String, Path), ("checklist" = String, Path)), request_body = StepInput,
    responses((status = 201, body = Item<View>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn create(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("checklist")?;
    let (before, _) = access::editable(call, &id)?;
    let body = super::body(call)?;
    let faults = Faults::default();
    let reader = Reader::of(&body, &faults);
    let mut mint = super::mint(call, 0)?;
    let mut made = step::read(&reader, None, &before.content, Identity::Fresh, &mut mint);
    if before.content.steps.len() >= MOST_STEPS {
        reader.fault(
            "title",
            format!("A template has at most {MOST_STEPS} steps"),
        );
    }
    if !reader.sent("deadline") {
        let usual = organisation::calendar(call.tx, call.org())?
            .settings
            .default_deadline;
        made.deadline = Some(StepDeadline {
            value: usual.value,
            unit: usual.r#type,
            option: "from".to_owned(),
            step: Some("start_run".to_owned()),
        });
    }
    let step = made.id.clone();
    let mut after = before.clone();
    after.content.steps.push(made);
    super::sound(call, &after, Some(&step), faults)?;
    outside::welcome(
        call.tx,
        call.org(),
        call.now,
        &after.content,
        Some(&before.content),
    )?;
    super::store_change(call, &before, &mut after)?;
    let view = whole(call, &after, &step)?;
    Reply::created(view)
}

/// Change a step
///
/// `title` is required with every change; what else is not sent stays as it is. If one of `assignees`, `guests` and `groups` is
/// sent, the three together are the whole assignment.
#[utoipa::path(put, path = "/organizations/{org}/checklists/{checklist}/steps/{step}", tag = "templates", operation_id = "update_step",
    params(("org" = String, Path), ("checklist" = String, Path), ("step" = String, Path)), request_body = StepInput,
    responses((status = 200, body = Item<View>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn update(call: &mut Call<'_, '_, Member>) -> Answer {
    let (id, step_id) = (call.id("checklist")?, call.id("step")?);
    let (before, _) = access::editable(call, &id)?;
    let stored = before
        .content
        .step(&step_id)
        .ok_or_else(Refusal::not_found)?;
    let body = super::body(call)?;
    let faults = Faults::default();
    let reader = Reader::of(&body, &faults);
    let mut mint = super::mint(call, 0)?;
    let mut made = step::read(
        &reader,
        Some(stored),
        &before.content,
        Identity::Fresh,
        &mut mint,
    );
    still_there(&faults, stored);
    // Tags are kept apart from the versions: other ones are no edit of this one, and the same ones are none at all.
    let tags = made.tags.take();
    if made != *stored {
        made.updated_at = call.now;
    }
    let mut after = before.clone();
    replace(&mut after, made);
    super::sound(call, &after, Some(&step_id), faults)?;
    outside::welcome(
        call.tx,
        call.org(),
        call.now,
        &after.content,
        Some(&before.content),
    )?;
    super::store_change(call, &before, &mut after)?;
    if let Some(tags) = tags {
        retag(call, &after, &step_id, &tags)?;
    }
    let view = whole(call, &after, &step_id)?;
    Reply::data(view)
}

/// Puts these tags on a step, and no others.
fn retag(
    call: &mut Call<'_, '_, Member>,
    template: &Template,
    step: &str,
    tags: &[String],
) -> Result<(), Refusal> {
    let subject = SubjectType::Step;
    if !tag::store::set(call.tx, call.org(), subject, step, tags, call.now)? {
        return Ok(());
    }
    let title = template.content.step(step).map_or("", |step| &step.title);
    let told = Told {
        step: Some(step.to_owned()),
        verb: "updated",
        field: Some("tags".to_owned()),
        old: None,
        description: format!("changed the tags of the step \"{title}\""),
    };
    super::change::tell(call, &template.record.id, &told)
}

/// People who have left since are no fault of whoever sends the step back.
fn still_there(faults: &Faults, stored: &Step) {
    let people = &stored.people;
    let mut kept: Vec<Outside> = people.users.iter().map(|id| Outside::Member(*id)).collect();
    kept.extend(people.guests.iter().cloned().map(Outside::Guest));
    kept.extend(people.groups.iter().cloned().map(Outside::Group));
    kept.extend(
        stored
            .launches
            .iter()
            .map(|launch| Outside::Template(launch.id.clone())),
    );
    faults.forgive(&kept);
}

fn replace(template: &mut Template, made: Step) {
    if let Some(place) = template
        .content
        .steps
        .iter_mut()
        .find(|step| step.id == made.id)
    {
        *place = made;
    }
}

/// Delete a step
///
/// With its form fields, for good. Refused while a rule uses it or the deadline of another step hangs on it.
#[utoipa::path(delete, path = "/organizations/{org}/checklists/{checklist}/steps/{step}", tag = "templates", operation_id = "delete_step",
    params(("org" = String, Path), ("checklist" = String, Path), ("step" = String, Path)),
    responses((status = 200, body = Item<Deleted>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn delete(call: &mut Call<'_, '_, Member>) -> Answer {
    let (id, step) = (call.id("checklist")?, call.id("step")?);
    let (before, _) = access::editable(call, &id)?;
    found(&before, &step)?;
    let mut after = before.clone();
    edit::step::remove(&mut after.content, &step)?;
    super::store_change(call, &before, &mut after)?;
    Reply::data(Deleted { id: step })
}

/// Move a step
#[utoipa::path(put, path = "/organizations/{org}/checklists/{checklist}/steps/{step}/reorder", tag = "templates", operation_id = "reorder_step",
    params(("org" = String, Path), ("checklist" = String, Path), ("step" = String, Path)), request_body = Position,
    responses((status = 200, body = Item<View>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn reorder(call: &mut Call<'_, '_, Member>) -> Answer {
    let (id, step) = (call.id("checklist")?, call.id("step")?);
    let (before, _) = access::editable(call, &id)?;
    found(&before, &step)?;
    let body = super::body(call)?;
    let faults = Faults::default();
    let position = any_position(&Reader::of(&body, &faults));
    outside::check(call.tx, call.caller, faults)?;
    let mut after = before.clone();
    edit::step::reorder(&mut after.content, &step, position);
    super::store_change(call, &before, &mut after)?;
    let view = whole(call, &after, &step)?;
    Reply::data(view)
}

/// Any whole number; what is beyond the list is its end.
fn any_position(reader: &Reader<'_>) -> i64 {
    match reader.value("position").map(whole_number) {
        Some(Some(position)) => return position,
        Some(None) => reader.fault("position", "The position must be a whole number"),
        None => reader.fault("position", "The position field is required"),
    }
    1
}

/// A position; it is required.
pub(super) fn position(reader: &Reader<'_>) -> i64 {
    let sent = reader.int("position", 1, 9_999);
    if reader.value("position").is_none() {
        reader.fault("position", "The position field is required");
    }
    sent.value().unwrap_or(1)
}

/// Copy a step
///
/// With its form fields, people and tags; the copy stands right after it.
#[utoipa::path(post, path = "/organizations/{org}/checklists/{checklist}/steps/{step}/clone", tag = "templates", operation_id = "clone_step",
    params(("org" = String, Path), ("checklist" = String, Path), ("step" = String, Path)),
    responses((status = 201, body = Item<View>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn clone(call: &mut Call<'_, '_, Member>) -> Answer {
    let (id, step) = (call.id("checklist")?, call.id("step")?);
    let (before, _) = access::editable(call, &id)?;
    let original = before.content.step(&step).ok_or_else(Refusal::not_found)?;
    if before.content.steps.len() >= MOST_STEPS {
        let message = format!("A template has at most {MOST_STEPS} steps");
        return Err(Refusal::invalid("steps", message));
    }
    let mut mint = super::mint(call, original.fields.len())?;
    let mut after = before.clone();
    let made = edit::step::duplicate(&mut after.content, &step, &mut mint)
        .ok_or_else(Refusal::not_found)?;
    let tags = store::tags::of_step(call.tx, call.org(), &step)?;
    if let Some(copy) = after.content.steps.iter_mut().find(|each| each.id == made) {
        copy.tags = Some(tags);
    }
    super::store_change(call, &before, &mut after)?;
    let view = whole(call, &after, &made)?;
    Reply::created(view)
}

/// Whether each assignee must complete
///
/// For older connectors: `stepType` is `all` or `any`.
#[utoipa::path(put, path = "/processes/micro-functions/organizations/{org}/blueprints/{checklist}/steps/{step}/edit-step-type", tag = "templates",
    operation_id = "edit_step_type", params(("org" = String, Path), ("checklist" = String, Path), ("step" = String, Path)),
    request_body = StepKind,
    responses((status = 200, body = Item<View>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn edit_step_type(call: &mut Call<'_, '_, Member>) -> Answer {
    let (id, step) = (call.id("checklist")?, call.id("step")?);
    let (before, _) = access::editable(call, &id)?;
    found(&before, &step)?;
    let body = super::body(call)?;
    let word = body.get("stepType").and_then(serde_json::Value::as_str);
    let all = match word {
        Some("all") => true,
        Some("any") => false,
        _ => {
            return Err(Refusal::invalid(
                "stepType",
                "The stepType must be all or any",
            ));
        }
    };
    let mut after = before.clone();
    if let Some(place) = after.content.steps.iter_mut().find(|each| each.id == step) {
        place.everyone_must_complete = all && place.may_wait_for_all();
    }
    super::store_change(call, &before, &mut after)?;
    let view = whole(call, &after, &step)?;
    Reply::data(view)
}

/// Body of the older connector's call.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub struct StepKind {
    /// `all` or `any`.
    #[serde(rename = "stepType")]
    pub step_type: String,
}
