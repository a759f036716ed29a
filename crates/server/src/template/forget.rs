//! What templates do when something goes that they name: they stop naming it, or name what took its place. A version that was
//! kept stays as it was kept; what was published stays published.

use std::collections::HashSet;

use tallystick_db::{Result, Tx, args};

use crate::template::edit::text;
use crate::template::edit::version::{Cause, begin};
use crate::template::embed;
use crate::template::model::Content;
use crate::template::outside;
use crate::template::read::Outside;
use crate::template::store::{self, Hold, Kinds};

/// A group is deleted: steps, rules and grants lose it.
pub fn group(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<()> {
    tx.run(
        "DELETE FROM template_grants WHERE organization_id = $1 AND subject_kind = 'group' AND subject = $2",
        args![organization, id],
    )?;
    let gone = HashSet::from([Outside::Group(id.to_owned())]);
    everywhere(tx, organization, ("group", id), |content| {
        outside::without(content, &gone);
    })
}

/// A guest is removed: steps and rules lose them.
pub fn guest(tx: &mut Tx<'_>, organization: &str, email: &str) -> Result<()> {
    let gone = HashSet::from([Outside::Guest(email.to_owned())]);
    everywhere(tx, organization, ("guest", email), |content| {
        outside::without(content, &gone);
    })
}

/// A guest becomes a member, who stands where the guest stood.
pub fn guest_joins(tx: &mut Tx<'_>, organization: &str, email: &str, user_id: i64) -> Result<()> {
    everywhere(tx, organization, ("guest", email), |content| {
        for people in content.people_mut() {
            let before = people.guests.len();
            people.guests.retain(|guest| guest != email);
            if people.guests.len() < before && !people.users.contains(&user_id) {
                people.users.push(user_id);
            }
        }
    })
}

/// A folder is deleted: its templates move to where it lay, archived ones too, and so do the processes to come.
pub fn folder(tx: &mut Tx<'_>, organization: &str, id: &str, parent: Option<&str>) -> Result<()> {
    tx.run(
        "UPDATE templates SET folder_id = $3 WHERE organization_id = $1 AND folder_id = $2",
        args![organization, id, parent],
    )?;
    everywhere(tx, organization, ("folder", id), |content| {
        content.head.default_folder = parent.map(str::to_owned);
    })
}

/// A snippet is deleted: texts lose it.
pub fn snippet(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<()> {
    everywhere(tx, organization, ("snippet", id), |content| {
        text::each_mut(content, |_, words| {
            if let Some(without) = embed::without(words, embed::SNIPPET, id) {
                *words = without;
            }
        });
    })
}

/// Changes every template that names this, archived ones too.
fn everywhere(
    tx: &mut Tx<'_>,
    organization: &str,
    (kind, mentioned): (&str, &str),
    change: impl Fn(&mut Content),
) -> Result<()> {
    for id in store::mentioning(tx, organization, kind, mentioned)? {
        let found = store::get(tx, organization, &id, Hold::UntilTheEnd, Kinds::All)?;
        let Some(before) = found else { continue };
        let mut after = before.clone();
        change(&mut after.content);
        begin(&before, &mut after, Cause::Loss);
        store::update(tx, organization, &before, &after)?;
    }
    Ok(())
}
