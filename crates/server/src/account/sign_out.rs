//! Signing out: what somebody came with ends, and on installations that want it so, their personal access tokens too.

use tallystick_db::{Result, Tx, args};
use tallystick_wire::Time;

use crate::account::session;
use crate::app::App;
use crate::audit::{Event, Origin};
use crate::oauth::authorization;

/// What somebody came with.
#[derive(Debug, Clone, Copy)]
pub enum With<'a> {
    /// A browser's session, by its id.
    Session(&'a str),
    /// An access token, by its id.
    Token(&'a str),
}

/// Ends it. A token that came from an authorization ends with all of that.
pub fn sign_out(
    tx: &mut Tx<'_>,
    app: &App,
    user_id: i64,
    with: With<'_>,
    origin: &Origin,
    now: Time,
) -> Result<()> {
    let credential = match with {
        With::Session(id) => {
            session::end(tx, user_id, id, now)?;
            id
        }
        With::Token(id) => {
            let under = tx.maybe(
                "UPDATE tokens SET revoked_at = $3 WHERE id = $1 AND user_id = $2 RETURNING authorization_id",
                args![id, user_id, now.0],
                |row| row.take::<Option<String>>(),
            )?;
            if let Some(authorization) = under.flatten() {
                authorization::end(tx, &authorization, now)?;
            }
            id
        }
    };
    if app.settings.tokens.revoke_on_logout {
        tx.run(
            "UPDATE tokens SET revoked_at = $2 WHERE user_id = $1 AND kind = 'personal' AND revoked_at IS NULL",
            args![user_id, now.0],
        )?;
    }
    let event = Event::new("logged_out").by(user_id).of(user_id);
    event.with(credential).from(origin).record(tx, app, now)
}
