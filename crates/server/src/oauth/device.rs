//! The device grant: a program without a browser shows a short code, a person types it in elsewhere (RFC 8628).

use tallystick_db::{Tx, args};
use tallystick_wire::Time;
use tallystick_wire::oauth::{DeviceAuthorization, TokenAnswer};
use tallystick_wire::token::Kind;

use crate::app::App;
use crate::audit::{Event, Origin};
use crate::clock::SECOND;
use crate::http::access::Scopes;
use crate::http::caller::hash;
use crate::mail;
use crate::oauth::authorization::How;
use crate::oauth::tokens::{self, Holder};
use crate::oauth::{Client, OAuthRefusal, client};

/// Seconds that a device and its code have.
const LIFE: i64 = 600;
/// Seconds between two polls at first, and what is added when a device polls too often.
const WAIT: i64 = 5;

/// A code as it is compared: letters only, in upper case.
#[must_use]
pub fn fold(user_code: &str) -> String {
    user_code
        .chars()
        .filter(char::is_ascii_alphabetic)
        .map(|letter| letter.to_ascii_uppercase())
        .collect()
}

/// Begins: a code for the device, a code for the person.
pub fn start(
    tx: &mut Tx<'_>,
    app: &App,
    client: &Client,
    scopes: &Scopes,
    now: Time,
) -> Result<DeviceAuthorization, OAuthRefusal> {
    let device_code = app.ids.token(Kind::Device);
    let user_code = app.ids.user_code();
    tx.run(
        "INSERT INTO device_codes (device_hash, user_code_hash, client_id, scopes, state, wait_seconds, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, 'pending', $5, $6, $7)",
        args![
            hash(&device_code),
            hash(&user_code),
            &client.id,
            scopes.to_stored(),
            WAIT,
            now.0,
            now.plus(LIFE * SECOND).0
        ],
    )?;
    let shown = format!("{}-{}", &user_code[..4], &user_code[4..]);
    let verification_uri = format!("{}/app/device", app.origin());
    Ok(DeviceAuthorization {
        device_code,
        verification_uri_complete: format!("{verification_uri}?user_code={shown}"),
        verification_uri,
        user_code: shown,
        expires_in: LIFE,
        interval: WAIT,
    })
}

/// The client and the scopes behind a code that a person typed, while the device waits for an answer.
pub fn find(
    tx: &mut Tx<'_>,
    user_code: &str,
    now: Time,
) -> tallystick_db::Result<Option<(Client, Scopes)>> {
    let found = tx.maybe(
        "SELECT client_id, scopes FROM device_codes WHERE user_code_hash = $1 AND state = 'pending' AND expires_at > $2",
        args![hash(&fold(user_code)), now.0],
        |row| Ok((row.take::<String>()?, row.take::<String>()?)),
    )?;
    let Some((id, scopes)) = found else {
        return Ok(None);
    };
    Ok(client::find(tx, &id)?.map(|client| (client, Scopes::stored(&scopes))))
}

/// What a person decides about a device.
#[derive(Debug)]
pub struct Decision<'a> {
    /// As typed.
    pub user_code: &'a str,
    /// Who.
    pub user_id: i64,
    /// Where only.
    pub organization: Option<&'a str>,
    /// What for, at most what was asked; none to deny.
    pub scopes: Option<&'a Scopes>,
}

/// Writes the decision down; false when there is nothing to decide any more.
pub fn decide(tx: &mut Tx<'_>, decision: &Decision<'_>, now: Time) -> tallystick_db::Result<bool> {
    let state = if decision.scopes.is_some() {
        "approved"
    } else {
        "denied"
    };
    let decided = tx.run(
        "UPDATE device_codes SET state = $2, user_id = $3, organization_id = $4, scopes = COALESCE($5, scopes), \
            user_epoch = (SELECT u.epoch FROM users u WHERE u.id = $3) \
         WHERE user_code_hash = $1 AND state = 'pending' AND expires_at > $6",
        args![
            hash(&fold(decision.user_code)),
            state,
            decision.user_id,
            decision.organization,
            decision.scopes.map(Scopes::to_stored),
            now.0
        ],
    )?;
    Ok(decided == 1)
}

struct Waiting {
    state: String,
    wait: i64,
    polled_at: Option<i64>,
    expires_at: i64,
}

/// What a device hears when it asks.
pub fn poll(
    tx: &mut Tx<'_>,
    app: &App,
    client: &Client,
    device_code: &str,
    origin: &Origin,
    now: Time,
) -> Result<TokenAnswer, OAuthRefusal> {
    let device_hash = hash(device_code);
    let found = tx.maybe(
        "SELECT t.state, t.wait_seconds, t.polled_at, t.expires_at FROM device_codes t \
         WHERE t.device_hash = $1 AND t.client_id = $2 /*lock t*/",
        args![&device_hash, &client.id],
        |row| {
            Ok(Waiting {
                state: row.take()?,
                wait: row.take()?,
                polled_at: row.take()?,
                expires_at: row.take()?,
            })
        },
    )?;
    let waiting = found.ok_or_else(OAuthRefusal::grant)?;
    if waiting.state == "used" {
        return Err(OAuthRefusal::grant());
    }
    if waiting.expires_at <= now.0 {
        return Err(OAuthRefusal::code(
            "expired_token",
            "The device code has run out; begin again",
        ));
    }
    let too_early = waiting
        .polled_at
        .is_some_and(|before| now.0 - before < waiting.wait * SECOND);
    let wait = if too_early {
        waiting.wait + WAIT
    } else {
        waiting.wait
    };
    tx.run(
        "UPDATE device_codes SET polled_at = $2, wait_seconds = $3 WHERE device_hash = $1",
        args![&device_hash, now.0, wait],
    )?;
    if too_early {
        return Err(
            OAuthRefusal::code("slow_down", format!("Ask every {wait} seconds at most")).keeping(),
        );
    }
    match waiting.state.as_str() {
        "denied" => Err(OAuthRefusal::code("access_denied", "The person refused").keeping()),
        "approved" => finish(tx, app, client, &device_hash, origin, now),
        _ => Err(
            OAuthRefusal::code("authorization_pending", "The person has not answered yet")
                .keeping(),
        ),
    }
}

fn finish(
    tx: &mut Tx<'_>,
    app: &App,
    client: &Client,
    device_hash: &str,
    origin: &Origin,
    now: Time,
) -> Result<TokenAnswer, OAuthRefusal> {
    let taken = tx.maybe(
        "UPDATE device_codes SET state = 'used' WHERE device_hash = $1 AND state = 'approved' \
            AND user_epoch = (SELECT u.epoch FROM users u WHERE u.id = device_codes.user_id AND u.suspended_at IS NULL) \
         RETURNING user_id, organization_id, scopes",
        args![device_hash],
        |row| Ok((row.take::<i64>()?, row.take::<Option<String>>()?, row.take::<String>()?)),
    )?;
    let (user_id, organization, scopes) = taken.ok_or_else(OAuthRefusal::grant)?;
    let (authorization, scopes) = (app.ids.object(now), Scopes::stored(&scopes));
    let holder = Holder {
        authorization: &authorization,
        user_id,
        organization: organization.as_deref(),
        scopes: &scopes,
    };
    let answer = match tokens::begin(tx, app, client, &holder, How::Device, now) {
        Err(refusal) if refusal.error == "invalid_grant" => return Err(refusal.keeping()),
        ended => ended?,
    };
    Event::new("device_connected")
        .by(user_id)
        .of(user_id)
        .inside(organization.as_deref().unwrap_or_default())
        .through(&client.id)
        .with(&authorization)
        .from(origin)
        .record(tx, app, now)?;
    let notice = mail::Notice::NewApplication { client: &client.id };
    mail::notice(tx, app, notice, user_id, now)?;
    Ok(answer)
}
