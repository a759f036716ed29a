//! What one viewer is shown of a member.

use std::collections::BTreeMap;

use serde_json::json;
use tallystick_db::Tx;
use tallystick_wire::Time;
use tallystick_wire::include::Collection;
use tallystick_wire::lenient::Json;
use tallystick_wire::member::{AuthMethod, User as Person};

use crate::group;
use crate::group::rules::Group;
use crate::http::query::Query;
use crate::http::{Member, Refusal};
use crate::member::store;

/// The groups of the members that are shown, where they are asked for.
#[derive(Default)]
pub struct Groups(Vec<Group>);

impl Groups {
    /// Those of one member.
    pub fn of(
        tx: &mut Tx<'_>,
        organization: &str,
        user_id: i64,
        query: &Query,
    ) -> Result<Self, Refusal> {
        if !query.asks_for("groups") {
            return Ok(Self::default());
        }
        Ok(Self(group::store::of_member(tx, organization, user_id)?))
    }

    /// Those of everybody.
    pub fn all(tx: &mut Tx<'_>, organization: &str, query: &Query) -> Result<Self, Refusal> {
        if !query.asks_for("groups") {
            return Ok(Self::default());
        }
        Ok(Self(group::store::all(tx, organization)?))
    }

    fn shown(&self, user_id: i64) -> Collection<Json> {
        let own = self
            .0
            .iter()
            .filter(|group| group.members.contains(&user_id));
        let shown = own.map(|group| {
            Json(json!({
                "id": group.id,
                "name": group.name,
                "logo": null,
                "members": group.members,
                "guests": group.guests,
            }))
        });
        Collection::of(shown.collect())
    }
}

/// These members as the caller may see them, by number.
pub fn many(
    tx: &mut Tx<'_>,
    caller: &Member,
    numbers: &[i64],
    now: Time,
) -> Result<BTreeMap<i64, Person>, Refusal> {
    let mut people = store::members(tx, &caller.organization, numbers, now)?;
    people.iter_mut().for_each(|person| reduce(person, caller));
    Ok(people
        .into_iter()
        .map(|person| (person.id, person))
        .collect())
}

/// Takes away what this caller may not see of somebody else (contract: auth, section 14.2).
pub fn reduce(person: &mut Person, caller: &Member) {
    if caller.is_admin() || person.id == caller.id() {
        return;
    }
    person.last_known_ip = None;
    person.last_known_country = None;
    if caller.is_light() {
        *person = Person {
            id: person.id,
            email: std::mem::take(&mut person.email),
            username: person.username.take(),
            first_name: std::mem::take(&mut person.first_name),
            last_name: std::mem::take(&mut person.last_name),
            full_name: std::mem::take(&mut person.full_name),
            profile_pic: person.profile_pic.take(),
            active: person.active,
            is_active: person.is_active,
            r#type: person.r#type.take(),
            role: person.role.take(),
            status: person.status.take(),
            ..Person::default()
        };
    }
}

/// Adds what `with=` asks for. Rooms that do not exist yet have nothing to show, so their lists are empty.
pub fn include(person: &mut Person, query: &Query, groups: &Groups, private: bool) {
    let none = || Some(Collection::of(Vec::new()));
    if query.asks_for("groups") {
        person.groups = Some(groups.shown(person.id));
    }
    if query.asks_for("assets") {
        person.assets = none();
    }
    if query.asks_for("preferences") {
        person.preferences = none();
    }
    if query.asks_for("member_watchers") {
        person.member_watchers = none();
    }
    if query.asks_for("guest_watchers") {
        person.guest_watchers = none();
    }
    if query.asks_for("auth_methods") && private {
        person.auth_methods = Some(Collection::of(vec![AuthMethod {
            r#type: "password".to_owned(),
        }]));
    }
}
