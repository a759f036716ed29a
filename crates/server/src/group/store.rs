//! The SQL of groups, organisation first in every statement.

use std::collections::BTreeMap;

use tallystick_db::{Result, Row, Tx, args};
use tallystick_wire::Time;

use crate::group::rules::Group;
use crate::guest;
use crate::http::query::Query;
use crate::in_list::{MOST, in_args, in_list};
use crate::member::store::contains;
use crate::template;

const COLUMNS: &str = "t.id, t.name, t.description, t.created_at, t.updated_at";

fn read(row: &mut Row<'_>) -> Result<Group> {
    Ok(Group {
        id: row.take()?,
        name: row.take()?,
        description: row.take()?,
        created_at: Time(row.take()?),
        updated_at: Time(row.take()?),
        members: Vec::new(),
        guests: Vec::new(),
    })
}

/// The order of a list: always ended by the id.
fn order(query: &Query) -> &'static str {
    match query.sort() {
        ("name", false) => "t.name_folded, t.id",
        ("name", true) => "t.name_folded DESC, t.id DESC",
        ("updated_at", false) => "t.updated_at, t.id",
        ("updated_at", true) => "t.updated_at DESC, t.id DESC",
        ("created_at", true) => "t.created_at DESC, t.id DESC",
        _ => "t.created_at, t.id",
    }
}

const FILTER: &str = "FROM groups t WHERE t.organization_id = $1 AND (CAST($2 AS TEXT) IS NULL OR t.search LIKE $2 ESCAPE '\\')";

/// How many groups a search finds.
pub fn count(tx: &mut Tx<'_>, organization: &str, search: Option<&str>) -> Result<i64> {
    let sql = format!("SELECT count(*) {FILTER}");
    tx.one(&sql, args![organization, search.map(contains)], |row| {
        row.take()
    })
}

/// A page of groups with who is in them.
pub fn list(
    tx: &mut Tx<'_>,
    organization: &str,
    search: Option<&str>,
    query: &Query,
    (limit, offset): (i64, i64),
) -> Result<Vec<Group>> {
    let sql = format!(
        "SELECT {COLUMNS} {FILTER} ORDER BY {} LIMIT $3 OFFSET $4",
        order(query)
    );
    let mut groups = tx.all(
        &sql,
        args![organization, search.map(contains), limit, offset],
        read,
    )?;
    load(tx, organization, &mut groups)?;
    Ok(groups)
}

/// One group with who is in it.
pub fn get(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<Option<Group>> {
    find(tx, organization, id, "")
}

/// One group, held until the transaction ends: what is decided on it stays true.
pub fn get_to_change(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<Option<Group>> {
    find(tx, organization, id, " /*lock t*/")
}

fn find(tx: &mut Tx<'_>, organization: &str, id: &str, lock: &str) -> Result<Option<Group>> {
    let sql =
        format!("SELECT {COLUMNS} FROM groups t WHERE t.organization_id = $1 AND t.id = $2{lock}");
    let mut found = tx.all(&sql, args![organization, id], read)?;
    load(tx, organization, &mut found)?;
    Ok(found.pop())
}

/// Fills in members and guests, of all groups at once.
fn load(tx: &mut Tx<'_>, organization: &str, groups: &mut [Group]) -> Result<()> {
    for part in groups.chunks_mut(MOST) {
        let ids: Vec<String> = part.iter().map(|group| group.id.clone()).collect();
        let index: BTreeMap<&str, usize> = ids
            .iter()
            .enumerate()
            .map(|(index, id)| (id.as_str(), index))
            .collect();
        let sql = in_list(
            "SELECT group_id, user_id FROM group_members WHERE organization_id = $1 AND group_id IN (",
            ids.len(),
            ") ORDER BY group_id, place, user_id",
        );
        tx.each(&sql, &in_args(organization, &ids), |row| {
            let (group, user) = (row.take::<String>()?, row.take()?);
            if let Some(index) = index.get(group.as_str()) {
                part[*index].members.push(user);
            }
            Ok(())
        })?;
        let sql = in_list(
            "SELECT x.group_id, g.email FROM group_guests x JOIN guests g ON g.id = x.guest_id \
             WHERE x.organization_id = $1 AND x.group_id IN (",
            ids.len(),
            ") ORDER BY x.group_id, x.place, x.guest_id",
        );
        tx.each(&sql, &in_args(organization, &ids), |row| {
            let (group, email) = (row.take::<String>()?, row.take()?);
            if let Some(index) = index.get(group.as_str()) {
                part[*index].guests.push(email);
            }
            Ok(())
        })?;
    }
    Ok(())
}

/// Whether another group has this name, in any letter case.
pub fn is_taken(tx: &mut Tx<'_>, organization: &str, name: &str, id: &str) -> Result<bool> {
    let found = tx.maybe(
        "SELECT id FROM groups WHERE organization_id = $1 AND name_folded = $2 AND id <> $3",
        args![organization, name.to_lowercase(), id],
        |row| row.take::<String>(),
    )?;
    Ok(found.is_some())
}

fn search_text(group: &Group) -> String {
    let description = group.description.as_deref().unwrap_or_default();
    format!("{} {description}", group.name).to_lowercase()
}

/// Stores a new group.
pub fn insert(tx: &mut Tx<'_>, organization: &str, group: &Group) -> Result<()> {
    tx.run(
        "INSERT INTO groups (organization_id, id, name, name_folded, description, search, created_at, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        args![organization, &group.id, &group.name, group.name.to_lowercase(), group.description.as_ref(), search_text(group), group.created_at.0, group.updated_at.0],
    )?;
    save_people(tx, organization, group)
}

/// Stores what a change made of a group.
pub fn update(tx: &mut Tx<'_>, organization: &str, group: &Group) -> Result<()> {
    tx.run(
        "UPDATE groups SET name = $3, name_folded = $4, description = $5, search = $6, updated_at = $7 \
         WHERE organization_id = $1 AND id = $2",
        args![organization, &group.id, &group.name, group.name.to_lowercase(), group.description.as_ref(), search_text(group), group.updated_at.0],
    )?;
    tx.run(
        "DELETE FROM group_members WHERE organization_id = $1 AND group_id = $2",
        args![organization, &group.id],
    )?;
    tx.run(
        "DELETE FROM group_guests WHERE organization_id = $1 AND group_id = $2",
        args![organization, &group.id],
    )?;
    save_people(tx, organization, group)
}

fn save_people(tx: &mut Tx<'_>, organization: &str, group: &Group) -> Result<()> {
    for (place, user) in (0_i64..).zip(&group.members) {
        tx.run(
            "INSERT INTO group_members (organization_id, group_id, user_id, place) VALUES ($1, $2, $3, $4)",
            args![organization, &group.id, *user, place],
        )?;
    }
    for (place, email) in (0_i64..).zip(&group.guests) {
        let guest = guest::store::ensure(tx, organization, email, group.updated_at)?;
        tx.run(
            "INSERT INTO group_guests (organization_id, group_id, guest_id, place) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
            args![organization, &group.id, guest, place],
        )?;
    }
    Ok(())
}

/// Deletes a group with all that names it; false when there is none. Whoever lets something else name groups takes those
/// references away here.
pub fn forget(tx: &mut Tx<'_>, organization: &str, id: &str) -> Result<bool> {
    template::forget::group(tx, organization, id)?;
    let gone = tx.run(
        "DELETE FROM groups WHERE organization_id = $1 AND id = $2",
        args![organization, id],
    )?;
    Ok(gone > 0)
}

/// Takes a member out of every group.
pub fn leave(tx: &mut Tx<'_>, organization: &str, user_id: i64) -> Result<()> {
    tx.run(
        "DELETE FROM group_members WHERE organization_id = $1 AND user_id = $2",
        args![organization, user_id],
    )?;
    Ok(())
}

/// Takes a guest out of every group.
pub fn guest_leaves(tx: &mut Tx<'_>, organization: &str, guest_id: i64) -> Result<()> {
    tx.run(
        "DELETE FROM group_guests WHERE organization_id = $1 AND guest_id = $2",
        args![organization, guest_id],
    )?;
    Ok(())
}

/// Every group of an organisation with who is in it, for what is shown of many members at once.
pub fn all(tx: &mut Tx<'_>, organization: &str) -> Result<Vec<Group>> {
    let sql = format!("SELECT {COLUMNS} {FILTER} ORDER BY t.created_at, t.id");
    let mut groups = tx.all(&sql, args![organization, None::<String>], read)?;
    load(tx, organization, &mut groups)?;
    Ok(groups)
}

/// The groups that a member is in.
pub fn of_member(tx: &mut Tx<'_>, organization: &str, user_id: i64) -> Result<Vec<Group>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM groups t JOIN group_members x ON x.organization_id = t.organization_id AND x.group_id = t.id \
         WHERE t.organization_id = $1 AND x.user_id = $2 ORDER BY t.created_at, t.id"
    );
    let mut groups = tx.all(&sql, args![organization, user_id], read)?;
    load(tx, organization, &mut groups)?;
    Ok(groups)
}

/// Puts a member in the place of a guest, in every group.
pub fn hand_over(tx: &mut Tx<'_>, organization: &str, guest_id: i64, user_id: i64) -> Result<()> {
    tx.run(
        "INSERT INTO group_members (organization_id, group_id, user_id, place) \
         SELECT organization_id, group_id, CAST($3 AS BIGINT), 1000 + place FROM group_guests WHERE organization_id = $1 AND guest_id = $2 \
         ON CONFLICT DO NOTHING",
        args![organization, guest_id, user_id],
    )?;
    guest_leaves(tx, organization, guest_id)
}
