//! Making, changing and deleting folders.

use tallystick_wire::custom_field::Record;
use tallystick_wire::folder::{self as wire, FolderInput, FolderType, NAME_MAX};
use tallystick_wire::patch::Patch;
use tallystick_wire::{ErrorBody, Item};

use super::{fields_of, view};
use crate::activity::store::{Subject, record_named};
use crate::custom_field;
use crate::folder::rules::{self, Folder};
use crate::folder::store;
use crate::http::call::object_id;
use crate::http::fields::name;
use crate::http::{Answer, Call, Member, Problems, Refusal, Reply};

/// Highest position: room for more, and a number that every client can read.
const POSITION_MAX: i64 = 1_000_000;

/// Make a folder
///
/// At the end of its neighbours unless `position` says otherwise.
#[utoipa::path(post, path = "/organizations/{org}/folders", tag = "folders", operation_id = "create_folder", params(("org" = String, Path)),
    request_body = FolderInput, responses((status = 201, body = Item<wire::Folder>), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn create(call: &mut Call<'_, '_, Member>) -> Answer {
    let input: FolderInput = call.body()?;
    store::hold_tree(call.tx, call.org())?;
    let is_run =
        matches!(&input.folder_type, Patch::Value(word) if word.0 == FolderType::Run.word());
    let mut folder = Folder {
        id: String::new(),
        name: String::new(),
        parent_id: None,
        parent: None,
        position: 0,
        folder_type: if is_run {
            FolderType::Run
        } else {
            FolderType::Checklist
        },
        total: 0,
        created_at: call.now,
        updated_at: call.now,
    };
    apply(call, &mut folder, &input, true)?;
    folder.id = call.app.ids.object(call.now);
    if folder.position == 0 {
        let parent = folder.parent_id.as_deref();
        folder.position = store::next_position(call.tx, call.org(), folder.folder_type, parent)?;
    }
    store::insert(call.tx, call.org(), &folder)?;
    record_named(call, Subject::Folder, &folder.id, "created", &folder.name)?;
    let shown = shown(call, &folder.id)?;
    Reply::created(shown)
}

/// Rename or move a folder
#[utoipa::path(put, path = "/organizations/{org}/folders/{folder_id}", tag = "folders", operation_id = "update_folder",
    params(("org" = String, Path), ("folder_id" = String, Path)), request_body = FolderInput,
    responses((status = 200, body = Item<wire::Folder>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn update(call: &mut Call<'_, '_, Member>) -> Answer {
    let before = held(call)?;
    let input: FolderInput = call.body()?;
    let mut folder = before.clone();
    apply(call, &mut folder, &input, false)?;
    if folder != before {
        folder.updated_at = call.now;
        store::update(call.tx, call.org(), &folder)?;
        record_named(call, Subject::Folder, &folder.id, "updated", &folder.name)?;
    }
    let shown = shown(call, &folder.id)?;
    Reply::data(shown)
}

/// Delete a folder
///
/// What lies in it is kept: it moves to where the folder lay.
#[utoipa::path(delete, path = "/organizations/{org}/folders/{folder_id}", tag = "folders", operation_id = "delete_folder",
    params(("org" = String, Path), ("folder_id" = String, Path)),
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn delete(call: &mut Call<'_, '_, Member>) -> Answer {
    let folder = held(call)?;
    store::forget(call.tx, call.org(), &folder)?;
    custom_field::store::forget(call.tx, call.org(), Record::Folder, &folder.id)?;
    record_named(call, Subject::Folder, &folder.id, "deleted", &folder.name)?;
    Ok(Reply::nothing())
}

fn held(call: &mut Call<'_, '_, Member>) -> Result<Folder, Refusal> {
    let id = call.id("folder_id")?;
    store::hold_tree(call.tx, call.org())?;
    store::get_to_change(call.tx, call.org(), &id)?.ok_or_else(Refusal::not_found)
}

fn shown(call: &mut Call<'_, '_, Member>, id: &str) -> Result<wire::Folder, Refusal> {
    let folder = store::get(call.tx, call.org(), id)?.ok_or_else(Refusal::not_found)?;
    let mut fields = fields_of(call, std::slice::from_ref(&folder))?;
    Ok(view(folder, &mut fields))
}

fn apply(
    call: &mut Call<'_, '_, Member>,
    folder: &mut Folder,
    input: &FolderInput,
    is_new: bool,
) -> Result<(), Refusal> {
    let mut problems = Problems::default();
    name(
        "name",
        &input.name,
        NAME_MAX,
        is_new,
        &mut folder.name,
        &mut problems,
    );
    match &input.position {
        Patch::Absent | Patch::Null => {}
        Patch::Value(position) if (1..=POSITION_MAX).contains(&position.0) => {
            folder.position = position.0;
        }
        Patch::Value(_) => problems.add(
            "position",
            format!("The position must be from 1 to {POSITION_MAX}"),
        ),
    }
    match &input.parent_id {
        Patch::Absent => {}
        Patch::Null => folder.parent_id = None,
        Patch::Value(parent) => {
            let parent = object_id(&parent.0).unwrap_or_default();
            // A parent that stays needs no second look, however deep it lies.
            if folder.parent_id.as_ref() != Some(&parent) {
                let tree = store::tree(call.tx, call.org(), folder.folder_type)?;
                match rules::fault(&tree, &folder.id, &parent) {
                    Some(fault) => problems.add("parent_id", fault),
                    None => folder.parent_id = Some(parent),
                }
            }
        }
    }
    problems.check()
}
