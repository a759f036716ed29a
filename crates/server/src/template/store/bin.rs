//! Deleting a template for good, and bringing it back from the bin.

use serde::{Deserialize, Serialize};
use tallystick_db::{Result, Tx, args};
use tallystick_wire::Time;

use super::{from_json, grants, insert, to_json};
use crate::bin::{self, Thrown};
use crate::template::access::Grants;
use crate::template::model::Template;

/// What a template is called in the bin.
const KIND: &str = "template";

/// What rests in the bin.
#[derive(Serialize, Deserialize)]
struct Rest {
    template: Template,
    grants: Grants,
}

/// Deletes a template with its versions; the template itself rests in the bin.
pub fn throw_away(
    tx: &mut Tx<'_>,
    organization: &str,
    template: &Template,
    by: i64,
    now: Time,
) -> Result<()> {
    let id = &template.record.id;
    let rest = Rest {
        template: template.clone(),
        grants: grants(tx, organization, id)?,
    };
    let thrown = Thrown {
        organization: organization.to_owned(),
        kind: KIND.to_owned(),
        id: id.clone(),
        title: template.content.head.title.clone(),
        deleted_at: now,
    };
    bin::put(tx, &thrown, &to_json(&rest)?, by)?;
    super::tags::forget_all(tx, organization, id, &template.content)?;
    tx.run(
        "DELETE FROM templates WHERE organization_id = $1 AND id = $2",
        args![organization, id],
    )?;
    Ok(())
}

/// Takes a template out of the bin again, archived as it was; false when it is not there.
pub fn restore_from_bin(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<bool> {
    let Some(content) = bin::take(tx, organization, KIND, id)? else {
        return Ok(false);
    };
    let mut rest: Rest = from_json(&content)?;
    // Its versions are gone, so the next edit need not begin another one.
    rest.template.record.is_kept = false;
    insert(tx, organization, &rest.template, &rest.grants)?;
    Ok(true)
}
