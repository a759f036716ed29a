//! Custom fields of a folder (contract: organization, section 7.2).

use tallystick_wire::custom_field::{CustomFieldInput, CustomFields, CustomFieldsInput};
use tallystick_wire::{ErrorBody, Item};

use crate::custom_field;
use crate::http::{Answer, Call, Member};

/// Custom fields of a folder
#[utoipa::path(get, path = "/organizations/{org}/folders/{folder_id}/custom-fields", tag = "folders", operation_id = "folder_custom_fields",
    params(("org" = String, Path), ("folder_id" = String, Path)),
    responses((status = 200, body = Item<CustomFields>), (status = 404, body = ErrorBody)))]
pub fn read(call: &mut Call<'_, '_, Member>) -> Answer {
    let target = super::target(call)?;
    custom_field::http::read(call, &target)
}

/// Replace the custom fields of a folder
///
/// All values of the organisation's keys. Values of system keys stay.
#[utoipa::path(put, path = "/organizations/{org}/folders/{folder_id}/custom-fields", tag = "folders", operation_id = "replace_folder_custom_fields",
    params(("org" = String, Path), ("folder_id" = String, Path)), request_body = CustomFieldsInput,
    responses((status = 200, body = Item<CustomFields>), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn replace(call: &mut Call<'_, '_, Member>) -> Answer {
    let target = super::target(call)?;
    custom_field::http::replace(call, &target)
}

/// Set one custom field of a folder
#[utoipa::path(patch, path = "/organizations/{org}/folders/{folder_id}/custom-fields/{key}", tag = "folders", operation_id = "set_folder_custom_field",
    params(("org" = String, Path), ("folder_id" = String, Path), ("key" = String, Path)), request_body = CustomFieldInput,
    responses((status = 200, body = Item<CustomFields>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn set(call: &mut Call<'_, '_, Member>) -> Answer {
    let target = super::target(call)?;
    custom_field::http::set(call, &target)
}

/// Remove one custom field of a folder
#[utoipa::path(delete, path = "/organizations/{org}/folders/{folder_id}/custom-fields/{key}", tag = "folders", operation_id = "remove_folder_custom_field",
    params(("org" = String, Path), ("folder_id" = String, Path), ("key" = String, Path)),
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn remove(call: &mut Call<'_, '_, Member>) -> Answer {
    let target = super::target(call)?;
    custom_field::http::remove(call, &target)
}
