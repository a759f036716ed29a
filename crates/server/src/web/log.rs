//! Settings › Record, for administrators: what happened to credentials and accounts.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use askama::Template;
use jiff::tz::TimeZone;
use tallystick_wire::time::{self, Written};

use crate::audit::store::{self, Filter};
use crate::clock::DAY;
use crate::member::store as members;
use crate::web::Answered;
use crate::web::applications::named;
use crate::web::door::Visit;
use crate::web::field::{Field, Wrong};
use crate::web::page::{self, Shell};
use crate::web::who::Who;
use crate::web::words;

/// Events on one page.
const PER_PAGE: i64 = 50;

struct Row {
    event: String,
    warning: bool,
    when: String,
    actor: String,
    from: String,
    more: String,
}

#[derive(Template)]
#[template(path = "app/log.html")]
struct Log {
    shell: Shell,
    wrong: Wrong,
    rows: Vec<Row>,
    total: i64,
    event: Field,
    day: Field,
    warnings: bool,
    organization: String,
    newer: Option<String>,
    older: Option<String>,
}

/// The list. The day is one of the reader's zone.
pub async fn page(visit: Visit) -> Answered {
    let query = visit.request.query.clone();
    let wanted = named(&visit);
    let event = query.get("event").map(|event| event.trim().to_owned());
    let warnings = query.get("severity") == Some("warning");
    let typed = query.get("day").unwrap_or_default().to_owned();
    let mut wrong = Wrong::none();
    let day = match (typed.as_str(), time::parse(&typed)) {
        ("", _) => None,
        (_, Some(Written::Day(day))) => Some(day),
        _ => {
            wrong.add("day", "The day is a date such as 2026-02-03.");
            None
        }
    };
    let number = query.number("page").unwrap_or(1).clamp(1, 100_000);
    let searched = event
        .as_ref()
        .map(|event| event.to_lowercase().replace(' ', "_"));
    let read = visit.read(move |tx, acting| {
        tx.take_time()?;
        let (who, organization) = Who::administering(tx, acting, wanted.as_deref())?;
        let from = day.map(|day| time::start_of(day, &who.zone));
        let filter = Filter {
            event: searched.as_deref(),
            severity: warnings.then_some("warning"),
            actor: None,
            from,
            to: from.map(|from| from.plus(DAY)),
        };
        let total = store::count(tx, &organization, &filter)?;
        let limits = (PER_PAGE, (number - 1) * PER_PAGE);
        let events = store::list(tx, &organization, &filter, limits)?;
        let mut names = HashMap::new();
        for actor in events
            .iter()
            .filter_map(|event| event.actor_id.or(event.user_id))
        {
            if let Entry::Vacant(place) = names.entry(actor) {
                let person = members::person(tx, actor, None, acting.now)?;
                place.insert(person.map(|person| person.email).unwrap_or_default());
            }
        }
        Ok((who, total, events, names))
    });
    let (who, total, events, names) = read.await?;
    let zone: TimeZone = who.zone.clone();
    let rows = events.into_iter().map(|event| Row {
        warning: event.severity == "warning",
        when: words::moment(event.created_at, &zone),
        actor: event
            .actor_id
            .or(event.user_id)
            .and_then(|id| names.get(&id).cloned())
            .unwrap_or_default(),
        from: [event.ip, event.agent.map(|agent| words::browser(&agent))]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(", "),
        more: [
            event.client_id.map(|id| format!("application {id}")),
            event
                .credential_id
                .filter(|id| !id.is_empty())
                .map(|id| format!("credential {id}")),
        ]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", "),
        event: sentence(&event.event),
    });
    let link = |page: i64| format!("/app/settings/log?{}", query.with_page(page));
    let log = Log {
        rows: rows.collect(),
        total,
        event: Field::new("event", "Event")
            .hint("Such as login failed, or token created.")
            .value(event.unwrap_or_default())
            .optional(),
        day: Field::new("day", "Day")
            .kind("date", "off")
            .narrow()
            .value(typed)
            .optional()
            .judged(&wrong),
        warnings,
        organization: who.organization().to_owned(),
        newer: (number > 1).then(|| link(number - 1)),
        older: (number * PER_PAGE < total).then(|| link(number + 1)),
        shell: Shell::settings(&visit, "Record", "log", who).again(wrong.is_any()),
        wrong,
    };
    Ok(page::show(&visit, &log.shell, &log)?)
}

/// `login_failed` as `Login failed`.
fn sentence(event: &str) -> String {
    let text = event.replace('_', " ");
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
