//! `/organizations/{org}/system-log` (contract: organization, section 10.4).

use tallystick_wire::ErrorBody;
use tallystick_wire::audit::AuditEvent;
use tallystick_wire::page::Page;
use tallystick_wire::time::{self, Written};

use crate::audit::store::{self, Filter};
use crate::clock::DAY;
use crate::http::page::Window;
use crate::http::{Answer, Call, Member, Problems, Reply};

/// The record of credentials and accounts
///
/// The newest first, 90 days back: sign-ins and failed ones, tokens and applications made and ended, permissions given.
#[utoipa::path(get, path = "/organizations/{org}/system-log", tag = "organizations", operation_id = "system_log",
    params(("org" = String, Path), ("event" = Option<String>, Query), ("severity" = Option<String>, Query, description = "info or warning"),
        ("actor_id" = Option<i64>, Query), ("from" = Option<String>, Query), ("to" = Option<String>, Query),
        ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query)),
    responses((status = 200, body = Page<AuditEvent>), (status = 422, body = ErrorBody)))]
pub fn system_log(call: &mut Call<'_, '_, Member>) -> Answer {
    call.tx.take_time()?;
    let window = Window::read(call.query(), 25, 200);
    let mut problems = Problems::default();
    let mut moment = |name: &str, whole_day: i64| {
        let text = call.query().get(name)?;
        match time::parse(text) {
            Some(Written::Moment(moment)) => Some(moment),
            Some(Written::Day(day)) => {
                Some(time::start_of(day, &jiff::tz::TimeZone::UTC).plus(whole_day))
            }
            None => {
                problems.add(name, format!("The {name} field {}", time::EXPECTED));
                None
            }
        }
    };
    let (from, to) = (moment("from", 0), moment("to", DAY));
    problems.check()?;
    let filter = Filter {
        event: call.query().get("event"),
        severity: call.query().get("severity"),
        actor: call.query().number("actor_id"),
        from,
        to,
    };
    let total = store::count(call.tx, call.org(), &filter)?;
    let data = window.rows(total, |page| {
        store::list(call.tx, call.org(), &filter, page)
    })?;
    Reply::whole(&window.page(call.request, total, data))
}
