//! Reports of leaked secrets, from whoever scans published text for them (contract: auth, section 15.4). The pattern that
//! they look for, and how a report is signed, is in docs/leaks.md.
//!
//! Whoever holds a secret could do worse with it than end it; the signature keeps strangers from using this address to find
//! out which secrets are real.

use std::sync::Arc;

use futures_util::future::BoxFuture;
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tallystick_db::{Tx, args};
use tallystick_wire::ErrorBody;
use tallystick_wire::Time;
use tallystick_wire::token::{Kind, recognise};

use crate::app::App;
use crate::audit::{Event, Origin};
use crate::http::caller::hash;
use crate::http::request::Request;
use crate::http::{Answer, Refusal, Reply};
use crate::mail;
use crate::oauth::authorization;

/// Most secrets in one report.
const MOST: usize = 100;

/// Report leaked secrets
///
/// The body is a list of `{"token": …, "url": …}`; the header `X-Tallystick-Signature` is `sha256=` and the HMAC-SHA256 of the
/// body in hex, under the secret that the installation is set up with. What is real ends at once, its owner is told by mail, and
/// the answer says of each whether it was.
#[utoipa::path(post, path = "/secret-scanning/report", tag = "tokens", operation_id = "report_leaks",
    responses((status = 200, description = "For each entry `true_positive` or `false_positive`"), (status = 401, body = ErrorBody),
        (status = 404, description = "Reports are not taken here", body = ErrorBody)))]
pub fn report(app: App, request: Arc<Request>) -> BoxFuture<'static, Answer> {
    Box::pin(async move {
        let Some(secret) = &app.settings.security.leak_report_secret else {
            return Err(Refusal::not_found());
        };
        check_signature(secret, &request)?;
        let body = request.body.value()?;
        let Some(entries) = body.as_array().filter(|entries| entries.len() <= MOST) else {
            return Err(Refusal::bad_request(format!(
                "The body is a list of at most {MOST} entries"
            )));
        };
        let found: Vec<(String, String)> = entries
            .iter()
            .map(|entry| {
                let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
                (
                    text("token"),
                    text("url")
                        .chars()
                        .filter(|letter| !letter.is_control())
                        .take(500)
                        .collect(),
                )
            })
            .collect();
        let origin = Origin::from(&*request);
        let inside = app.clone();
        let write = app.write(move |tx| {
            let now = inside.clock.now();
            let mut answers = Vec::with_capacity(found.len());
            for (secret, url) in &found {
                let real = end(tx, &inside, secret, url, &origin, now)?;
                answers
                    .push(json!({"label": if real { "true_positive" } else { "false_positive" }}));
            }
            Ok::<_, Refusal>(answers)
        });
        Reply::whole(&Value::Array(write.await?))
    })
}

fn check_signature(secret: &str, request: &Request) -> Result<(), Refusal> {
    const REFUSED: Refusal =
        Refusal::unauthenticated(Some("The signature of the report is not valid"));
    let sent = request
        .signature
        .as_deref()
        .and_then(|text| text.strip_prefix("sha256="));
    let sent = sent.and_then(from_hex).ok_or(REFUSED)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .map_err(|error| tallystick_db::DbError::Other(error.to_string()))?;
    mac.update(request.body.bytes());
    // Compares in constant time.
    mac.verify_slice(&sent).map_err(|_| REFUSED)
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok())
        .collect()
}

struct Leaked {
    user: Option<i64>,
    organization: Option<String>,
    client: Option<String>,
    credential: String,
}

/// Ends a secret of any kind that is stored; false when it is none of ours or ended before.
fn end(
    tx: &mut Tx<'_>,
    app: &App,
    secret: &str,
    url: &str,
    origin: &Origin,
    now: Time,
) -> Result<bool, Refusal> {
    let found = match recognise(secret) {
        Some(Kind::Personal | Kind::OAuth | Kind::Issued) => person(tx, secret, now)?,
        Some(Kind::Refresh) => refresh(tx, secret, now)?,
        Some(Kind::Application) => application(tx, secret, now)?,
        Some(Kind::Client) => client(tx, secret, now)?,
        _ => None,
    };
    let Some(leaked) = found else {
        return Ok(false);
    };
    let mut event = Event::warning("secret_leaked")
        .inside(leaked.organization.as_deref().unwrap_or_default())
        .with(&leaked.credential)
        .from(origin)
        .detail("url", url);
    if let Some(user) = leaked.user {
        event = event.of(user);
        let notice = mail::Notice::LeakedToken {
            token: &leaked.credential,
        };
        mail::notice(tx, app, notice, user, now)?;
    }
    if let Some(client) = &leaked.client {
        event = event.through(client);
    }
    event.record(tx, app, now)?;
    Ok(true)
}

fn person(tx: &mut Tx<'_>, secret: &str, now: Time) -> Result<Option<Leaked>, Refusal> {
    let found = tx.maybe(
        "UPDATE tokens SET revoked_at = $2 WHERE secret_hash = $1 AND revoked_at IS NULL \
         RETURNING user_id, organization_id, client_id, id, authorization_id",
        args![hash(secret), now.0],
        |row| {
            let leaked = Leaked {
                user: Some(row.take()?),
                organization: row.take()?,
                client: row.take()?,
                credential: row.take()?,
            };
            Ok((leaked, row.take::<Option<String>>()?))
        },
    )?;
    let Some((leaked, authorization)) = found else {
        return Ok(None);
    };
    if let Some(authorization) = authorization {
        authorization::end(tx, &authorization, now)?;
    }
    Ok(Some(leaked))
}

fn refresh(tx: &mut Tx<'_>, secret: &str, now: Time) -> Result<Option<Leaked>, Refusal> {
    let found = tx.maybe(
        "SELECT a.user_id, a.organization_id, a.client_id, a.id FROM refresh_tokens r \
         JOIN authorizations a ON a.id = r.authorization_id AND a.ended_at IS NULL WHERE r.secret_hash = $1",
        args![hash(secret)],
        |row| {
            Ok(Leaked {
                user: Some(row.take()?),
                organization: row.take()?,
                client: row.take()?,
                credential: row.take()?,
            })
        },
    )?;
    if let Some(leaked) = &found {
        authorization::end(tx, &leaked.credential, now)?;
    }
    Ok(found)
}

fn application(tx: &mut Tx<'_>, secret: &str, now: Time) -> Result<Option<Leaked>, Refusal> {
    let found = tx.maybe(
        "UPDATE application_tokens SET revoked_at = $2 WHERE secret_hash = $1 AND revoked_at IS NULL \
         RETURNING organization_id, client_id, id",
        args![hash(secret), now.0],
        |row| {
            Ok(Leaked {
                user: None,
                organization: Some(row.take()?),
                client: Some(row.take()?),
                credential: row.take()?,
            })
        },
    )?;
    Ok(found)
}

/// A client whose secret leaked keeps existing without one that works, until an administrator makes another.
fn client(tx: &mut Tx<'_>, secret: &str, now: Time) -> Result<Option<Leaked>, Refusal> {
    let found = tx.maybe(
        "UPDATE oauth_clients SET secret_hash = 'leaked', old_secret_hash = NULL, old_secret_until = NULL, updated_at = $2 \
         WHERE secret_hash = $1 OR old_secret_hash = $1 RETURNING organization_id, id",
        args![hash(secret), now.0],
        |row| {
            let organization = row.take()?;
            let id: String = row.take()?;
            Ok(Leaked {
                user: None,
                organization,
                client: Some(id.clone()),
                credential: id,
            })
        },
    )?;
    Ok(found)
}
