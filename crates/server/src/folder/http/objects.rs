//! Processes and tasks in folders.

use tallystick_wire::folder::{FolderLink, FolderObjectInput, FolderType};
use tallystick_wire::lenient::Text;
use tallystick_wire::patch::Patch;
use tallystick_wire::tag::SubjectType;
use tallystick_wire::{ErrorBody, Item};

use crate::folder::store;
use crate::http::call::object_id;
use crate::http::{Answer, Call, Member, Problems, Refusal, Reply};
use crate::task;

/// Put a process or task into a folder
///
/// Out of the one it lay in. Templates are not put into folders here: they name their folder themselves.
#[utoipa::path(post, path = "/organizations/{org}/folders/add-object", tag = "folders", operation_id = "add_to_folder",
    params(("org" = String, Path)), request_body = FolderObjectInput,
    responses((status = 201, body = Item<FolderLink>), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn add(call: &mut Call<'_, '_, Member>) -> Answer {
    let input: FolderObjectInput = call.body()?;
    let mut problems = Problems::default();
    let sent = |field: &Patch<Text>| field.as_value().map(|text| text.0.trim().to_owned());
    let folder = sent(&input.folder_id).and_then(|id| object_id(&id));
    let folder = folder.unwrap_or_default();
    // Held, so that nobody deletes it meanwhile.
    let is_there = store::get_to_change(call.tx, call.org(), &folder)?
        .is_some_and(|folder| folder.folder_type == FolderType::Run);
    if !input.folder_id.is_sent() {
        problems.add("folder_id", "The folder_id field is required");
    } else if !is_there {
        problems.add("folder_id", "There is no such folder for processes");
    }
    let word = sent(&input.subject_type).unwrap_or_default();
    let subject = SubjectType::read(&word)
        .filter(|subject| matches!(subject, SubjectType::Run | SubjectType::Task));
    let id = sent(&input.subject_id).and_then(|id| object_id(&id));
    match (subject, &id) {
        (None, _) => problems.add("subject_type", "The subject_type must be Run or Task"),
        (Some(subject), Some(id)) if may_see(call, subject, id)? => {}
        _ => problems.add("subject_id", "Subject not found"),
    }
    problems.check()?;
    let (Some(subject), Some(id)) = (subject, id) else {
        return Err(Refusal::not_found());
    };
    let link = store::put(call.tx, call.org(), &folder, subject, &id, call.now)?;
    Reply::created(link)
}

/// Take a process or task out of its folder
#[utoipa::path(delete, path = "/organizations/{org}/folders-objects/{relation}", tag = "folders", operation_id = "remove_from_folder",
    params(("org" = String, Path), ("relation" = i64, Path)),
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn remove(call: &mut Call<'_, '_, Member>) -> Answer {
    let id: i64 = call
        .path("relation")?
        .parse()
        .map_err(|_| Refusal::not_found())?;
    let link = store::link(call.tx, call.org(), id)?.ok_or_else(Refusal::not_found)?;
    let subject = SubjectType::read(&link.subject_type).ok_or_else(Refusal::not_found)?;
    if !may_see(call, subject, &link.subject_id)? {
        return Err(Refusal::not_found());
    }
    store::take_out(call.tx, call.org(), id)?;
    Ok(Reply::nothing())
}

/// Whether the subject is there for this caller, and stays there until the transaction ends.
fn may_see(
    call: &mut Call<'_, '_, Member>,
    subject: SubjectType,
    id: &str,
) -> Result<bool, Refusal> {
    // A process cannot be there: it has no room yet.
    if subject != SubjectType::Task {
        return Ok(false);
    }
    let task = task::store::get_to_change(call.tx, &call.caller.organization, id)?;
    Ok(task.is_some_and(|task| task::rules::may_see(&task, call.caller)))
}
