//! Kick-off fields, as far as they have routes of their own (contract: templates, section 5.3).

use tallystick_wire::template::Deleted;
use tallystick_wire::{ErrorBody, Item};

use crate::http::{Answer, Call, Member, Refusal, Reply};
use crate::template::access;
use crate::template::edit;

/// Delete a kick-off field
///
/// Refused while a rule uses it.
#[utoipa::path(delete, path = "/organizations/{org}/checklists/{checklist}/preruns/{prerun}", tag = "templates", operation_id = "delete_prerun",
    params(("org" = String, Path), ("checklist" = String, Path), ("prerun" = String, Path)),
    responses((status = 200, body = Item<Deleted>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn delete(call: &mut Call<'_, '_, Member>) -> Answer {
    let (id, prerun) = (call.id("checklist")?, call.id("prerun")?);
    let (before, _) = access::editable(call, &id)?;
    before
        .content
        .prerun(&prerun)
        .ok_or_else(Refusal::not_found)?;
    let mut after = before.clone();
    edit::field::remove_prerun(&mut after.content, &prerun)?;
    super::store_change(call, &before, &mut after)?;
    Reply::data(Deleted { id: prerun })
}
