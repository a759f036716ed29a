//! Who is named in a grant (contract: templates, section 2.13).

use tallystick_wire::template::Grant;

use super::value::int;
use super::{MOST, Outside, Reader};
use crate::http::call::object_id;

/// Members and groups of a grant; a list that is sent replaces the stored one.
pub fn people(reader: &Reader<'_>, grant: &mut Grant) {
    if let Some(users) = reader.list("users", MOST) {
        grant.users.clear();
        for (index, user) in users.into_iter().enumerate() {
            let id = int(user);
            let at = format!("users.{index}");
            match id {
                Some(id) => {
                    reader.names(&at, Outside::Member(id));
                    if !grant.users.contains(&id) {
                        grant.users.push(id);
                    }
                }
                None => reader.fault(&at, "This must be the number of a member"),
            }
        }
    }
    if let Some(groups) = reader.texts("groups", 64) {
        grant.groups.clear();
        for (index, group) in groups.into_iter().enumerate() {
            let id = object_id(&group).unwrap_or(group);
            reader.names(&format!("groups.{index}"), Outside::Group(id.clone()));
            if !grant.groups.contains(&id) {
                grant.groups.push(id);
            }
        }
    }
}
