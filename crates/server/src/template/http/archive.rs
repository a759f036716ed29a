//! Archiving, restoring, deleting and publishing templates.

use tallystick_wire::template::{Template as View, TemplateGone};
use tallystick_wire::{ErrorBody, Item};

use super::change::Edit;
use super::embedded;
use crate::activity::store::{Subject, record_named};
use crate::http::{Answer, Call, Member, Refusal, Reply};
use crate::template::access;
use crate::template::outside;
use crate::template::read::Outside;
use crate::template::store;

/// Archive a template
///
/// It disappears from lists and cannot be launched; processes go on. Where other templates embed it, the embedded block is
/// taken out of their texts, and `deleted_references` lists those.
#[utoipa::path(delete, path = "/organizations/{org}/checklists/{checklist}", tag = "templates", operation_id = "archive_template",
    params(("org" = String, Path), ("checklist" = String, Path)),
    responses((status = 200, body = TemplateGone), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn archive(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("checklist")?;
    let (before, _) = access::editable(call, &id)?;
    let mut after = before.clone();
    after.record.archived_at = Some(call.now);
    after.record.last_updated_by = call.caller.id();
    store::update(call.tx, call.org(), &before, &after)?;
    record_named(
        call,
        Subject::Template,
        &id,
        "archived",
        &before.content.head.title,
    )?;
    let deleted_references = embedded::take_out(call, &id)?;
    Reply::whole(&TemplateGone {
        message: "Template archived; embedded references removed from the objects listed."
            .to_owned(),
        deleted_references,
    })
}

/// Restore an archived template
///
/// To its old folder, if that is still there. Doing it again changes nothing.
#[utoipa::path(put, path = "/organizations/{org}/checklists/{checklist}/restore", tag = "templates", operation_id = "restore_template",
    params(("org" = String, Path), ("checklist" = String, Path)),
    responses((status = 200, body = Item<View>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn restore(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("checklist")?;
    let (before, grants, rights) = access::held(call, &id)?;
    rights.check_edit()?;
    let mut after = before.clone();
    if before.record.archived_at.is_some() {
        after.record.archived_at = None;
        let folder = before.record.folder_id.clone().map(Outside::Folder);
        let gone = outside::missing(call.tx, call.org(), None, folder.iter())?;
        outside::unfile(&mut after.record, &gone);
        after.record.last_updated_by = call.caller.id();
        store::update(call.tx, call.org(), &before, &after)?;
        record_named(
            call,
            Subject::Template,
            &id,
            "unarchived",
            &before.content.head.title,
        )?;
    }
    super::shown(call, &after, grants)
}

/// Delete an archived template for good
///
/// For administrators, and only once it is archived.
#[utoipa::path(delete, path = "/organizations/{org}/checklists/{checklist}/delete", tag = "templates", operation_id = "delete_template",
    params(("org" = String, Path), ("checklist" = String, Path)),
    responses((status = 200, body = TemplateGone), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn delete(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("checklist")?;
    let (template, ..) = access::held(call, &id)?;
    if template.record.archived_at.is_none() {
        return Err(Refusal::forbidden(
            "Archive the template first; only archived templates are deleted for good",
        ));
    }
    let deleted_references = embedded::take_out(call, &id)?;
    store::throw_away(call.tx, call.org(), &template, call.caller.id(), call.now)?;
    record_named(
        call,
        Subject::Template,
        &id,
        "deleted",
        &template.content.head.title,
    )?;
    Reply::whole(&TemplateGone {
        message: "Template deleted; embedded references removed from the objects listed."
            .to_owned(),
        deleted_references,
    })
}

/// Publish a template
///
/// Keeps the version as it is: it can be read, compared and brought back later. Where edits wait to be published, this is
/// what makes them count.
#[utoipa::path(put, path = "/organizations/{org}/checklists/{checklist}/publish", tag = "templates", operation_id = "publish_template",
    params(("org" = String, Path), ("checklist" = String, Path)),
    responses((status = 200, body = Item<View>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn publish(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("checklist")?;
    let (before, grants) = access::editable(call, &id)?;
    let mut after = before.clone();
    if !before.record.is_kept || !before.record.is_published_state {
        let edit = Edit {
            published: Some(true),
            ..Edit::new(&before, &mut after)
        };
        edit.store(call)?;
    }
    super::shown(call, &after, grants)
}
