//! The second factor: one-time passwords of an authenticator app (RFC 6238: SHA-1, 6 digits, 30 seconds, one step of
//! tolerance). Each time step is taken once, so that a code somebody looked over a shoulder is worth nothing.

use qrcode::QrCode;
use qrcode::render::svg;
use subtle::ConstantTimeEq;
use tallystick_db::{Tx, args};
use tallystick_wire::Time;
use totp_rs::{Algorithm, TOTP};

use crate::account::{recovery, store, throttle};
use crate::app::App;
use crate::audit::{Event, Origin};
use crate::clock::SECOND;
use crate::http::error::{Reason, Refusal};
use crate::mail::{self, Notice};
use crate::secret_key;

const STEP: i64 = 30;
const SKEW: i64 = 1;
/// RFC 4226 recommends 160 bits.
const SECRET: usize = 20;

/// What an authenticator app needs. It holds the secret: shown once, never stored or logged.
pub struct Enrolment {
    /// For who types it.
    pub secret_base32: String,
    /// For an app on the same device.
    pub otpauth_uri: String,
    /// For an app that scans.
    pub qr_svg: String,
}

/// What came of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attempted {
    /// It was right, and is used up.
    Right,
    /// It was wrong; that is counted and recorded.
    Wrong,
}

/// Whether somebody's sign-in takes a second factor.
pub fn is_on(tx: &mut Tx<'_>, user_id: i64) -> tallystick_db::Result<bool> {
    let found = tx.maybe(
        "SELECT user_id FROM second_factors WHERE user_id = $1 AND confirmed_at IS NOT NULL",
        args![user_id],
        |row| row.take::<i64>(),
    )?;
    Ok(found.is_some())
}

/// How many recovery codes somebody has left.
pub fn recovery_codes_left(tx: &mut Tx<'_>, user_id: i64) -> tallystick_db::Result<i64> {
    recovery::left(tx, user_id)
}

fn totp(secret: Vec<u8>, email: &str) -> Result<TOTP, Refusal> {
    // The label of an otpauth address separates its parts with a colon.
    let label = email.replace(':', "_");
    TOTP::new(
        Algorithm::SHA1,
        6,
        0,
        STEP as u64,
        secret,
        Some("Tallystick".to_owned()),
        label,
    )
    .map_err(|error| tallystick_db::DbError::Other(error.to_string()).into())
}

/// Begins to set one up: nothing changes at sign-in until a first code confirms it. Doing it again makes a new secret.
pub async fn start(app: &App, user_id: i64) -> Result<Enrolment, Refusal> {
    let inside = app.clone();
    let write = app.write(move |tx| {
        let now = inside.clock.now();
        if is_on(tx, user_id)? {
            return Err(already_on());
        }
        let account = store::find(tx, user_id)?.ok_or_else(Refusal::not_found)?;
        if !secret_key::is_in_use(tx)? {
            inside.secret_key.make(&inside.ids)?;
        }
        let secret = inside.ids.bytes::<SECRET>();
        let sealed = inside.secret_key.seal(user_id, &secret, &inside.ids)?;
        tx.run(
            "INSERT INTO second_factors (user_id, sealed_secret, last_step, created_at) VALUES ($1, $2, 0, $3) \
             ON CONFLICT (user_id) DO UPDATE SET sealed_secret = excluded.sealed_secret, last_step = 0, \
                created_at = excluded.created_at WHERE second_factors.confirmed_at IS NULL",
            args![user_id, sealed, now.0],
        )?;
        totp(secret.to_vec(), &account.email)
    });
    let totp = write.await?;
    let otpauth_uri = totp.get_url();
    let qr = QrCode::new(otpauth_uri.as_bytes())
        .map_err(|error| Refusal::from(tallystick_db::DbError::Other(error.to_string())))?;
    Ok(Enrolment {
        secret_base32: totp.get_secret_base32(),
        qr_svg: qr
            .render::<svg::Color<'_>>()
            .min_dimensions(220, 220)
            .build(),
        otpauth_uri,
    })
}

fn already_on() -> Refusal {
    Reason::Conflict {
        code: "SECOND_FACTOR_ON",
        message: "The second factor is on already; switch it off before setting up another"
            .to_owned(),
    }
    .into()
}

/// Switches it on with a first code; answers ten recovery codes, shown this once. `None`: the code is wrong.
pub async fn confirm(
    app: &App,
    user_id: i64,
    code: &str,
    origin: &Origin,
) -> Result<Option<Vec<String>>, Refusal> {
    let (inside, code, origin) = (app.clone(), code.to_owned(), origin.clone());
    let write = app.write(move |tx| {
        let now = inside.clock.now();
        let account = store::find(tx, user_id)?.ok_or_else(Refusal::not_found)?;
        store::may_try(tx, &inside, &account, now)?;
        if is_on(tx, user_id)? {
            return Err(already_on());
        }
        if !take_step(tx, &inside, user_id, &code, false, now)? {
            throttle::failed(tx, &account.subject(), now)?;
            return Ok(None);
        }
        tx.run(
            "UPDATE second_factors SET confirmed_at = $2 WHERE user_id = $1 AND confirmed_at IS NULL",
            args![user_id, now.0],
        )?;
        let codes = recovery::renew(tx, &inside, user_id, now)?;
        let event = Event::new("second_factor_enabled").by(user_id).of(user_id);
        event.from(&origin).record(tx, &inside, now)?;
        mail::notice(tx, &inside, Notice::SecondFactorOn, user_id, now)?;
        Ok::<_, Refusal>(Some(codes))
    });
    write.await
}

/// Switches it off and forgets its secret. Whether the caller may is asked before: a password or code given just now.
pub async fn turn_off(app: &App, user_id: i64, origin: &Origin) -> Result<(), Refusal> {
    let (inside, origin) = (app.clone(), origin.clone());
    let write = app.write(move |tx| {
        let now = inside.clock.now();
        let was_on = is_on(tx, user_id)?;
        tx.run(
            "DELETE FROM second_factors WHERE user_id = $1",
            args![user_id],
        )?;
        recovery::clear(tx, user_id)?;
        if was_on {
            let event = Event::warning("second_factor_disabled")
                .by(user_id)
                .of(user_id);
            event.from(&origin).record(tx, &inside, now)?;
            mail::notice(tx, &inside, Notice::SecondFactorOff, user_id, now)?;
        }
        Ok::<_, Refusal>(())
    });
    write.await
}

/// Ten new recovery codes in place of the old ones.
pub async fn new_recovery_codes(
    app: &App,
    user_id: i64,
    origin: &Origin,
) -> Result<Vec<String>, Refusal> {
    let (inside, origin) = (app.clone(), origin.clone());
    let write = app.write(move |tx| {
        let now = inside.clock.now();
        if !is_on(tx, user_id)? {
            return Err(Refusal::bad_request("The second factor is not on"));
        }
        let codes = recovery::renew(tx, &inside, user_id, now)?;
        let event = Event::new("recovery_codes_renewed").by(user_id).of(user_id);
        event.from(&origin).record(tx, &inside, now)?;
        Ok::<_, Refusal>(codes)
    });
    write.await
}

/// Whether a code is right; it is then used up. A wrong one counts like a wrong password.
pub async fn verify(app: &App, user_id: i64, code: &str) -> Result<bool, Refusal> {
    let (inside, code) = (app.clone(), code.to_owned());
    let write = app.write(move |tx| {
        let now = inside.clock.now();
        attempt(tx, &inside, user_id, &code, None, now)
    });
    Ok(write.await? == Attempted::Right)
}

/// Tries a code of the app, or a recovery code. Whoever calls must commit, whatever comes of it.
pub fn attempt(
    tx: &mut Tx<'_>,
    app: &App,
    user_id: i64,
    code: &str,
    origin: Option<&Origin>,
    now: Time,
) -> Result<Attempted, Refusal> {
    let account = store::find(tx, user_id)?.ok_or_else(Refusal::not_found)?;
    store::may_try(tx, app, &account, now)?;
    let by_app = looks_like_a_code(code);
    let right = is_on(tx, user_id)?
        && if by_app {
            take_step(tx, app, user_id, code, true, now)?
        } else {
            recovery::take(tx, user_id, code, now)?
        };
    if right {
        throttle::succeeded(tx, &account.subject())?;
        if !by_app {
            note(tx, app, "recovery_code_used", user_id, origin, now)?;
        }
        return Ok(Attempted::Right);
    }
    throttle::failed(tx, &account.subject(), now)?;
    note(tx, app, "second_factor_failed", user_id, origin, now)?;
    Ok(Attempted::Wrong)
}

fn note(
    tx: &mut Tx<'_>,
    app: &App,
    event: &'static str,
    user_id: i64,
    origin: Option<&Origin>,
    now: Time,
) -> tallystick_db::Result<()> {
    let event = Event::warning(event).of(user_id);
    match origin {
        Some(origin) => event.from(origin).record(tx, app, now),
        None => event.record(tx, app, now),
    }
}

fn looks_like_a_code(code: &str) -> bool {
    let mut digits = code.chars().filter(|letter| !letter.is_whitespace());
    digits.clone().count() == 6 && digits.all(|letter| letter.is_ascii_digit())
}

/// Takes the time step of a code: it must fit one of the steps around now, and be later than the last one taken.
fn take_step(
    tx: &mut Tx<'_>,
    app: &App,
    user_id: i64,
    code: &str,
    confirmed: bool,
    now: Time,
) -> Result<bool, Refusal> {
    let sealed = tx.maybe(
        "SELECT sealed_secret FROM second_factors WHERE user_id = $1 AND (confirmed_at IS NOT NULL) = $2",
        args![user_id, confirmed],
        |row| row.take::<String>(),
    )?;
    let Some(sealed) = sealed else {
        return Ok(false);
    };
    let totp = totp(app.secret_key.open(user_id, &sealed)?, "")?;
    let code: String = code
        .chars()
        .filter(|letter| !letter.is_whitespace())
        .collect();
    let this = now.0 / SECOND / STEP;
    let fits = |step: i64| {
        let wanted = totp.generate(u64::try_from(step * STEP).unwrap_or_default());
        bool::from(wanted.as_bytes().ct_eq(code.as_bytes()))
    };
    let Some(step) = (this - SKEW..=this + SKEW).find(|step| fits(*step)) else {
        return Ok(false);
    };
    let taken = tx.run(
        "UPDATE second_factors SET last_step = $2 WHERE user_id = $1 AND last_step < $2",
        args![user_id, step],
    )?;
    Ok(taken == 1)
}
