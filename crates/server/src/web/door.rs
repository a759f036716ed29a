//! The door for browsers: who is it, and does the form come from a page of ours?
//!
//! The cookie of a session is `HttpOnly`, `SameSite=Lax`, for this host only. A form acts when three things fit: the browser says
//! that it was sent from here (`Origin`, `Sec-Fetch-Site`), the cookie came along, and the form carries a value that only a page
//! made for that cookie holds.

use axum::body::Body;
use futures_util::future::BoxFuture;
use http::{HeaderMap, Method, header};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tallystick_db::Tx;
use tallystick_wire::Time;

use crate::account::session::{self, Session};
use crate::app::App;
use crate::audit::Origin;
use crate::http::error::{Reason, Refusal};
use crate::http::outer;
use crate::http::pipeline::Finished;
use crate::http::request::Request;
use crate::web::fault::Fault;
use crate::web::form::Form;
use crate::web::{Answered, next, page};

/// The session's cookie.
const SESSION: &str = "tallystick";
/// Proof that a form of a visitor without a session is theirs.
const FORM: &str = "tallystick_form";
/// Between password and second factor.
const CHALLENGE: &str = "tallystick_challenge";

/// Somebody with a browser, at an address.
pub struct Visit {
    /// The running server.
    pub app: App,
    /// The request.
    pub request: Request,
    /// What was filled in; empty unless something is sent.
    pub form: Form,
    /// Where it comes from.
    pub origin: Origin,
    /// The session, as of the moment of entering.
    pub session: Option<Session>,
    /// What forms on this page carry.
    pub csrf: String,
    /// The secret between password and second factor.
    pub challenge: Option<String>,
    secret: Option<String>,
    cookies: Vec<String>,
}

/// Somebody who is signed in, in a transaction.
pub struct Acting {
    /// The running server.
    pub app: App,
    /// Their session.
    pub session: Session,
    /// Where they are.
    pub origin: Origin,
    /// What time it is.
    pub now: Time,
}

/// Lets a request in, or not.
pub async fn enter(
    app: App,
    params: Vec<(String, String)>,
    request: http::Request<Body>,
    handler: fn(Visit) -> BoxFuture<'static, Answered>,
) -> Finished {
    let (parts, body) = request.into_parts();
    let mut head = outer::head(&app, params, &parts);
    // Cookies are the only credential here.
    head.credential = None;
    let here = parts
        .uri
        .path_and_query()
        .map_or_else(|| head.path.clone(), ToString::to_string);
    let visit = match receive(app.clone(), head, &parts.headers, body).await {
        Ok(visit) => visit,
        Err(Fault::SignIn) => return page::go(&next::with("/app/sign-in", &here)),
        Err(fault) => return refuse(&app, fault, &here),
    };
    let cookies = visit.cookies.clone();
    let here = if visit.request.method == Method::POST && !visit.request.path.ends_with("authorize")
    {
        visit.request.path.clone()
    } else {
        here
    };
    let mut response = match handler(visit).await {
        Ok(response) => response,
        Err(fault) => refuse(&app, fault, &here),
    };
    for cookie in cookies {
        page::set_cookie(&mut response, &cookie);
    }
    response
}

fn refuse(app: &App, fault: Fault, here: &str) -> Finished {
    match fault {
        Fault::SignIn => page::go(&next::with("/app/sign-in", here)),
        Fault::Confirm(back) => page::go(&next::with("/app/confirm", &back)),
        Fault::Refused(refusal) => page::failure(app, &refusal),
    }
}

async fn receive(
    app: App,
    mut request: Request,
    headers: &HeaderMap,
    body: Body,
) -> Result<Visit, Fault> {
    if request.query.holds_a_zero_byte() {
        return Err(Refusal::bad_request("The address holds a zero byte").into());
    }
    let acts = !matches!(request.method, Method::GET | Method::HEAD);
    let mut form = Form::default();
    if acts {
        check_origin(&app, headers, &request)?;
        request.body = outer::read_body(&app, headers, body).await?;
        form = Form::read(headers, request.body.bytes())?;
    }
    let origin = Origin::from(&request);
    let mut cookies = Vec::new();
    let sent = cookie(&app, headers, SESSION);
    let session = match &sent {
        Some(secret) => find(&app, secret, &origin, &mut cookies).await?,
        None => None,
    };
    match &session {
        Some(session) => drop(app.limits.person(session.user_id)?),
        None => app.limits.stranger(request.ip)?,
    }
    let secret = sent.filter(|_| session.is_some());
    let visitor = cookie(&app, headers, FORM).filter(|value| value.len() == 64);
    let csrf = match (&secret, &visitor) {
        (Some(secret), _) | (None, Some(secret)) => proof(secret),
        (None, None) => {
            let fresh = hex(&app.ids.bytes::<32>());
            cookies.push(line(&app, FORM, &fresh, None));
            proof(&fresh)
        }
    };
    if acts && !bool::from(form.get("csrf").as_bytes().ct_eq(csrf.as_bytes())) {
        // Whoever was signed in when the page was made signs in again; nothing was done.
        if session.is_none() && cookie(&app, headers, SESSION).is_some() {
            return Err(Fault::SignIn);
        }
        return Err(not_ours(
            "the form was made for somebody else, or too long ago",
        ));
    }
    Ok(Visit {
        challenge: cookie(&app, headers, CHALLENGE),
        app,
        request,
        form,
        origin,
        session,
        csrf,
        secret,
        cookies,
    })
}

/// The session behind a cookie; once a minute its use is written down and the cookie lives on.
async fn find(
    app: &App,
    secret: &str,
    origin: &Origin,
    cookies: &mut Vec<String>,
) -> Result<Option<Session>, Fault> {
    let now = app.clock.now();
    let wanted = secret.to_owned();
    let read = app
        .db
        .read(move |tx| Ok::<_, Fault>(session::find(tx, &wanted, now)?));
    let found = read.await?;
    if let Some(session) = found.as_ref().filter(|session| session.is_stale(now)) {
        let (inside, id, origin) = (app.clone(), session.id.clone(), origin.clone());
        let write = app.write(move |tx| {
            session::seen(tx, &inside, &id, &origin, now)?;
            Ok::<_, Fault>(())
        });
        write.await?;
        cookies.push(session_cookie(app, secret));
    }
    Ok(found)
}

/// What the browser says about where a form was sent from. Either header may be missing, not both: browsers that know neither are
/// older than the rest of what these pages need.
fn check_origin(app: &App, headers: &HeaderMap, request: &Request) -> Result<(), Fault> {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let site = text("sec-fetch-site");
    if site.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return Err(not_ours("it was sent from another site"));
    }
    match text("origin") {
        Some(origin) if origin == app.origin() || origin == request.origin => Ok(()),
        // Pages without a referrer say so. Where the browser says no more (it does not on plain HTTP), the rest must do: the
        // visitor's cookie, the value made for it, and a code that only the owner of a mailbox has.
        Some("null") if site.is_some() || carries_a_code(&request.path) => Ok(()),
        Some("null") => Err(not_ours("the browser does not say where it was sent from")),
        Some(origin) => Err(not_ours(&format!(
            "it was sent from {origin:.200}, and this server is reached at {}; if that is the same, its administrator sets server.public_url",
            request.origin
        ))),
        None if site.is_some() => Ok(()),
        None => Err(not_ours("the browser does not say where it was sent from")),
    }
}

/// The pages that a mailed link leads to.
#[must_use]
pub fn carries_a_code(path: &str) -> bool {
    matches!(
        path,
        "/app/reset" | "/app/verify" | "/app/invitation" | "/app/address"
    )
}

fn not_ours(why: &str) -> Fault {
    Refusal::from(Reason::Forbidden {
        code: "FORM_NOT_OURS",
        message: format!(
            "Nothing was done: {why}. Go back, load the page again and send the form once more"
        ),
    })
    .into()
}

/// What a form carries: made from a secret that stays in the cookie.
fn proof(secret: &str) -> String {
    hex(&Sha256::digest(format!("a form of {secret}").as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Over TLS a name that no other host can set.
fn cookie_name(app: &App, name: &str) -> String {
    let prefix = if app.is_secure() { "__Host-" } else { "" };
    format!("{prefix}{name}")
}

fn cookie(app: &App, headers: &HeaderMap, name: &str) -> Option<String> {
    let wanted = cookie_name(app, name);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|text| text.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(name, value)| *name == wanted && !value.is_empty())
        .map(|(_, value)| value.to_owned())
}

/// A `Set-Cookie`; `seconds` it lives, else until the browser is closed.
fn line(app: &App, name: &str, value: &str, seconds: Option<i64>) -> String {
    let secure = if app.is_secure() { "; Secure" } else { "" };
    let age = seconds
        .map(|seconds| format!("; Max-Age={seconds}"))
        .unwrap_or_default();
    format!(
        "{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{age}",
        cookie_name(app, name)
    )
}

/// The cookie of a session.
#[must_use]
pub fn session_cookie(app: &App, secret: &str) -> String {
    let seconds = app.settings.accounts.session_days * 86_400;
    line(app, SESSION, secret, Some(seconds))
}

/// The cookie that makes a browser forget its session.
#[must_use]
pub fn no_session_cookie(app: &App) -> String {
    line(app, SESSION, "", Some(0))
}

/// The cookie between password and second factor, or the one that ends it.
#[must_use]
pub fn challenge_cookie(app: &App, secret: Option<&str>) -> String {
    match secret {
        Some(secret) => line(app, CHALLENGE, secret, Some(600)),
        None => line(app, CHALLENGE, "", Some(0)),
    }
}

impl Visit {
    /// Reads for somebody who is signed in.
    pub async fn read<T, F>(&self, work: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: Fn(&mut Tx<'_>, &Acting) -> Result<T, Fault> + Send + Sync + 'static,
    {
        let (app, secret, origin) = self.caller()?;
        self.app
            .db
            .read(move |tx| {
                let acting = acting(tx, &app, &secret, &origin)?;
                work(tx, &acting)
            })
            .await
    }

    /// Writes for somebody who is signed in, and still is when it is written.
    pub async fn write<T, F>(&self, mut work: F) -> Result<T, Fault>
    where
        T: Send + 'static,
        F: FnMut(&mut Tx<'_>, &Acting) -> Result<T, Fault> + Send + 'static,
    {
        let (app, secret, origin) = self.caller()?;
        self.app
            .write(move |tx| {
                let acting = acting(tx, &app, &secret, &origin)?;
                work(tx, &acting)
            })
            .await
    }

    fn caller(&self) -> Result<(App, String, Origin), Fault> {
        let secret = self.secret.clone().ok_or(Fault::SignIn)?;
        Ok((self.app.clone(), secret, self.origin.clone()))
    }

    /// The session, and only if the password was given lately; else it is asked for, and then comes `back`.
    pub fn confirmed(&self, back: &str) -> Result<&Session, Fault> {
        let session = self.session.as_ref().ok_or(Fault::SignIn)?;
        if session.is_confirmed(self.app.clock.now()) {
            Ok(session)
        } else {
            Err(Fault::Confirm(back.to_owned()))
        }
    }
}

fn acting(tx: &mut Tx<'_>, app: &App, secret: &str, origin: &Origin) -> Result<Acting, Fault> {
    let now = app.clock.now();
    let session = session::find(tx, secret, now)?.ok_or(Fault::SignIn)?;
    Ok(Acting {
        app: app.clone(),
        session,
        origin: origin.clone(),
        now,
    })
}
