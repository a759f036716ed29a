//! `GET /me/organizations` and `GET /organizations/{org}` (contract: organization, section 6).

use serde_json::json;
use tallystick_wire::lenient::Json;
use tallystick_wire::organisation::Organization;
use tallystick_wire::page::Page;

use crate::http::page::Window;
use crate::http::query::Query;
use crate::http::{Answer, Call, Member, Refusal, Reply, User};
use crate::organisation::store;

/// Organisations of the caller
///
/// All memberships, whatever their status; the one used last comes first. A token that is restricted to one
/// organisation shows only that one.
#[utoipa::path(get, path = "/me/organizations", tag = "me", operation_id = "my_organizations",
    params(("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query, description = "default 10, at most 100")),
    responses((status = 200, body = Page<Organization>), (status = 401, body = tallystick_wire::ErrorBody)))]
pub fn list_mine(call: &mut Call<'_, '_, User>) -> Answer {
    let window = Window::read(call.query(), 10, 100);
    let only = call.caller.token.organization_id.clone();
    let total = store::count_of(call.tx, call.user_id(), only.as_deref())?;
    let data = window.rows(total, |page| {
        store::list_of(call.tx, call.user_id(), only.as_deref(), page.0, page.1)
    })?;
    Reply::whole(&window.page(call.request, total, data))
}

/// The organisation
#[utoipa::path(get, path = "/organizations/{org}", tag = "organization", operation_id = "organization",
    params(("org" = String, Path), ("with" = Option<String>, Query, description = "subscription, billing_info")),
    responses((status = 200, body = tallystick_wire::Item<Organization>), (status = 404, body = tallystick_wire::ErrorBody)))]
pub fn get(call: &mut Call<'_, '_, Member>) -> Answer {
    let mut found =
        store::get_for(call.tx, call.org(), call.caller.id())?.ok_or_else(Refusal::not_found)?;
    include(&mut found, call.query());
    Reply::data(found)
}

/// There is nothing to pay here, and older clients fail on a missing answer: the plan says so.
fn include(organization: &mut Organization, query: &Query) {
    let stub = || {
        Some(Json(
            json!({"data": {"plan_code": "self_hosted", "status": "active"}}),
        ))
    };
    if query.asks_for("subscription") {
        organization.subscription = stub();
    }
    if query.asks_for("billing_info") {
        organization.billing_info = stub();
    }
}
