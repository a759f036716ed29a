//! Handlers of snippets (contract: templates, section 11).

use tallystick_wire::page::Page;
use tallystick_wire::patch::Patch;
use tallystick_wire::snippet::{self as wire, CONTENT_MAX, SnippetInput, TITLE_MAX};
use tallystick_wire::{ErrorBody, Item};

use crate::activity::store::{Subject, record_named};
use crate::http::fields::{name, text};
use crate::http::page::Window;
use crate::http::{Answer, Call, Member, Problems, Refusal, Reply};
use crate::rich_text;
use crate::snippet::store::{self, Snippet};
use crate::template;

/// Snippets
///
/// By title unless `sort` says otherwise.
#[utoipa::path(get, path = "/organizations/{org}/text-templates", tag = "snippets", operation_id = "snippets",
    params(("org" = String, Path), ("q" = Option<String>, Query, description = "part of the title"),
        ("sort" = Option<String>, Query, description = "title (default), created_at, updated_at; - reverses"),
        ("page" = Option<i64>, Query), ("per_page" = Option<i64>, Query, description = "default 10, at most 100")),
    responses((status = 200, body = Page<wire::Snippet>), (status = 404, body = ErrorBody)))]
pub fn list(call: &mut Call<'_, '_, Member>) -> Answer {
    call.tx.take_time()?;
    let window = Window::read(call.query(), 10, 100);
    let search = call.query().get("q").map(str::to_lowercase);
    let total = store::count(call.tx, call.org(), search.as_deref())?;
    let snippets = window.rows(total, |page| {
        store::list(
            call.tx,
            call.org(),
            search.as_deref(),
            &call.request.query,
            page,
        )
    })?;
    let data = snippets.into_iter().map(view).collect();
    Reply::whole(&window.page(call.request, total, data))
}

/// One snippet
#[utoipa::path(get, path = "/organizations/{org}/text-templates/{snippet}", tag = "snippets", operation_id = "snippet",
    params(("org" = String, Path), ("snippet" = String, Path)),
    responses((status = 200, body = Item<wire::Snippet>), (status = 404, body = ErrorBody)))]
pub fn get(call: &mut Call<'_, '_, Member>) -> Answer {
    let id = call.id("snippet")?;
    let snippet = store::get(call.tx, call.org(), &id)?.ok_or_else(Refusal::not_found)?;
    Reply::data(view(snippet))
}

/// Make a snippet
///
/// Of its content stays what belongs into a text: headings, lists, tables, links, pictures, emphasis. Variables in double
/// braces stay as they are.
#[utoipa::path(post, path = "/organizations/{org}/text-templates", tag = "snippets", operation_id = "create_snippet", params(("org" = String, Path)),
    request_body = SnippetInput, responses((status = 201, body = Item<wire::Snippet>), (status = 403, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn create(call: &mut Call<'_, '_, Member>) -> Answer {
    let input: SnippetInput = call.body()?;
    let mut snippet = Snippet {
        id: call.app.ids.object(call.now),
        title: String::new(),
        content: String::new(),
        is_public: false,
        created_at: call.now,
        updated_at: call.now,
    };
    apply(&mut snippet, &input, true)?;
    store::insert(call.tx, call.org(), &snippet)?;
    record_named(
        call,
        Subject::Snippet,
        &snippet.id,
        "created",
        &snippet.title,
    )?;
    Reply::created(view(snippet))
}

/// Change a snippet
#[utoipa::path(put, path = "/organizations/{org}/text-templates/{snippet}", tag = "snippets", operation_id = "update_snippet",
    params(("org" = String, Path), ("snippet" = String, Path)), request_body = SnippetInput,
    responses((status = 200, body = Item<wire::Snippet>), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub fn update(call: &mut Call<'_, '_, Member>) -> Answer {
    let before = held(call)?;
    let input: SnippetInput = call.body()?;
    let mut snippet = before.clone();
    apply(&mut snippet, &input, false)?;
    if snippet != before {
        snippet.updated_at = call.now;
        store::update(call.tx, call.org(), &snippet)?;
        record_named(
            call,
            Subject::Snippet,
            &snippet.id,
            "updated",
            &snippet.title,
        )?;
    }
    Reply::data(view(snippet))
}

/// Delete a snippet
///
/// For good. Templates that embed it lose it from their texts.
#[utoipa::path(delete, path = "/organizations/{org}/text-templates/{snippet}", tag = "snippets", operation_id = "delete_snippet",
    params(("org" = String, Path), ("snippet" = String, Path)),
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub fn delete(call: &mut Call<'_, '_, Member>) -> Answer {
    let snippet = held(call)?;
    template::forget::snippet(call.tx, call.org(), &snippet.id)?;
    store::forget(call.tx, call.org(), &snippet.id)?;
    record_named(
        call,
        Subject::Snippet,
        &snippet.id,
        "deleted",
        &snippet.title,
    )?;
    Ok(Reply::nothing())
}

fn held(call: &mut Call<'_, '_, Member>) -> Result<Snippet, Refusal> {
    let id = call.id("snippet")?;
    store::get_to_change(call.tx, call.org(), &id)?.ok_or_else(Refusal::not_found)
}

fn apply(snippet: &mut Snippet, input: &SnippetInput, is_new: bool) -> Result<(), Refusal> {
    let mut problems = Problems::default();
    let title = &mut snippet.title;
    name(
        "title",
        &input.title,
        TITLE_MAX,
        is_new,
        title,
        &mut problems,
    );
    let mut content = None;
    text(
        "content",
        &input.content,
        CONTENT_MAX,
        &mut content,
        &mut problems,
    );
    if input.content.is_sent() {
        snippet.content = rich_text::clean(&content.unwrap_or_default());
    }
    if let Patch::Value(flag) = input.is_public {
        snippet.is_public = flag.0;
    }
    problems.check()
}

fn view(snippet: Snippet) -> wire::Snippet {
    wire::Snippet {
        id: snippet.id,
        title: snippet.title,
        content: snippet.content,
        is_public: snippet.is_public,
        created_at: snippet.created_at,
        updated_at: snippet.updated_at,
        last_updated: snippet.updated_at,
    }
}
