//! Who may do what with a template (contract: templates, section 2.13).

use tallystick_wire::template::{Grant, Permissions};
use tallystick_wire::{ErrorBody, Item, Patch};

use super::change::Edit;
use crate::http::{Answer, Call, Member, Reply};
use crate::template::access::{self, Permission};
use crate::template::outside;
use crate::template::read::{Faults, Reader, grant};
use crate::template::store::Kinds;

/// Permissions of a template
#[utoipa::path(get, path = "/organizations/{org}/checklists/{checklist}/permissions", tag = "templates", operation_id = "template_permissions",
    params(("org" = String, Path), ("checklist" = String, Path)),
    responses((status = 200, body = Item<Permissions>), (status = 404, body = ErrorBody)))]
pub fn get(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("checklist")?;
    let (_, grants, _) = access::readable_with(call, &id, Kinds::Usual)?;
    Reply::data(grants.permissions())
}

/// Change the permissions of a template
///
/// A permission that is sent replaces who has it; others stay. Counts from the next request on.
#[utoipa::path(put, path = "/organizations/{org}/checklists/{checklist}/permissions", tag = "templates", operation_id = "set_template_permissions",
    params(("org" = String, Path), ("checklist" = String, Path)), request_body = Permissions,
    responses((status = 200, body = Item<Permissions>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn set(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("checklist")?;
    let (stored, mut grants) = access::editable(call, &id)?;
    let body = super::body(call)?;
    let faults = Faults::default();
    let reader = Reader::of(&body, &faults);
    let before = grants.clone();
    for permission in Permission::ALL {
        match reader.object(permission.word()) {
            Patch::Absent => {}
            Patch::Null => grants.set(permission, &Grant::default()),
            Patch::Value(inner) => {
                let mut grant = Grant {
                    everyone: inner.flag("everyone").unwrap_or_default(),
                    ..Grant::default()
                };
                grant::people(&inner, &mut grant);
                grants.set(permission, &grant);
            }
        }
    }
    outside::check(call.tx, call.caller, faults)?;
    let mut template = stored.clone();
    let edit = Edit {
        grants: Some((&before, &grants)),
        ..Edit::new(&stored, &mut template)
    };
    edit.store(call)?;
    Reply::data(grants.permissions())
}
