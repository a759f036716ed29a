//! Handlers of templates, split by what they are about (contract: templates, sections 2 to 7 and 9 to 11).

pub mod archive;
mod change;
pub mod copy;
pub mod custom_field;
mod embedded;
pub mod evaluate;
pub mod export;
pub mod field;
pub mod prerun;
pub mod public;
pub mod read;
pub mod rule;
pub mod share;
pub mod stage;
pub mod step;
pub mod tag;
pub mod version;
pub mod write;

use serde_json::{Map, Value};
use tallystick_wire::template::Template as View;

use crate::http::{Answer, Call, Member, Refusal, Reply};
use crate::template::access::Grants;
use crate::template::edit::whole;
use crate::template::model::Template;
use crate::template::outside;
use crate::template::read::{Faults, Mint};
use crate::template::store;
use crate::template::view::{self, With};

use change::store_change;

/// Ids, and running numbers for so many new fields.
fn mint<'a>(call: &mut Call<'a, '_, Member>, fields: usize) -> Result<Mint<'a>, Refusal> {
    let numbers = store::field_numbers(call.tx, call.org(), fields)?;
    Ok(Mint::new(&call.app.ids, call.now, numbers))
}

/// The body of a request about templates.
fn body(call: &Call<'_, '_, Member>) -> Result<Map<String, Value>, Refusal> {
    call.request.object()
}

/// The template as the caller is shown it, with what `with=` asks for.
fn viewed(
    call: &mut Call<'_, '_, Member>,
    template: &Template,
    grants: Grants,
) -> Result<View, Refusal> {
    let with = With::read(call.query());
    view::single(call.tx, template, grants, call.caller, &with)
}

/// 200 with the template.
fn shown(call: &mut Call<'_, '_, Member>, template: &Template, grants: Grants) -> Answer {
    let view = viewed(call, template, grants)?;
    Reply::data(view)
}

/// Refuses if anything is wrong with what was read, or with the whole that came of it.
fn sound(
    call: &mut Call<'_, '_, Member>,
    template: &Template,
    step: Option<&str>,
    faults: Faults,
) -> Result<(), Refusal> {
    whole::check_deadlines(&template.content, &faults, |index, id| {
        if step == Some(id) {
            "deadline.step".to_owned()
        } else {
            format!("steps.{index}.deadline.step")
        }
    });
    outside::check(call.tx, call.caller, faults)
}
