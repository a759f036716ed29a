//! Handlers of guests, split by what they do (contract: organization, sections 2.3 to 2.8).

pub mod access;
pub mod fields;
pub mod read;
pub mod write;

use http::Method;
use tallystick_wire::Time;
use tallystick_wire::custom_field::Record;
use tallystick_wire::guest as wire;

use crate::custom_field;
use crate::guest::rules::Guest;
use crate::guest::{code, store};
use crate::http::{Call, Member, Refusal};

/// The guest of the path, as far as the caller may know of them: a light member knows those they work with.
pub fn found(call: &mut Call<'_, '_, Member>, name: &str) -> Result<Guest, Refusal> {
    let named = call.path(name)?;
    let guest = store::get(call.tx, call.org(), named)?.ok_or_else(Refusal::not_found)?;
    if call.caller.is_light()
        && !store::works_with(call.tx, call.org(), guest.id, call.caller.id())?
    {
        return Err(Refusal::not_found());
    }
    Ok(guest)
}

/// The guest of the path, held until the transaction ends.
fn held(call: &mut Call<'_, '_, Member>, name: &str) -> Result<Guest, Refusal> {
    let named = call.path(name)?;
    store::get_to_change(call.tx, call.org(), named)?.ok_or_else(Refusal::not_found)
}

/// Guests with what was asked for.
fn views(call: &mut Call<'_, '_, Member>, guests: Vec<Guest>) -> Result<Vec<wire::Guest>, Refusal> {
    let mut stats = if call.query().asks_for("stats") {
        let ids: Vec<i64> = guests.iter().map(|guest| guest.id).collect();
        Some(store::stats(call.tx, call.org(), &ids)?)
    } else {
        None
    };
    let shown = guests.into_iter().map(|guest| {
        let mut view = show(call, guest, None);
        view.stats = stats
            .as_mut()
            .map(|stats| stats.remove(&view.id).unwrap_or_default());
        view
    });
    Ok(shown.collect())
}

/// Whoever has the link acts as the guest, so a light member is not shown it.
fn show(call: &Call<'_, '_, Member>, guest: Guest, deleted_at: Option<Time>) -> wire::Guest {
    let link = if call.caller.is_light() || deleted_at.is_some() {
        None
    } else {
        code::link(call.app, call.org(), &guest)
    };
    wire::Guest {
        id: guest.id,
        email: guest.email,
        first_name: guest.details.first_name.clone(),
        last_name: guest.details.last_name.clone(),
        link,
        last_accessed_at: guest.details.last_accessed_at,
        last_known_ip: None,
        last_known_country: None,
        created_at: guest.created_at,
        deleted_at,
        disabled_at: guest.details.disabled_at,
        details: guest.details,
        stats: None,
    }
}

/// A guest of this number as they are now.
fn now_shown(call: &mut Call<'_, '_, Member>, id: i64) -> Result<wire::Guest, Refusal> {
    let guest = store::get(call.tx, call.org(), &id.to_string())?.ok_or_else(Refusal::not_found)?;
    let mut views = views(call, vec![guest])?;
    views.pop().ok_or_else(Refusal::not_found)
}

/// The guest of the path as a record that has custom fields; held when they are to be written. Any member reads them.
fn target(call: &mut Call<'_, '_, Member>) -> Result<custom_field::Target, Refusal> {
    let named = call.path("guest_code")?;
    let guest = if call.request.method == Method::GET {
        store::get(call.tx, call.org(), named)?
    } else {
        store::get_to_change(call.tx, call.org(), named)?
    };
    Ok(custom_field::Target {
        record: Record::Guest,
        id: guest.ok_or_else(Refusal::not_found)?.id.to_string(),
    })
}
