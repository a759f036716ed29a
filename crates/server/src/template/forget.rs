//! What templates do when something goes that they name: they stop naming it.

use std::collections::HashSet;

use tallystick_db::{Result, Tx, args};

use crate::template::edit::text;
use crate::template::embed;
use crate::template::model::{Content, Template};
use crate::template::outside;
use crate::template::read::Outside;
use crate::template::store::{self, Hold, Kinds};

/// A group is deleted: steps, rules and grants lose it.
pub fn group(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<()> {
    tx.run(
        "DELETE FROM template_grants WHERE organization_id = $1 AND subject_kind = 'group' AND subject = $2",
        args![organization, id],
    )?;
    everywhere(tx, organization, "group", id, Outside::Group(id.to_owned()))
}

/// A guest is removed: steps and rules lose them.
pub fn guest(tx: &mut Tx<'_>, organization: &str, email: &str) -> Result<()> {
    everywhere(
        tx,
        organization,
        "guest",
        email,
        Outside::Guest(email.to_owned()),
    )
}

/// A folder is deleted: its templates move to where it lay, archived ones too.
pub fn folder(tx: &mut Tx<'_>, organization: &str, id: &str, parent: Option<&str>) -> Result<()> {
    tx.run(
        "UPDATE templates SET folder_id = $3 WHERE organization_id = $1 AND folder_id = $2",
        args![organization, id, parent],
    )?;
    Ok(())
}

/// A snippet is deleted: texts lose it.
pub fn snippet(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<()> {
    mentioning(tx, organization, "snippet", id, |content| {
        text::each_mut(content, |_, words| {
            if let Some(without) = embed::without(words, embed::SNIPPET, id) {
                *words = without;
            }
        });
    })
}

fn everywhere(
    tx: &mut Tx<'_>,
    organization: &str,
    kind: &str,
    mentioned: &str,
    what: Outside,
) -> Result<()> {
    let gone = HashSet::from([what]);
    mentioning(tx, organization, kind, mentioned, |content| {
        outside::without(content, &gone);
    })
}

fn mentioning(
    tx: &mut Tx<'_>,
    organization: &str,
    kind: &str,
    mentioned: &str,
    change: impl Fn(&mut Content),
) -> Result<()> {
    for id in store::mentioning(tx, organization, kind, mentioned)? {
        let found = store::get(tx, organization, &id, Hold::UntilTheEnd, Kinds::All)?;
        let Some(before) = found else { continue };
        let mut content = before.content.clone();
        change(&mut content);
        let after = Template {
            record: before.record.clone(),
            content,
        };
        store::update(tx, organization, &before, &after)?;
    }
    Ok(())
}
