//! `Idempotency-Key` on every POST (contract: auth, section 12.1; RFC draft "The Idempotency-Key HTTP Header Field").
//!
//! The key is stored in the same transaction as what the request changes, so "done" and "remembered as
//! done" cannot part. A request that is refused leaves no key behind.

use http::StatusCode;
use sha2::{Digest, Sha256};
use tallystick_db::{Tx, args};
use tallystick_wire::Time;

use crate::clock::DAY;
use crate::http::error::{Reason, Refusal};
use crate::http::reply::Reply;
use crate::http::request::Request;

/// Longest key.
const LONGEST: usize = 255;

/// A key that this request holds and has to fill in.
pub struct Held {
    caller: String,
    route: String,
    key: String,
}

/// What a key says.
pub enum Standing {
    /// No key was sent.
    Unasked,
    /// The key is new: do the work, then [`Held::remember`].
    New(Held),
    /// The work was done before; this was the answer.
    Done(Reply),
}

/// Looks the key up and takes it if it is new. `caller` is the kind and number of who asks, such as `user 1001`.
pub fn begin(
    tx: &mut Tx<'_>,
    request: &Request,
    caller: String,
    now: Time,
) -> Result<Standing, Refusal> {
    let Some(key) = &request.idempotency_key else {
        return Ok(Standing::Unasked);
    };
    if key.is_empty() || key.len() > LONGEST {
        return Err(Refusal::invalid(
            "Idempotency-Key",
            format!("The Idempotency-Key header must be 1 to {LONGEST} characters"),
        ));
    }
    let route = format!(
        "{} {}",
        request.method,
        request.path.strip_prefix("/api").unwrap_or(&request.path)
    );
    let body_hash = format!("{:x}", Sha256::digest(request.body.bytes()));
    tx.run(
        "DELETE FROM idempotency WHERE caller = $1 AND route = $2 AND idempotency_key = $3 AND created_at < $4",
        args![&caller, &route, key, now.0 - DAY],
    )?;
    // Two requests with one key at the same moment: the second waits here until the first has ended.
    let taken = tx.run(
        "INSERT INTO idempotency (caller, route, idempotency_key, body_hash, status, body, created_at) \
         VALUES ($1, $2, $3, $4, 0, '', $5) ON CONFLICT DO NOTHING",
        args![&caller, &route, key, &body_hash, now.0],
    )?;
    if taken == 1 {
        return Ok(Standing::New(Held {
            caller,
            route,
            key: key.clone(),
        }));
    }
    let (first_hash, status, body) = tx.one(
        "SELECT body_hash, status, body FROM idempotency WHERE caller = $1 AND route = $2 AND idempotency_key = $3",
        args![&caller, &route, key],
        |row| Ok((row.take::<String>()?, row.take::<i64>()?, row.take::<String>()?)),
    )?;
    if first_hash != body_hash {
        return Err(Refusal::invalid(
            "Idempotency-Key",
            "This Idempotency-Key was used with another body",
        ));
    }
    let status = u16::try_from(status)
        .ok()
        .and_then(|status| StatusCode::from_u16(status).ok());
    match status {
        Some(status) => Ok(Standing::Done(Reply { status, body: body.into_bytes(), secret: false, replayed: true })),
        None => Err(Reason::Conflict {
            code: "ALREADY_DONE",
            message: "This was done before under the same Idempotency-Key; its answer held a secret and is not shown again".to_owned(),
        }
        .into()),
    }
}

impl Held {
    /// Stores the answer. One that holds a secret is remembered as done, without its content.
    pub fn remember(self, tx: &mut Tx<'_>, reply: &Reply) -> Result<(), Refusal> {
        let (status, body) = if reply.secret {
            (0, String::new())
        } else {
            (
                i64::from(reply.status.as_u16()),
                String::from_utf8_lossy(&reply.body).into_owned(),
            )
        };
        tx.later(
            "UPDATE idempotency SET status = $4, body = $5 WHERE caller = $1 AND route = $2 AND idempotency_key = $3",
            args![self.caller, self.route, self.key, status, body],
        )?;
        Ok(())
    }
}

/// Forgets keys older than a day.
pub fn forget_old(tx: &mut Tx<'_>, now: Time) -> tallystick_db::Result<u64> {
    tx.run(
        "DELETE FROM idempotency WHERE created_at < $1",
        args![now.0 - DAY],
    )
}
