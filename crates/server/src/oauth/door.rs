//! The door for programs: a form, JSON or HTTP Basic in, the RFCs' answers and errors out, no access token.
//!
//! No database transaction is open while a body is read or a password hashed.

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::routing::{get, post};
use base64ct::{Base64, Encoding};
use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
use serde::Serialize;
use serde_json::Value;
use tallystick_db::Tx;

use crate::app::App;
use crate::audit::{Event, Origin};
use crate::http::outer;
use crate::http::pipeline::Finished;
use crate::http::request::Request;
use crate::oauth::authorize::asked_scopes;
use crate::oauth::{
    Client, GrantType, OAuthRefusal, client, device, introspect, metadata, register, token,
};

/// A request of a program, understood.
pub struct Asking {
    /// The running server.
    pub app: App,
    /// The request.
    pub request: Request,
    /// Its body.
    pub body: Value,
    /// Where it came from.
    pub origin: Origin,
    basic: Option<Result<(String, String), ()>>,
}

/// What an endpoint of this door answers.
pub type Answered = Result<Finished, OAuthRefusal>;

/// A document that says where things are.
type Document = fn(&App) -> Value;
type Handler = fn(Asking) -> BoxFuture<'static, Answered>;

/// Every endpoint, below `prefix`.
pub fn mount(router: Router<App>, prefix: &str) -> Router<App> {
    let posts: [(&str, Handler); 7] = [
        ("/oauth/token", |asking| {
            Box::pin(token::answer(asking, false))
        }),
        ("/mcp/oauth/token", |asking| {
            Box::pin(token::answer(asking, true))
        }),
        ("/oauth/revoke", |asking| Box::pin(token::revoke(asking))),
        ("/oauth/introspect", |asking| {
            Box::pin(introspect::answer(asking))
        }),
        ("/oauth/device_authorization", |asking| {
            Box::pin(start_device(asking))
        }),
        ("/oauth/register", |asking| {
            Box::pin(register::answer(asking))
        }),
        ("/mcp/oauth/register", |asking| {
            Box::pin(register::answer(asking))
        }),
    ];
    let router = posts.into_iter().fold(router, |router, (path, handler)| {
        router.route(
            &format!("{prefix}{path}"),
            post(
                move |State(app): State<App>, request: http::Request<Body>| {
                    enter(app, request, handler)
                },
            ),
        )
    });
    let documents: [(&str, Document); 3] = [
        ("oauth-authorization-server", metadata::server),
        ("openid-configuration", metadata::server),
        ("oauth-protected-resource", metadata::resource),
    ];
    documents
        .into_iter()
        .fold(router, |router, (name, document)| {
            let path = format!("{prefix}/.well-known/{name}");
            let handler = move |State(app): State<App>| async move { outer::json(&document(&app)) };
            router
                .route(&path, get(handler))
                .route(&format!("{path}/{{*suffix}}"), get(handler))
        })
}

async fn enter(app: App, request: http::Request<Body>, handler: Handler) -> Finished {
    match receive(app, request).await {
        Ok(asking) => handler(asking)
            .await
            .unwrap_or_else(|refusal| refusal.response()),
        Err(refusal) => refusal.response(),
    }
}

async fn receive(app: App, request: http::Request<Body>) -> Result<Asking, OAuthRefusal> {
    let (parts, body) = request.into_parts();
    let mut request = outer::head(&app, Vec::new(), &parts);
    app.limits.token_request(request.ip)?;
    // A secret in the address ends up in logs.
    if request.query.names().any(|name| {
        matches!(
            name,
            "client_secret" | "password" | "code" | "refresh_token" | "token" | "access_token"
        )
    }) {
        return Err(OAuthRefusal::request(
            "Parameters belong into the body, not into the address, which ends up in logs",
        ));
    }
    request.body = outer::read_body(&app, &parts.headers, body).await?;
    let body = request.body.value()?;
    if !body.is_object() {
        return Err(OAuthRefusal::request("The body is a form or a JSON object"));
    }
    if holds_a_zero_byte(&body) {
        return Err(OAuthRefusal::request("The body must not hold a zero byte"));
    }
    let origin = Origin::from(&request);
    let basic = basic(&parts.headers);
    Ok(Asking {
        app,
        request,
        body,
        origin,
        basic,
    })
}

fn holds_a_zero_byte(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_a_zero_byte),
        Value::Object(fields) => fields
            .iter()
            .any(|(name, value)| name.contains('\0') || holds_a_zero_byte(value)),
        _ => false,
    }
}

/// Name and secret of HTTP Basic, each form-encoded before (RFC 6749, section 2.3.1).
fn basic(headers: &HeaderMap) -> Option<Result<(String, String), ()>> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim();
    let (scheme, encoded) = text.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_encoding::percent_decode_str(&text)
            .decode_utf8()
            .map(|text| text.into_owned())
            .map_err(|_| ())
    };
    let read = || {
        let bytes = Base64::decode_vec(encoded.trim()).map_err(|_| ())?;
        let text = String::from_utf8(bytes).map_err(|_| ())?;
        let (id, secret) = text.split_once(':').ok_or(())?;
        Ok((decode(id)?, decode(secret)?))
    };
    Some(read())
}

/// Who a request says it is, with its proof; not checked yet.
pub struct Claim {
    id: String,
    secret: Option<String>,
    by_basic: bool,
}

impl Asking {
    /// A parameter of the body, as text.
    pub fn text(&self, name: &str) -> Option<String> {
        match self.body.get(name)? {
            Value::String(text) if text.is_empty() => None,
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// A parameter that must be there.
    pub fn needed(&self, name: &str) -> Result<String, OAuthRefusal> {
        self.text(name)
            .ok_or_else(|| OAuthRefusal::request(format!("The parameter {name} is missing")))
    }

    /// The client named by header or body, in one of the two ways and not in both (RFC 6749, section 2.3).
    pub fn claim(&self) -> Result<Claim, OAuthRefusal> {
        let in_body = self.text("client_secret");
        match &self.basic {
            Some(Err(())) => Err(OAuthRefusal::client(true)),
            Some(Ok(_)) if in_body.is_some() => Err(OAuthRefusal::request(
                "The client proves itself in one way, not in two",
            )),
            Some(Ok((id, secret))) => {
                if self.text("client_id").is_some_and(|named| named != *id) {
                    return Err(OAuthRefusal::request(
                        "The client_id differs between header and body",
                    ));
                }
                Ok(Claim {
                    id: id.clone(),
                    secret: Some(secret.clone()).filter(|secret| !secret.is_empty()),
                    by_basic: true,
                })
            }
            None => Ok(Claim {
                id: self.needed("client_id")?,
                secret: in_body,
                by_basic: false,
            }),
        }
    }
}

impl Claim {
    /// The client, if it is the one it says it is. A failure is written into the record of its organisation.
    pub fn check(
        &self,
        tx: &mut Tx<'_>,
        app: &App,
        origin: &Origin,
    ) -> Result<Client, OAuthRefusal> {
        let now = app.clock.now();
        let Some(client) = client::find(tx, &self.id)? else {
            return Err(OAuthRefusal::client(self.by_basic));
        };
        let proven = match &self.secret {
            Some(secret) => client.has_secret(secret, now),
            None => !client.is_confidential(),
        };
        if proven {
            return Ok(client);
        }
        if let Some(organization) = &client.organization {
            Event::warning("client_authentication_failed")
                .inside(organization)
                .through(&client.id)
                .from(origin)
                .record(tx, app, now)?;
        }
        Err(OAuthRefusal::client(self.by_basic).keeping())
    }
}

/// 200 with this as the whole body, never to be stored anywhere on its way.
pub fn whole<T: Serialize>(status: StatusCode, body: &T) -> Answered {
    let bytes = serde_json::to_vec(body)
        .map_err(|error| tallystick_db::DbError::Other(error.to_string()))?;
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::PRAGMA, HeaderValue::from_static("no-cache"));
    Ok(response)
}

async fn start_device(asking: Asking) -> Answered {
    let claim = asking.claim()?;
    let scope = asking.text("scope");
    let (app, origin) = (asking.app.clone(), asking.origin.clone());
    let write = asking.app.write(move |tx| {
        let client = claim.check(tx, &app, &origin)?;
        if !client.may(GrantType::DeviceCode) {
            return Err(OAuthRefusal::code(
                "unauthorized_client",
                "This client may not use the device grant",
            ));
        }
        let scopes = asked_scopes(&client, scope.as_deref())
            .map_err(|text| OAuthRefusal::code("invalid_scope", text))?;
        device::start(tx, &app, &client, &scopes, app.clock.now())
    });
    whole(StatusCode::OK, &write.await?)
}
