//! The page for people at `/` and `/api/`: every endpoint with its parameters, from the same source as the document.

use std::fmt::Write;

use utoipa::openapi::path::Parameter;
use utoipa::openapi::{RefOr, Required};

use crate::http::endpoint::Endpoint;

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1c2330;--soft:#5b6675;--line:#d9dee5;--paper:#fff;--mark:#0b6e4f}\
@media(prefers-color-scheme:dark){:root{--ink:#e6eaf0;--soft:#9aa5b4;--line:#333c49;--paper:#14181e;--mark:#5fd3a8}}\
body{font:16px/1.55 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:60rem;margin:2rem auto;padding:0 1rem;overflow-wrap:break-word}\
h1{font-size:1.6rem;margin:0}h2{font-size:1.2rem;margin:2.2rem 0 .4rem}p{margin:.4rem 0}a{color:var(--mark)}\
code,pre{font:14px/1.5 ui-monospace,monospace}pre{border:1px solid var(--line);border-radius:6px;padding:.8rem;overflow:auto}\
details{border-top:1px solid var(--line);padding:.5rem 0}summary{cursor:pointer}summary b{color:var(--mark);display:inline-block;width:4.6rem}\
summary span{color:var(--soft)}table{border-collapse:collapse;margin:.5rem 0;width:100%}td,th{text-align:left;border-top:1px solid var(--line);padding:.25rem .5rem .25rem 0;vertical-align:top}";

/// The page.
#[must_use]
pub fn page(endpoints: &[Endpoint]) -> String {
    let mut out = String::new();
    out.push_str("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">");
    let _ = write!(
        out,
        "<title>Tallystick API</title><style>{STYLE}</style><script src=\"/app/static/forward.js\"></script></head><body><main><h1>Tallystick API</h1>"
    );
    out.push_str(
        "<p>The Tallyfy API on your own machine. The same document for programs: <a href=\"/api/openapi.json\">OpenAPI 3.1</a>. \
         Every path is served with and without <code>/api</code> in front. \
         <a href=\"/app\">Make a token</a> in the settings.</p>\
         <pre tabindex=\"0\">curl \"$TALLYSTICK_URL/organizations/$TALLYSTICK_ORG/me/tasks\" \\\n  -H \"Authorization: Bearer $TALLYSTICK_TOKEN\" \\\n  \
         -H \"Accept: application/json\" \\\n  -H \"X-Tallyfy-Client: APIClient\"</pre>",
    );
    let mut tags: Vec<&str> = Vec::new();
    for tag in endpoints.iter().map(tag) {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    for name in tags {
        let _ = write!(out, "<h2>{}</h2>", escape(name));
        for endpoint in endpoints.iter().filter(|endpoint| tag(endpoint) == name) {
            section(&mut out, endpoint);
        }
    }
    out.push_str("</main></body></html>");
    out
}

fn tag(endpoint: &Endpoint) -> &str {
    endpoint
        .operation
        .tags
        .as_ref()
        .and_then(|tags| tags.first())
        .map_or("other", String::as_str)
}

fn section(out: &mut String, endpoint: &Endpoint) {
    let operation = &endpoint.operation;
    let _ = write!(
        out,
        "<details><summary><b>{}</b> <code>{}</code> <span>{}</span></summary>",
        endpoint.method,
        escape(&endpoint.path),
        escape(operation.summary.as_deref().unwrap_or_default())
    );
    if let Some(text) = &operation.description {
        let _ = write!(out, "<p>{}</p>", escape(text));
    }
    let _ = write!(out, "<p>For {}.", escape(endpoint.callers()));
    if let Some(scope) = endpoint.scope {
        let _ = write!(out, " Scope <code>{}</code>.", scope.word());
    }
    out.push_str("</p>");
    let parameters = operation.parameters.as_deref().unwrap_or_default();
    if !parameters.is_empty() {
        out.push_str("<table><tr><th>parameter</th><th></th></tr>");
        for parameter in parameters.iter().filter_map(inline) {
            let needed = if parameter.required == Required::True {
                "in the path"
            } else {
                "optional"
            };
            let text = parameter.description.as_deref().unwrap_or(needed);
            let _ = write!(
                out,
                "<tr><td><code>{}</code></td><td>{}</td></tr>",
                escape(&parameter.name),
                escape(text)
            );
        }
        out.push_str("</table>");
    }
    let codes: Vec<&str> = operation
        .responses
        .responses
        .keys()
        .map(String::as_str)
        .collect();
    let _ = write!(out, "<p>Answers {}.</p></details>", codes.join(", "));
}

fn inline(parameter: &RefOr<Parameter>) -> Option<&Parameter> {
    match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
