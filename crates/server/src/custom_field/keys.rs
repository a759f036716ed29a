//! Handlers of the keys of custom fields (contract: organization, section 7.1).

use tallystick_wire::custom_field::{CustomFieldKey, CustomFieldKeyInput, FIELD_TYPES, Record};
use tallystick_wire::lenient::Json;
use tallystick_wire::page::Page;
use tallystick_wire::patch::Patch;
use tallystick_wire::{ErrorBody, Item};

use crate::activity::store::{Subject, record_named};
use crate::custom_field::rules::{Key, is_key};
use crate::custom_field::store::{self, Filter};
use crate::http::fields::{already, taken};
use crate::http::page::Window;
use crate::http::{Answer, Call, Member, Problems, Refusal, Reply};

/// Most options, and most columns, of one key; and how long all of them may be together.
const MOST_OPTIONS: usize = 500;
const OPTIONS_MAX: usize = 100_000;

/// Keys of custom fields
#[utoipa::path(get, path = "/organizations/{org}/custom-field-keys", tag = "custom fields", operation_id = "custom_field_keys",
    params(("org" = String, Path), ("applies_to" = Option<String>, Query), ("key_type" = Option<String>, Query, description = "org or system"),
        ("field_type" = Option<String>, Query), ("is_required" = Option<bool>, Query), ("is_active" = Option<bool>, Query),
        ("q" = Option<String>, Query, description = "part of the key"), ("sort_by" = Option<String>, Query, description = "created_at (default), key"),
        ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query, description = "default 10, at most 100")),
    responses((status = 200, body = Page<CustomFieldKey>), (status = 404, body = ErrorBody)))]
pub fn list(call: &mut Call<'_, '_, Member>) -> Answer {
    call.tx.take_time()?;
    let window = Window::read(call.query(), 10, 100);
    let filter = Filter::read(call.query());
    let total = store::count(call.tx, call.org(), &filter)?;
    let keys = window.rows(total, |page| {
        store::list(call.tx, call.org(), &filter, &call.request.query, page)
    })?;
    let data = keys.into_iter().map(view).collect();
    Reply::whole(&window.page(call.request, total, data))
}

/// One key of custom fields
#[utoipa::path(get, path = "/organizations/{org}/custom-field-keys/{id}", tag = "custom fields", operation_id = "custom_field_key",
    params(("org" = String, Path), ("id" = i64, Path)),
    responses((status = 200, body = Item<CustomFieldKey>), (status = 404, body = ErrorBody)))]
pub fn get(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = number(call)?;
    let key = store::get(call.tx, call.org(), id)?.ok_or_else(Refusal::not_found)?;
    Reply::data(view(key))
}

/// Define a key of custom fields
#[utoipa::path(post, path = "/organizations/{org}/custom-field-keys", tag = "custom fields", operation_id = "create_custom_field_key",
    params(("org" = String, Path)), request_body = CustomFieldKeyInput,
    responses((status = 201, body = Item<CustomFieldKey>), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn create(call: &mut Call<'_, '_, Member>) -> Answer {
    let input: CustomFieldKeyInput = call.body()?;
    let mut problems = Problems::default();
    let word = |sent: &Patch<_>| {
        let text: Option<&tallystick_wire::lenient::Text> = sent.as_value();
        text.map(|text| text.0.trim().to_owned())
            .unwrap_or_default()
    };
    let record = Record::read(&word(&input.applies_to));
    let mut key = Key {
        id: 0,
        key: word(&input.key),
        applies_to: record.unwrap_or(Record::Process),
        field_type: word(&input.field_type),
        is_system: false,
        is_required: false,
        is_active: true,
        options: Vec::new(),
        columns: Vec::new(),
        created_at: call.now,
        updated_at: call.now,
    };
    if key.key.is_empty() {
        problems.add("key", "The key field is required");
    } else if !is_key(&key.key) {
        problems.add(
            "key",
            "A key has at most 64 letters, digits, hyphens, dots and low lines",
        );
    } else if store::is_taken(call.tx, call.org(), key.applies_to, &key.key)? {
        problems.add("key", already("key"));
    }
    if record.is_none() {
        let words: Vec<&str> = Record::WORDS.iter().map(|(_, word, _)| *word).collect();
        let text = format!("The applies_to must be one of {}", words.join(", "));
        problems.add("applies_to", text);
    }
    if !FIELD_TYPES.contains(&key.field_type.as_str()) {
        let text = format!("The field_type must be one of {}", FIELD_TYPES.join(", "));
        problems.add("field_type", text);
    }
    apply(&mut key, &input, &mut problems);
    problems.check()?;
    key.id = store::next_number(call.tx, call.org())?;
    store::insert(call.tx, call.org(), &key).map_err(|error| taken("key", error))?;
    record_named(
        call,
        Subject::CustomFieldKey,
        &key.id.to_string(),
        "created",
        &key.key,
    )?;
    Reply::created(view(key))
}

/// Change a key of custom fields
///
/// Whether it is required and active, its options and columns. Its name, record and type stay as they are.
#[utoipa::path(put, path = "/organizations/{org}/custom-field-keys/{id}", tag = "custom fields", operation_id = "update_custom_field_key",
    params(("org" = String, Path), ("id" = i64, Path)), request_body = CustomFieldKeyInput,
    responses((status = 200, body = Item<CustomFieldKey>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn update(call: &mut Call<'_, '_, Member>) -> Answer {
    let before = held(call)?;
    let input: CustomFieldKeyInput = call.body()?;
    let mut key = before.clone();
    let mut problems = Problems::default();
    apply(&mut key, &input, &mut problems);
    problems.check()?;
    if key != before {
        key.updated_at = call.now;
        store::update(call.tx, call.org(), &key)?;
        record_named(
            call,
            Subject::CustomFieldKey,
            &key.id.to_string(),
            "updated",
            &key.key,
        )?;
    }
    Reply::data(view(key))
}

/// Delete a key of custom fields
///
/// For good, with its values on every record.
#[utoipa::path(delete, path = "/organizations/{org}/custom-field-keys/{id}", tag = "custom fields", operation_id = "delete_custom_field_key",
    params(("org" = String, Path), ("id" = i64, Path)),
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn delete(call: &mut Call<'_, '_, Member>) -> Answer {
    let key = held(call)?;
    store::delete(call.tx, call.org(), key.id)?;
    record_named(
        call,
        Subject::CustomFieldKey,
        &key.id.to_string(),
        "deleted",
        &key.key,
    )?;
    Ok(Reply::nothing())
}

fn number(call: &Call<'_, '_, Member>) -> Result<i64, Refusal> {
    let text = call.path("id")?;
    text.parse().map_err(|_| Refusal::not_found())
}

/// The key of the path, held; one that the system defined cannot be changed.
fn held(call: &mut Call<'_, '_, Member>) -> Result<Key, Refusal> {
    let id = number(call)?;
    let key = store::get_to_change(call.tx, call.org(), id)?.ok_or_else(Refusal::not_found)?;
    if key.is_system {
        return Err(Refusal::forbidden("Only the system changes this key"));
    }
    Ok(key)
}

fn apply(key: &mut Key, input: &CustomFieldKeyInput, problems: &mut Problems) {
    if let Patch::Value(flag) = input.is_required {
        key.is_required = flag.0;
    }
    if let Patch::Value(flag) = input.is_active {
        key.is_active = flag.0;
    }
    let (choice, table) = (key.is_choice(), key.is_table());
    for (field, sent, needed, place) in [
        ("options", &input.options, choice, &mut key.options),
        ("columns", &input.columns, table, &mut key.columns),
    ] {
        match sent {
            Patch::Absent => {}
            Patch::Null => place.clear(),
            Patch::Value(sent) => *place = sent.iter().map(|item| item.0.clone()).collect(),
        }
        let written: usize = place.iter().map(|item| item.to_string().len()).sum();
        if needed && place.is_empty() {
            problems.add(
                field,
                format!("The {field} field is required for this type"),
            );
        } else if place.len() > MOST_OPTIONS || written > OPTIONS_MAX {
            problems.add(field, format!("There are at most {MOST_OPTIONS} {field}"));
        }
    }
}

fn view(key: Key) -> CustomFieldKey {
    CustomFieldKey {
        id: key.id,
        key: key.key,
        applies_to: key.applies_to,
        field_type: key.field_type,
        key_type: if key.is_system { "system" } else { "org" }.to_owned(),
        is_required: key.is_required,
        is_active: key.is_active,
        options: key.options.into_iter().map(Json).collect(),
        columns: key.columns.into_iter().map(Json).collect(),
        created_at: key.created_at,
        updated_at: key.updated_at,
    }
}
