//! A group's fields from a request into the group, with every fault named.

use tallystick_wire::group::{GroupInput, NAME_MAX};
use tallystick_wire::patch::Patch;

use crate::group::rules::Group;
use crate::group::store;
use crate::guest;
use crate::http::fields::{already, name, numbers, text};
use crate::http::{Call, Member, Problems, Refusal};
use crate::member;
use crate::member::rules::is_email;

/// Longest description, in characters.
const DESCRIPTION_MAX: usize = 10_000;
/// Most members, and most guests, of one group.
const MOST_PEOPLE: usize = 1_000;

/// Writes every field that was sent into `group`.
pub fn apply(
    call: &mut Call<'_, '_, Member>,
    group: &mut Group,
    input: &GroupInput,
    is_new: bool,
) -> Result<(), Refusal> {
    let mut problems = Problems::default();
    name(
        "name",
        &input.name,
        NAME_MAX,
        is_new,
        &mut group.name,
        &mut problems,
    );
    if store::is_taken(call.tx, call.org(), &group.name, &group.id)? {
        problems.add("name", already("name"));
    }
    text(
        "description",
        &input.description,
        DESCRIPTION_MAX,
        &mut group.description,
        &mut problems,
    );
    members(call, group, input, &mut problems)?;
    guests(call, group, input, &mut problems)?;
    problems.check()
}

fn members(
    call: &mut Call<'_, '_, Member>,
    group: &mut Group,
    input: &GroupInput,
    problems: &mut Problems,
) -> Result<(), Refusal> {
    let (field, sent) = if input.members.is_sent() {
        ("members", &input.members)
    } else {
        ("users", &input.users)
    };
    let sent = match sent {
        Patch::Absent => return Ok(()),
        Patch::Null => &[][..],
        Patch::Value(sent) => sent,
    };
    if sent.len() > MOST_PEOPLE {
        problems.add(field, format!("A group has at most {MOST_PEOPLE} {field}"));
        return Ok(());
    }
    let wanted = numbers(field, sent, problems);
    let users: Vec<i64> = wanted.iter().map(|(_, user)| *user).collect();
    let active = member::store::active(call.tx, call.org(), &users)?;
    for (index, user) in wanted {
        if !active.contains(&user) {
            problems.add(
                &format!("{field}.{index}"),
                format!("There is no active member {user} in this organization"),
            );
        }
    }
    group.members = users;
    Ok(())
}

fn guests(
    call: &mut Call<'_, '_, Member>,
    group: &mut Group,
    input: &GroupInput,
    problems: &mut Problems,
) -> Result<(), Refusal> {
    let sent = match &input.guests {
        Patch::Absent => return Ok(()),
        Patch::Null => &[][..],
        Patch::Value(sent) => sent,
    };
    if sent.len() > MOST_PEOPLE {
        problems.add(
            "guests",
            format!("A group has at most {MOST_PEOPLE} guests"),
        );
        return Ok(());
    }
    let mut wanted = Vec::with_capacity(sent.len());
    for (index, email) in sent.iter().enumerate() {
        let field = format!("guests.{index}");
        let email = member::store::fold(&email.0);
        if !is_email(&email) {
            problems.add(&field, "A guest must be an e-mail address");
        } else if guest::store::is_member(call.tx, call.org(), &email)? {
            problems.add(
                &field,
                "This address belongs to a member; add the member instead",
            );
        } else if !wanted.contains(&email) {
            wanted.push(email);
        }
    }
    group.guests = wanted;
    Ok(())
}
