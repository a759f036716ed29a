//! Values of custom fields, for whichever record has them (contract: organization, section 7.2).

use tallystick_wire::custom_field::{CustomFieldInput, CustomFields, CustomFieldsInput};
use tallystick_wire::lenient::Object;

use crate::custom_field::rules::{self, Key};
use crate::custom_field::{Target, store};
use crate::http::{Answer, Call, Member, Problems, Refusal, Reply};

/// 200 with the values of a record.
pub fn read(call: &mut Call<'_, '_, Member>, target: &Target) -> Answer {
    let ids = std::slice::from_ref(&target.id);
    let mut found = store::of(call.tx, call.org(), target.record, ids)?;
    let custom_fields = found.remove(&target.id).unwrap_or_default();
    Reply::data(CustomFields { custom_fields })
}

/// Replaces all values of the organisation's keys; those of system keys stay.
pub fn replace(call: &mut Call<'_, '_, Member>, target: &Target) -> Answer {
    let input: CustomFieldsInput = call.body()?;
    let Some(Object(sent)) = input.custom_fields.as_value() else {
        return Err(Refusal::invalid(
            "custom_fields",
            "The custom_fields field is required",
        ));
    };
    let keys = store::keys_of(call.tx, call.org(), target.record)?;
    let mut problems = Problems::default();
    rules::check_all(&keys, sent, &mut problems);
    problems.check()?;
    let subject = (target.record, target.id.as_str());
    for key in keys.iter().filter(|key| !key.is_system) {
        match sent.get(&key.key).filter(|value| !value.is_null()) {
            Some(value) => store::set(call.tx, call.org(), subject, key.id, value, call.now)?,
            None => {
                store::unset(call.tx, call.org(), subject, key.id)?;
            }
        }
    }
    read(call, target)
}

/// Sets the value of the key in the path. Nothing is said about required keys.
pub fn set(call: &mut Call<'_, '_, Member>, target: &Target) -> Answer {
    let key = writable(call, target)?;
    // Read twice: the input is checked as every body is, but the value is kept as it was sent.
    let input: CustomFieldInput = call.body()?;
    if !input.value.is_sent() {
        return Err(Refusal::invalid("value", "The value field is required"));
    }
    let value = call.request.body.value()?["value"].take();
    if let Some(fault) = rules::fault(&key, &value) {
        return Err(Refusal::invalid("value", fault));
    }
    let subject = (target.record, target.id.as_str());
    if value.is_null() {
        store::unset(call.tx, call.org(), subject, key.id)?;
    } else {
        store::set(call.tx, call.org(), subject, key.id, &value, call.now)?;
    }
    read(call, target)
}

/// 204 once the value of the key in the path is gone; not found when there was none.
pub fn remove(call: &mut Call<'_, '_, Member>, target: &Target) -> Answer {
    let key = writable(call, target)?;
    let subject = (target.record, target.id.as_str());
    if !store::unset(call.tx, call.org(), subject, key.id)? {
        return Err(Refusal::not_found());
    }
    Ok(Reply::nothing())
}

fn writable(call: &mut Call<'_, '_, Member>, target: &Target) -> Result<Key, Refusal> {
    let name = call.path("key")?.to_owned();
    let keys = store::keys_of(call.tx, call.org(), target.record)?;
    let key = keys
        .into_iter()
        .find(|key| key.key == name)
        .ok_or_else(Refusal::not_found)?;
    if key.is_system {
        return Err(Refusal::forbidden(
            "Only the system writes this custom field",
        ));
    }
    Ok(key)
}
