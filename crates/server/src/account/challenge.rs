//! Between the right password and the second factor: a secret that stands for "this person owes a code".

use tallystick_db::{Tx, args};
use tallystick_wire::Time;
use tallystick_wire::token::{Kind, recognise};

use crate::account::second_factor::{self, Attempted};
use crate::account::sign_in::Person;
use crate::account::throttle;
use crate::app::App;
use crate::audit::Origin;
use crate::clock::{DAY, MINUTE};
use crate::http::caller::hash;
use crate::http::error::Refusal;

/// How long it is good.
const LIFE: i64 = 5 * MINUTE;
/// Wrong codes that one challenge takes; after that the password has to be given again.
const TRIES: u32 = 5;

/// Begins a challenge for somebody whose password was right; answers its secret.
pub fn begin(
    tx: &mut Tx<'_>,
    app: &App,
    person: Person,
    now: Time,
) -> tallystick_db::Result<String> {
    let secret = app.ids.token(Kind::Code);
    tx.run(
        "INSERT INTO sign_in_challenges (secret_hash, user_id, user_epoch, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)",
        args![
            hash(&secret),
            person.user_id,
            person.epoch,
            now.0,
            now.plus(LIFE).0
        ],
    )?;
    Ok(secret)
}

/// Answers a challenge with a code of the authenticator app, or with a recovery code. `None`: the code is wrong, or the
/// challenge is over. A right answer uses it up.
pub async fn answer(
    app: &App,
    secret: &str,
    code: &str,
    origin: &Origin,
) -> Result<Option<Person>, Refusal> {
    if recognise(secret) != Some(Kind::Code) {
        return Ok(None);
    }
    let (inside, secret_hash, code, origin) =
        (app.clone(), hash(secret), code.to_owned(), origin.clone());
    let write = app.write(move |tx| {
        let now = inside.clock.now();
        let subject = format!("challenge {secret_hash}");
        let Some(person) = standing(tx, &secret_hash, now)? else {
            return Ok(None);
        };
        if throttle::until(tx, &subject, TRIES, now)?.is_some() {
            return Ok(None);
        }
        match second_factor::attempt(tx, &inside, person.user_id, &code, Some(&origin), now)? {
            Attempted::Right => {}
            Attempted::Wrong => {
                throttle::failed(tx, &subject, now)?;
                return Ok(None);
            }
        }
        let used = tx.run(
            "UPDATE sign_in_challenges SET used_at = $2 WHERE secret_hash = $1 AND used_at IS NULL",
            args![&secret_hash, now.0],
        )?;
        Ok::<_, Refusal>((used == 1).then_some(person))
    });
    write.await
}

/// Who owes the code, if the challenge and their account still stand.
fn standing(
    tx: &mut Tx<'_>,
    secret_hash: &str,
    now: Time,
) -> tallystick_db::Result<Option<Person>> {
    tx.maybe(
        "SELECT u.id, u.epoch FROM sign_in_challenges c \
         JOIN users u ON u.id = c.user_id AND u.epoch = c.user_epoch AND u.suspended_at IS NULL \
         WHERE c.secret_hash = $1 AND c.used_at IS NULL AND c.expires_at > $2",
        args![secret_hash, now.0],
        |row| {
            Ok(Person {
                user_id: row.take()?,
                epoch: row.take()?,
            })
        },
    )
}

/// Forgets challenges that are over.
pub fn forget_old(tx: &mut Tx<'_>, now: Time) -> tallystick_db::Result<u64> {
    tx.run(
        "DELETE FROM sign_in_challenges WHERE expires_at < $1",
        args![now.0 - DAY],
    )
}
