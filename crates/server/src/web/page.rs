//! From a template to a response: the headers of every page, cookies, redirects, and the page that says what went wrong.

use askama::Template;
use axum::body::Body;
use http::{HeaderName, HeaderValue, StatusCode, header};

use crate::app::App;
use crate::http::error::{Reason, Refusal};
use crate::http::pipeline::{Cause, Finished};
use crate::web::door::{Visit, carries_a_code};
use crate::web::who::Who;
use crate::web::{assets, next};

/// What every page holds around its own content.
pub struct Shell {
    /// The page's title and first heading.
    pub title: String,
    /// Which part of the settings it belongs to.
    pub here: &'static str,
    /// What its forms carry.
    pub csrf: String,
    /// Who is signed in.
    pub who: Option<Who>,
    /// Whether something is wrong with what was sent.
    pub wrong: bool,
}

impl Shell {
    /// For somebody who need not be signed in.
    #[must_use]
    pub fn of(visit: &Visit, title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            here: "",
            csrf: visit.csrf.clone(),
            who: None,
            wrong: false,
        }
    }

    /// In the settings.
    #[must_use]
    pub fn settings(visit: &Visit, title: impl Into<String>, here: &'static str, who: Who) -> Self {
        Self {
            here,
            who: Some(who),
            ..Self::of(visit, title)
        }
    }

    /// The same when a form is shown again because something in it is wrong.
    #[must_use]
    pub fn again(self, wrong: bool) -> Self {
        Self { wrong, ..self }
    }

    /// The address of a file.
    #[must_use]
    pub fn asset(&self, name: &str) -> String {
        assets::address(name)
    }

    /// The marker of the page's own entry in the navigation.
    #[must_use]
    pub fn current(&self, name: &str) -> &'static str {
        if self.here == name { "page" } else { "false" }
    }
}

/// A page: 200, or 422 when something in its form is wrong.
pub fn show(visit: &Visit, shell: &Shell, template: &impl Template) -> Result<Finished, Refusal> {
    let status = if shell.wrong {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    render(status, template, &visit.request.path, None)
}

/// A page whose form ends in a redirect to `leads_to`: browsers apply `form-action` to that too.
pub fn show_leading_to(
    shell: &Shell,
    template: &impl Template,
    leads_to: Option<&str>,
) -> Result<Finished, Refusal> {
    let status = if shell.wrong {
        StatusCode::UNPROCESSABLE_ENTITY
    } else {
        StatusCode::OK
    };
    render(status, template, "", leads_to)
}

fn render(
    status: StatusCode,
    template: &impl Template,
    path: &str,
    leads_to: Option<&str>,
) -> Result<Finished, Refusal> {
    let html = template
        .render()
        .map_err(|error| Refusal::from(tallystick_db::DbError::Other(error.to_string())))?;
    let mut response = Finished::new(Body::from(html));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let mut fixed = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    fixed(header::CONTENT_TYPE, "text/html; charset=utf-8");
    fixed(header::CACHE_CONTROL, "no-store");
    fixed(header::X_FRAME_OPTIONS, "DENY");
    fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    fixed(
        header::REFERRER_POLICY,
        if carries_a_code(path) {
            "no-referrer"
        } else {
            "same-origin"
        },
    );
    let also = leads_to
        .map(|source| format!(" {source}"))
        .unwrap_or_default();
    let policy = format!(
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; \
         form-action 'self'{also}; frame-ancestors 'none'; base-uri 'none'"
    );
    // A source comes from an address that was checked when it was registered; what does not fit is not allowed.
    let policy = HeaderValue::from_str(&policy)
        .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    Ok(response)
}

/// Sends the browser to another address with a GET.
#[must_use]
pub fn go(to: &str) -> Finished {
    let mut response = Finished::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    let to = HeaderValue::from_str(to).unwrap_or_else(|_| HeaderValue::from_static(next::HOME));
    let headers = response.headers_mut();
    headers.insert(header::LOCATION, to);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    );
    response
}

/// Adds a cookie.
pub fn set_cookie(response: &mut Finished, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
}

/// A page that says one thing and where to go on.
#[derive(Template)]
#[template(path = "app/notice.html")]
pub struct Notice {
    /// What surrounds it.
    pub shell: Shell,
    /// What happened.
    pub text: String,
    /// Where to go on: address and words.
    pub link: Option<(String, &'static str)>,
}

/// A page that asks before it does something that cannot be undone.
#[derive(Template)]
#[template(path = "app/ask.html")]
pub struct Ask {
    /// What surrounds it.
    pub shell: Shell,
    /// What will happen.
    pub text: String,
    /// Where its form leads.
    pub action: String,
    /// What its button does.
    pub button: &'static str,
    /// Whether something ends.
    pub danger: bool,
    /// The way back.
    pub back: String,
    /// An option: name and words.
    pub option: Option<(&'static str, &'static str)>,
}

/// The page for a refusal. It needs no database.
pub fn failure(app: &App, refusal: &Refusal) -> Finished {
    let body = refusal.body();
    let status = refusal.status();
    let (title, text) = match (&refusal.reason, status) {
        (_, StatusCode::NOT_FOUND) => (
            "There is nothing here",
            "The address is wrong, or what was here is gone, or it is not for you. If you typed it, look at it once more."
                .to_owned(),
        ),
        (Reason::Forbidden { .. }, _) => ("This was not allowed", format!("{}.", body.message)),
        (Reason::MethodNotAllowed, _) => (
            "This address is for a form",
            "It does something when a form is sent to it and shows nothing by itself.".to_owned(),
        ),
        (Reason::RateLimited { retry_after, .. }, _) => (
            "Too many tries",
            format!("Wait {}, then try again.", super::words::wait(*retry_after)),
        ),
        (_, status) if status.is_server_error() => ("This did not work", format!("{}.", body.message)),
        _ => ("This cannot be answered", format!("{}.", body.message)),
    };
    let notice = Notice {
        shell: Shell {
            title: title.to_owned(),
            here: "",
            csrf: String::new(),
            who: None,
            wrong: false,
        },
        text,
        link: Some((next::HOME.to_owned(), "Go to the settings")),
    };
    let mut response =
        render(status, &notice, "", None).unwrap_or_else(|_| Finished::new(Body::empty()));
    *response.status_mut() = status;
    if let Reason::Db(error) = &refusal.reason {
        response.extensions_mut().insert(Cause(error.to_string()));
    }
    if let Some(seconds) = refusal.retry_after() {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    let _ = app;
    response
}

/// A page with a status of its own, such as 400.
pub fn show_as(status: StatusCode, template: &impl Template) -> Result<Finished, Refusal> {
    render(status, template, "", None)
}
