//! Many members at once, by number.

use std::collections::BTreeMap;

use tallystick_db::{Result, Tx, Value, args};
use tallystick_wire::Time;
use tallystick_wire::member::User;

use super::{COLUMNS, read};
use crate::in_list;

/// Members of this organisation, in no particular order.
pub fn members(
    tx: &mut Tx<'_>,
    organization: &str,
    numbers: &[i64],
    now: Time,
) -> Result<Vec<User>> {
    let mut found = Vec::with_capacity(numbers.len());
    for part in numbers.chunks(in_list::MOST) {
        let sql = in_list::sql(
            &format!(
                "SELECT {COLUMNS} FROM memberships m JOIN users u ON u.id = m.user_id WHERE m.organization_id = $1 AND m.user_id IN ("
            ),
            2,
            part.len(),
            ")",
        );
        found.extend(tx.all(
            &sql,
            &in_list::args(args![organization], part.iter().copied().map(Value::from)),
            |row| read(row, now),
        )?);
    }
    Ok(found)
}

/// Which of these numbers are active members.
pub fn active(tx: &mut Tx<'_>, organization: &str, numbers: &[i64]) -> Result<Vec<i64>> {
    let mut found = Vec::with_capacity(numbers.len());
    for part in numbers.chunks(in_list::MOST) {
        let sql = in_list::sql(
            "SELECT user_id FROM memberships WHERE organization_id = $1 AND status = 'active' AND user_id IN (",
            2,
            part.len(),
            ")",
        );
        found.extend(tx.all(
            &sql,
            &in_list::args(args![organization], part.iter().copied().map(Value::from)),
            |row| row.take::<i64>(),
        )?);
    }
    Ok(found)
}

/// The full names of those of these people who belong to the organisation, whatever their status.
pub fn names(tx: &mut Tx<'_>, organization: &str, users: &[i64]) -> Result<BTreeMap<i64, String>> {
    let mut names = BTreeMap::new();
    for part in users.chunks(in_list::MOST) {
        let sql = in_list::sql(
            "SELECT u.id, u.first_name || ' ' || u.last_name FROM memberships m JOIN users u ON u.id = m.user_id \
             WHERE m.organization_id = $1 AND m.user_id IN (",
            2,
            part.len(),
            ")",
        );
        let values = in_list::args(args![organization], part.iter().copied().map(Value::from));
        tx.each(&sql, &values, |row| {
            let id = row.take()?;
            names.insert(id, row.take::<String>()?.trim().to_owned());
            Ok(())
        })?;
    }
    Ok(names)
}
