//! Deleting a template for good, and bringing it back from the bin.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use tallystick_db::{Result, Tx, args};
use tallystick_wire::Time;

use super::version::{self, Kept};
use super::{by_alias, from_json, grants, insert, outside as there, to_json};
use crate::bin::{self, Thrown};
use crate::template::access::Grants;
use crate::template::alias;
use crate::template::edit::version::{Cause, begin};
use crate::template::model::Template;
use crate::template::outside;
use crate::template::read::Outside;

/// What a template is called in the bin.
const KIND: &str = "template";

/// What rests in the bin.
#[derive(Serialize, Deserialize)]
struct Rest {
    template: Template,
    grants: Grants,
    #[serde(default)]
    versions: Vec<Kept>,
}

/// Deletes a template; it rests in the bin, with its permissions and the versions that were kept.
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
        versions: version::all(tx, organization, id)?,
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

/// Takes a template out of the bin again, archived as it was, without what went meanwhile; false when it is not there.
pub fn restore_from_bin(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<bool> {
    let Some(content) = bin::take(tx, organization, KIND, id)? else {
        return Ok(false);
    };
    let Rest {
        template: before,
        mut grants,
        versions,
    } = from_json(&content)?;
    let mut after = before.clone();
    let gone = gone(tx, organization, &before, &grants)?;
    outside::without(&mut after.content, &gone);
    outside::without_grants(&mut grants, &gone);
    begin(&before, &mut after, Cause::Loss);
    let Template { record, content } = &mut after;
    outside::unfile(record, &gone);
    if by_alias(tx, organization, &record.alias)?.is_some() {
        record.alias = alias::of_template(&content.head.title, &record.id);
    }
    insert(tx, organization, &after, &grants)?;
    for kept in &versions {
        version::put_back(tx, organization, id, kept)?;
    }
    Ok(true)
}

/// What a template names that is not there any more.
fn gone(
    tx: &mut Tx<'_>,
    organization: &str,
    template: &Template,
    grants: &Grants,
) -> Result<HashSet<Outside>> {
    let mut named = outside::named(&template.content);
    named.extend(template.record.folder_id.clone().map(Outside::Folder));
    named.extend(outside::named_in(grants));
    let known = there::known(tx, organization, None, &named)?;
    named.retain(|what| !known.contains(what));
    Ok(named)
}
