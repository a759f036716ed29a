//! What a template names outside of itself: which of it is there.

use std::collections::HashSet;

use tallystick_db::{Result, Row, Tx};

use tallystick_wire::folder::FolderType;

use crate::draft::Draft;
use crate::http::Member;
use crate::template::access;
use crate::template::read::Outside;

/// Those of `wanted` that exist in the organisation, of templates those that `viewer` may see. A guest exists when the
/// address could be one.
pub fn known(
    tx: &mut Tx<'_>,
    organization: &str,
    viewer: Option<&Member>,
    wanted: &HashSet<Outside>,
) -> Result<HashSet<Outside>> {
    let mut found = HashSet::new();
    let mut members = Vec::new();
    let mut guests = Vec::new();
    let mut templates = Vec::new();
    let (mut groups, mut tags, mut folders) = (Vec::new(), Vec::new(), Vec::new());
    for outside in wanted {
        match outside {
            Outside::Member(id) => members.push(*id),
            Outside::Guest(email) => guests.push(email.clone()),
            Outside::Template(id) => templates.push(id.clone()),
            Outside::Group(id) => groups.push(id.clone()),
            Outside::Tag(id) => tags.push(id.clone()),
            Outside::Folder(id) | Outside::ProcessFolder(id) => folders.push(id.clone()),
        }
    }
    all(
        tx,
        organization,
        "SELECT user_id FROM memberships WHERE organization_id = {org} AND status <> 'disabled' AND user_id IN ({list})",
        members,
        |row| {
            found.insert(Outside::Member(row.take()?));
            Ok(())
        },
    )?;
    let only = |draft: &mut Draft| {
        if let Some(viewer) = viewer {
            access::only_visible(draft, viewer);
        }
    };
    those(
        tx,
        organization,
        "SELECT t.id FROM templates t WHERE t.organization_id = {org} AND t.archived_at IS NULL AND t.id IN ({list})",
        templates,
        only,
        |row| {
            found.insert(Outside::Template(row.take()?));
            Ok(())
        },
    )?;
    all(
        tx,
        organization,
        "SELECT id FROM groups WHERE organization_id = {org} AND id IN ({list})",
        groups,
        |row| {
            found.insert(Outside::Group(row.take()?));
            Ok(())
        },
    )?;
    all(
        tx,
        organization,
        "SELECT id FROM tags WHERE organization_id = {org} AND id IN ({list})",
        tags,
        |row| {
            found.insert(Outside::Tag(row.take()?));
            Ok(())
        },
    )?;
    all(
        tx,
        organization,
        "SELECT id, folder_type FROM folders WHERE organization_id = {org} AND id IN ({list})",
        folders,
        |row| {
            let (id, kind): (String, String) = (row.take()?, row.take()?);
            found.insert(match FolderType::read(&kind) {
                Some(FolderType::Run) => Outside::ProcessFolder(id),
                _ => Outside::Folder(id),
            });
            Ok(())
        },
    )?;
    let mut taken = HashSet::new();
    all(
        tx,
        organization,
        "SELECT u.email_folded FROM users u JOIN memberships m ON m.user_id = u.id WHERE m.organization_id = {org} \
         AND u.email_folded IN ({list})",
        guests.clone(),
        |row| {
            taken.insert(row.take::<String>()?);
            Ok(())
        },
    )?;
    let free = guests
        .into_iter()
        .filter(|email| !taken.contains(email) && crate::member::rules::is_email(email));
    found.extend(free.map(Outside::Guest));
    Ok(found)
}

/// Names of members, by number; those who have left too.
pub fn names(tx: &mut Tx<'_>, organization: &str, wanted: Vec<i64>) -> Result<Vec<(i64, String)>> {
    let mut found = Vec::new();
    all(
        tx,
        organization,
        "SELECT u.id, u.first_name, u.last_name FROM users u JOIN memberships m ON m.user_id = u.id \
         WHERE m.organization_id = {org} AND u.id IN ({list})",
        wanted,
        |row| {
            let (id, first, last): (i64, String, String) = (row.take()?, row.take()?, row.take()?);
            let name = format!("{first} {last}");
            found.push((id, name.trim().to_owned()));
            Ok(())
        },
    )?;
    Ok(found)
}

fn all<V: Into<tallystick_db::Value<'static>>>(
    tx: &mut Tx<'_>,
    organization: &str,
    sql: &str,
    wanted: Vec<V>,
    read: impl FnMut(&mut Row<'_>) -> Result<()>,
) -> Result<()> {
    those(tx, organization, sql, wanted, |_| (), read)
}

/// The same, with more conditions.
fn those<V: Into<tallystick_db::Value<'static>>>(
    tx: &mut Tx<'_>,
    organization: &str,
    sql: &str,
    wanted: Vec<V>,
    only: impl Fn(&mut Draft),
    mut read: impl FnMut(&mut Row<'_>) -> Result<()>,
) -> Result<()> {
    let mut wanted = wanted.into_iter().peekable();
    while wanted.peek().is_some() {
        let mut draft = Draft::default();
        let org = draft.value(organization.to_owned());
        let list = draft.list(wanted.by_ref().take(500));
        only(&mut draft);
        let sql = sql.replace("{org}", &org).replace("{list}", &list) + &draft.text;
        tx.each(&sql, &draft.values, &mut read)?;
    }
    Ok(())
}
