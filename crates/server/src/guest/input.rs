//! A guest's fields from a request into their details, with every fault named.

use jiff::tz::TimeZone;
use tallystick_wire::guest::{GuestDetails, GuestInput};
use tallystick_wire::lenient::{Json, Text};
use tallystick_wire::patch::Patch;
use tallystick_wire::time::{self, Written};

use crate::guest::rules::DAYS;
use crate::http::fields::{address, numbers, text};
use crate::http::{Call, Member, Problems, Refusal};
use crate::member;

/// Longest name, in characters.
const NAME_MAX: usize = 200;
/// Longest telephone number, in characters.
const PHONE_MAX: usize = 20;
/// Most members that are associated with one guest.
const MOST_MEMBERS: usize = 1_000;

/// Writes every field that was sent into `details`. The address is not among them.
pub fn apply(
    call: &mut Call<'_, '_, Member>,
    details: &mut GuestDetails,
    input: &GuestInput,
    problems: &mut Problems,
) -> Result<(), Refusal> {
    // One client sends `phone`; the field that is shown is `phone_1`.
    let phone = input.phone_1.clone().or(input.phone.clone());
    for (field, sent, most, place) in [
        (
            "first_name",
            &input.first_name,
            NAME_MAX,
            &mut details.first_name,
        ),
        (
            "last_name",
            &input.last_name,
            NAME_MAX,
            &mut details.last_name,
        ),
        ("status", &input.status, NAME_MAX, &mut details.status),
        ("phone_1", &phone, PHONE_MAX, &mut details.phone_1),
        ("phone_2", &input.phone_2, PHONE_MAX, &mut details.phone_2),
        (
            "company_name",
            &input.company_name,
            NAME_MAX,
            &mut details.company_name,
        ),
        (
            "opportunity_name",
            &input.opportunity_name,
            NAME_MAX,
            &mut details.opportunity_name,
        ),
    ] {
        text(field, sent, most, place, problems);
    }
    for (field, sent, place) in [
        ("image_url", &input.image_url, &mut details.image_url),
        ("contact_url", &input.contact_url, &mut details.contact_url),
        ("company_url", &input.company_url, &mut details.company_url),
        (
            "opportunity_url",
            &input.opportunity_url,
            &mut details.opportunity_url,
        ),
    ] {
        address(field, sent, place, problems);
    }
    words(details, input, problems);
    days(details, &input.cadence_days, problems);
    members(call, details, &input.associated_members, problems)
}

fn words(details: &mut GuestDetails, input: &GuestInput, problems: &mut Problems) {
    match &input.timezone {
        Patch::Absent => {}
        Patch::Null => details.timezone = None,
        Patch::Value(zone) if TimeZone::get(&zone.0).is_ok() => {
            details.timezone = Some(zone.0.clone());
        }
        Patch::Value(_) => {
            problems.add("timezone", "The timezone is a name such as Europe/Berlin");
        }
    }
    match &input.external_sync_source {
        Patch::Absent => {}
        Patch::Null => details.external_sync_source = None,
        Patch::Value(Text(source)) if source == "salesforce" => {
            details.external_sync_source = Some(source.clone());
        }
        Patch::Value(_) => problems.add(
            "external_sync_source",
            "The external_sync_source must be salesforce",
        ),
    }
    match &input.external_date_creation {
        Patch::Absent => {}
        Patch::Null => details.external_date_creation = None,
        Patch::Value(date) => match time::parse(&date.0) {
            Some(Written::Moment(moment)) => details.external_date_creation = Some(moment),
            Some(Written::Day(day)) => {
                details.external_date_creation = Some(time::start_of(day, &TimeZone::UTC));
            }
            None => problems.add(
                "external_date_creation",
                format!("The external_date_creation field {}", time::EXPECTED),
            ),
        },
    }
}

fn days(details: &mut GuestDetails, sent: &Patch<Vec<Json>>, problems: &mut Problems) {
    let sent = match sent {
        Patch::Absent => return,
        Patch::Null => {
            details.cadence_days = None;
            return;
        }
        Patch::Value(sent) => sent,
    };
    let mut wanted = Vec::new();
    for (index, item) in sent.iter().enumerate() {
        let word = item.0.as_str().unwrap_or_default();
        let day = DAYS.iter().find(|day| day.eq_ignore_ascii_case(word));
        match day {
            Some(day) if wanted.contains(&(*day).to_owned()) => {}
            Some(day) => wanted.push((*day).to_owned()),
            None => problems.add(
                &format!("cadence_days.{index}"),
                "This must be a day of the week, such as Monday",
            ),
        }
    }
    details.cadence_days = Some(wanted);
}

fn members(
    call: &mut Call<'_, '_, Member>,
    details: &mut GuestDetails,
    sent: &Patch<Vec<Json>>,
    problems: &mut Problems,
) -> Result<(), Refusal> {
    let sent = match sent {
        Patch::Absent => return Ok(()),
        Patch::Null => {
            details.associated_members = None;
            return Ok(());
        }
        Patch::Value(sent) => sent,
    };
    if sent.len() > MOST_MEMBERS {
        problems.add(
            "associated_members",
            format!("There are at most {MOST_MEMBERS} associated_members"),
        );
        return Ok(());
    }
    let wanted = numbers("associated_members", sent, problems);
    let users: Vec<i64> = wanted.iter().map(|(_, user)| *user).collect();
    let known = member::store::assignable(call.tx, call.org(), &users)?;
    for (index, user) in wanted {
        if !known.contains(&user) {
            problems.add(
                &format!("associated_members.{index}"),
                format!("There is no member {user} in this organization"),
            );
        }
    }
    details.associated_members = Some(users);
    Ok(())
}
