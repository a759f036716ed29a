//! From a matched route to its handler, in the order of contract/auth 5.1: `Accept` and client header, credential,
//! limits, organisation, scope, role, and only then the handler, which looks at objects and at the body.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use tallystick_db::{DbError, Tx};

use crate::app::App;
use crate::http::access::{Roles, Scopes};
use crate::http::call::{Answer, Call};
use crate::http::caller::{
    Credential, Member, TokenInUse, User, authenticate_application, authenticate_member,
    authenticate_user,
};
use crate::http::endpoint::{Endpoint, Mode, Who};
use crate::http::error::{Reason, Refusal};
use crate::http::idempotency::{self, Standing};
use crate::http::limits::Left;
use crate::http::reply::Reply;
use crate::http::request::Request;
use crate::settings::ClientHeader;

/// A response with its body whole.
pub type Finished = Response<axum::body::Body>;

/// What the transaction gives back beside the reply.
struct Done {
    reply: Reply,
    left: Option<Left>,
    /// The person whose token was used, and where.
    used: Option<(User, Option<String>)>,
}

/// Answers a request whose route is known and whose head was checked.
pub async fn answer(app: App, endpoint: Arc<Endpoint>, request: Request) -> Finished {
    let ip = request.ip;
    let request = Arc::new(request);
    let ended = match endpoint.mode {
        Mode::Slow => slow(&app, &endpoint, &request).await,
        Mode::Read => {
            let (app, request) = (app.clone(), request.clone());
            let db = app.db.clone();
            db.read(move |tx| run(tx, &app, &endpoint, &request)).await
        }
        Mode::Write => {
            let (app, request) = (app.clone(), request.clone());
            let inside = app.clone();
            app.write(move |tx| run(tx, &inside, &endpoint, &request))
                .await
        }
    };
    match ended {
        Ok(done) => {
            if let Some((user, organization)) = done.used {
                app.usage
                    .note(&user, organization, &request, app.clock.now());
            }
            write_reply(done.reply, done.left)
        }
        Err(refusal) => {
            let refusal = match refusal.reason {
                Reason::Unauthenticated(_) => app.limits.stranger(ip).err().unwrap_or(refusal),
                _ => refusal,
            };
            refuse(&refusal)
        }
    }
}

/// What can be told from the head alone, before a body is read or the database asked.
pub fn check_head(
    app: &App,
    endpoint: &Endpoint,
    request: &Request,
    headers: &HeaderMap,
) -> Result<(), Refusal> {
    check_accept(headers)?;
    if request
        .query
        .names()
        .any(|name| matches!(name, "access_token" | "token" | "api_key"))
    {
        return Err(Refusal::bad_request(
            "Credentials do not belong into the address, where they end up in logs. Send the Authorization header",
        ));
    }
    if request.query.holds_a_zero_byte() {
        return Err(Refusal::bad_request("The query must not hold a zero byte"));
    }
    if matches!(endpoint.who, Who::Anyone(_)) {
        return app.limits.stranger(request.ip);
    }
    if request.client.is_none() && app.settings.api.client_header == ClientHeader::Required {
        return Err(Reason::ClientHeader.into());
    }
    if request.credential.is_none() {
        app.limits.stranger(request.ip)?;
        let sent = headers.contains_key(header::AUTHORIZATION);
        return Err(Refusal::unauthenticated(sent.then_some(
            "The Authorization header is not of the form Bearer followed by a token",
        )));
    }
    Ok(())
}

/// JSON is what there is; a request that rules it out is told so (contract: auth, section 2.1).
pub fn check_accept(headers: &HeaderMap) -> Result<(), Refusal> {
    let mut stated = false;
    for value in headers.get_all(header::ACCEPT) {
        let Ok(text) = value.to_str() else {
            return Err(Reason::NotAcceptable.into());
        };
        for media in text
            .split(',')
            .map(str::trim)
            .filter(|media| !media.is_empty())
        {
            stated = true;
            let (name, parameters) = media.split_once(';').unwrap_or((media, ""));
            let refused = parameters.split(';').any(|parameter| {
                parameter
                    .trim()
                    .strip_prefix("q=")
                    .is_some_and(|q| q.trim().parse::<f32>().is_ok_and(|q| q <= 0.0))
            });
            let name = name.trim().to_ascii_lowercase();
            if !refused && matches!(name.as_str(), "*/*" | "application/*" | "application/json") {
                return Ok(());
            }
        }
    }
    if stated {
        Err(Reason::NotAcceptable.into())
    } else {
        Ok(())
    }
}

/// Everything that happens inside the transaction.
fn run(
    tx: &mut Tx<'_>,
    app: &App,
    endpoint: &Endpoint,
    request: &Request,
) -> Result<Done, Refusal> {
    let now = app.clock.now();
    let credential = credential(request)?;
    match endpoint.who {
        Who::Anyone(_) | Who::SlowMember(..) => Err(DbError::Other(
            "an endpoint that opens its own transactions was run inside of one".to_owned(),
        )
        .into()),
        Who::User(handler) => {
            let user = authenticate_user(tx, credential, now)?;
            let left = app.limits.person(user.id)?;
            check_token(&user.token, endpoint)?;
            let reply = once(tx, request, format!("user {}", user.id), now, |tx| {
                handler(&mut Call {
                    tx,
                    app,
                    request,
                    caller: &user,
                    now,
                })
            })?;
            Ok(Done {
                reply,
                left,
                used: Some((user, None)),
            })
        }
        Who::Member(roles, handler) => {
            let (member, left) = admit(tx, app, endpoint, roles, request)?;
            let reply = once(tx, request, format!("user {}", member.id()), now, |tx| {
                handler(&mut Call {
                    tx,
                    app,
                    request,
                    caller: &member,
                    now,
                })
            })?;
            Ok(Done {
                reply,
                left,
                used: Some((member.user, Some(member.organization))),
            })
        }
        Who::Application(handler) => {
            let organization = request.param("org").unwrap_or_default();
            let application = authenticate_application(tx, credential, organization, now)?;
            let left = app.limits.application(&application.client_id)?;
            check_scope(&application.scopes, endpoint)?;
            let caller = format!("application {}", application.client_id);
            let reply = once(tx, request, caller, now, |tx| {
                handler(&mut Call {
                    tx,
                    app,
                    request,
                    caller: &application,
                    now,
                })
            })?;
            Ok(Done {
                reply,
                left,
                used: None,
            })
        }
    }
}

/// An endpoint that opens its own transactions; a member is authenticated in one before.
async fn slow(
    app: &App,
    endpoint: &Arc<Endpoint>,
    request: &Arc<Request>,
) -> Result<Done, Refusal> {
    match endpoint.who {
        Who::Anyone(handler) => Ok(Done {
            reply: handler(app.clone(), request.clone()).await?,
            left: None,
            used: None,
        }),
        Who::SlowMember(roles, handler) => {
            let (inside, asked, what) = (app.clone(), request.clone(), endpoint.clone());
            let (member, left) = app
                .db
                .read(move |tx| admit(tx, &inside, &what, roles, &asked))
                .await?;
            let used = Some((member.user.clone(), Some(member.organization.clone())));
            let reply = handler(app.clone(), request.clone(), member).await?;
            Ok(Done { reply, left, used })
        }
        Who::User(_) | Who::Member(..) | Who::Application(_) => Err(DbError::Other(
            "an endpoint that runs inside a transaction was run without one".to_owned(),
        )
        .into()),
    }
}

fn credential(request: &Request) -> Result<&Credential, Refusal> {
    request
        .credential
        .as_ref()
        .ok_or(Refusal::unauthenticated(None))
}

/// The member who asks, when they may use this endpoint at all.
fn admit(
    tx: &mut Tx<'_>,
    app: &App,
    endpoint: &Endpoint,
    roles: Roles,
    request: &Request,
) -> Result<(Member, Option<Left>), Refusal> {
    let organization = request.param("org").unwrap_or_default();
    let member = authenticate_member(tx, credential(request)?, organization, app.clock.now())?;
    let left = app.limits.person(member.id())?;
    check_token(&member.user.token, endpoint)?;
    if !roles.contain(member.role) {
        return Err(Refusal::forbidden(format!(
            "This needs another role than {}: it is for {}",
            member.role.word(),
            roles.describe()
        )));
    }
    Ok((member, left))
}

/// A POST with an `Idempotency-Key` is done once.
fn once(
    tx: &mut Tx<'_>,
    request: &Request,
    caller: String,
    now: tallystick_wire::Time,
    work: impl FnOnce(&mut Tx<'_>) -> Answer,
) -> Answer {
    if request.method != Method::POST {
        return work(tx);
    }
    match idempotency::begin(tx, request, caller, now)? {
        Standing::Unasked => work(tx),
        Standing::Done(reply) => Ok(reply),
        Standing::New(held) => {
            let reply = work(tx)?;
            held.remember(tx, &reply)?;
            Ok(reply)
        }
    }
}

fn check_token(token: &TokenInUse, endpoint: &Endpoint) -> Result<(), Refusal> {
    if !endpoint.for_applications && token.client_id.is_some() {
        return Err(Reason::Forbidden {
            code: "NOT_FOR_APPLICATIONS",
            message: "An application that acts for somebody does not manage their credentials"
                .to_owned(),
        }
        .into());
    }
    check_scope(&token.scopes, endpoint)
}

fn check_scope(scopes: &Scopes, endpoint: &Endpoint) -> Result<(), Refusal> {
    let Some(needed) = endpoint.scope else {
        return Ok(());
    };
    if scopes.allow(needed) {
        return Ok(());
    }
    Err(Reason::Forbidden {
        code: "INSUFFICIENT_SCOPE",
        message: format!(
            "This credential is limited to {}; this needs {}",
            scopes.words().join(", "),
            needed.word()
        ),
    }
    .into())
}

fn write_reply(reply: Reply, left: Option<Left>) -> Finished {
    let empty = reply.body.is_empty();
    let mut response = Response::new(axum::body::Body::from(reply.body));
    *response.status_mut() = reply.status;
    let headers = response.headers_mut();
    if !empty {
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if reply.replayed {
        headers.insert("idempotent-replayed", HeaderValue::from_static("true"));
    }
    if let Some(left) = left {
        headers.insert("x-ratelimit-limit", HeaderValue::from(left.limit));
        headers.insert("x-ratelimit-remaining", HeaderValue::from(left.remaining));
    }
    response
}

/// A refusal as a response.
pub fn refuse(refusal: &Refusal) -> Finished {
    let mut body = serde_json::to_vec(&refusal.body()).unwrap_or_default();
    body.shrink_to_fit();
    let mut response = Response::new(axum::body::Body::from(body));
    let status = refusal.status();
    *response.status_mut() = status;
    if let Reason::Db(error) = &refusal.reason {
        response.extensions_mut().insert(Cause(error.to_string()));
    }
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(seconds) = refusal.retry_after() {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if status == StatusCode::TOO_MANY_REQUESTS {
        headers.insert("x-ratelimit-remaining", HeaderValue::from(0));
    }
    if let Some(challenge) = challenge(refusal) {
        headers.insert(header::WWW_AUTHENTICATE, challenge);
    }
    response
}

/// Why a request failed, for the log only: it may hold the database's own words.
#[derive(Debug, Clone)]
pub struct Cause(pub String);

/// RFC 6750, section 3: no `error` when no credential was sent.
fn challenge(refusal: &Refusal) -> Option<HeaderValue> {
    let text = match &refusal.reason {
        Reason::Unauthenticated(None) | Reason::SignIn { .. } | Reason::ClientHeader => {
            r#"Bearer realm="api""#.to_owned()
        }
        Reason::Unauthenticated(Some(why)) => {
            format!(r#"Bearer realm="api", error="invalid_token", error_description="{why}""#)
        }
        Reason::Forbidden {
            code: "INSUFFICIENT_SCOPE",
            ..
        } => r#"Bearer realm="api", error="insufficient_scope""#.to_owned(),
        _ => return None,
    };
    HeaderValue::from_str(&text).ok()
}
