//! The handler of search.

use tallystick_wire::ErrorBody;
use tallystick_wire::search::SearchResults;

use crate::http::page::Window;
use crate::http::{Answer, Call, Member, Problems, Reply};
use crate::organisation::{store as organisation, worktime};
use crate::search::condition::Columns;
use crate::search::filter::Filter;
use crate::search::store::{self, Sought, unfiltered};

/// Longest search text, in characters.
const LONGEST_TEXT: usize = 200;

/// What is searched for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum On {
    Blueprint,
    Process,
    Task,
    Snippet,
    Capture,
    Step,
}

impl On {
    const WORDS: [(&'static str, Self); 6] = [
        ("blueprint", Self::Blueprint),
        ("process", Self::Process),
        ("task", Self::Task),
        ("snippet", Self::Snippet),
        ("capture", Self::Capture),
        ("step", Self::Step),
    ];

    const fn columns(self) -> Columns {
        match self {
            Self::Blueprint => store::TEMPLATES,
            Self::Process => store::PROCESSES,
            Self::Task => store::TASKS,
            Self::Snippet => unfiltered("snippet"),
            Self::Capture => unfiltered("capture"),
            Self::Step => unfiltered("step"),
        }
    }
}

/// Search
///
/// By part of the name, in what the caller may read. The answer has one list for each kind named in `on`, without a `data` around
/// it all, and the page applies to every list. `filter[type]=field`, `filter[field]`, `filter[operation]` and `filter[value]`
/// narrow it; groups begin with `filter[0][type]=boolean`.
#[utoipa::path(get, path = "/organizations/{org}/search", tag = "search", operation_id = "search",
    params(("org" = String, Path), ("search" = String, Query, description = "part of the name; required"),
        ("on" = Option<String>, Query, description = "blueprint, process (default), task, snippet, capture, step; comma separated"),
        ("tags" = Option<bool>, Query), ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query, description = "default 20, at most 100")),
    responses((status = 200, body = SearchResults), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn search(call: &mut Call<'_, '_, Member>) -> Answer {
    call.tx.take_time()?;
    let query = call.query();
    let mut problems = Problems::default();
    let text = query
        .get("search")
        .unwrap_or_default()
        .trim()
        .to_lowercase();
    if text.is_empty() {
        problems.add("search", "The search field is required");
    } else if text.chars().count() > LONGEST_TEXT {
        problems.add(
            "search",
            format!("The search must not be longer than {LONGEST_TEXT} characters"),
        );
    }
    let words = query.list("on");
    let mut kinds: Vec<On> = Vec::new();
    for word in &words {
        match On::WORDS.iter().find(|(known, _)| known == word) {
            Some((_, on)) if kinds.contains(on) => {}
            Some((_, on)) => kinds.push(*on),
            None => {
                let all = On::WORDS.map(|(word, _)| word).join(", ");
                problems.add("on", format!("The on must be one or more of {all}"));
            }
        }
    }
    if words.is_empty() {
        kinds.push(On::Process);
    }
    let zone = worktime::zone(&organisation::calendar(call.tx, call.org())?);
    let filter = Filter::read(query, &zone, &mut problems);
    for kind in &kinds {
        filter.check(&kind.columns(), &mut problems);
    }
    problems.check()?;
    let window = Window::read(query, 20, 100);
    let sought = Sought {
        text,
        filter,
        tags: query.flag("tags") == Some(true),
    };
    let mut results = SearchResults::default();
    let (tx, member, request) = (&mut *call.tx, call.caller, call.request);
    for kind in kinds {
        match kind {
            On::Blueprint => {
                let (rows, total) = store::templates(tx, member, &sought, window)?;
                results.blueprint = Some(window.page(request, total, rows));
            }
            On::Task => {
                let (rows, total) = store::tasks(tx, member, &sought, window)?;
                results.task = Some(window.page(request, total, rows));
            }
            On::Step => {
                let (rows, total) = store::parts(tx, member, &sought, "'step'", window)?;
                results.step = Some(window.page(request, total, rows));
            }
            On::Capture => {
                let fields = "'capture', 'prerun'";
                let (rows, total) = store::parts(tx, member, &sought, fields, window)?;
                results.capture = Some(window.page(request, total, rows));
            }
            On::Snippet => {
                let (rows, total) = store::snippets(tx, member, &sought, window)?;
                results.snippet = Some(window.page(request, total, rows));
            }
            // There are none yet.
            On::Process => results.process = Some(window.page(request, 0, Vec::new())),
        }
    }
    Reply::whole(&results)
}
