//! Introspection: what a client may learn about a token that was issued to it (RFC 7662). Of any other token it learns
//! nothing, not even that it exists.

use http::StatusCode;
use tallystick_db::{Tx, args};
use tallystick_wire::Time;
use tallystick_wire::oauth::Introspection;
use tallystick_wire::token::{self, Kind};

use crate::app::App;
use crate::clock::SECOND;
use crate::http::caller::hash;
use crate::oauth::door::{Answered, Asking, whole};
use crate::oauth::{Client, OAuthRefusal};

/// Answers an introspection request.
pub async fn answer(asking: Asking) -> Answered {
    let secret = asking.needed("token")?;
    let claim = asking.claim()?;
    let (app, origin) = (asking.app.clone(), asking.origin.clone());
    let write = asking.app.write(move |tx| {
        let client = claim.check(tx, &app, &origin)?;
        if !client.is_confidential() {
            return Err(OAuthRefusal::client(false));
        }
        look(tx, &app, &client, &secret, app.clock.now())
    });
    whole(StatusCode::OK, &write.await?)
}

const PERSON: &str = "SELECT k.scopes, k.expires_at, k.created_at, k.user_id, u.email, k.organization_id \
    FROM tokens k JOIN users u ON u.id = k.user_id AND u.epoch = k.user_epoch AND u.suspended_at IS NULL \
    LEFT JOIN memberships m ON m.organization_id = k.organization_id AND m.user_id = k.user_id \
    WHERE k.secret_hash = $1 AND k.client_id = $2 AND k.revoked_at IS NULL AND k.expires_at > $3 \
        AND (k.organization_id IS NULL OR (m.status = 'active' AND m.epoch = k.membership_epoch))";

const REFRESH: &str = "SELECT r.scopes, r.expires_at, r.created_at, a.user_id, u.email, a.organization_id \
    FROM refresh_tokens r JOIN authorizations a ON a.id = r.authorization_id AND a.ended_at IS NULL \
    JOIN users u ON u.id = a.user_id AND u.epoch = a.user_epoch AND u.suspended_at IS NULL \
    WHERE r.secret_hash = $1 AND r.client_id = $2 AND r.revoked_at IS NULL AND r.used_at IS NULL AND r.expires_at > $3";

const APPLICATION: &str = "SELECT k.scopes, k.expires_at, k.created_at, CAST(NULL AS BIGINT), CAST(NULL AS TEXT), k.organization_id \
    FROM application_tokens k WHERE k.secret_hash = $1 AND k.client_id = $2 AND k.revoked_at IS NULL AND k.expires_at > $3";

fn look(
    tx: &mut Tx<'_>,
    app: &App,
    client: &Client,
    secret: &str,
    now: Time,
) -> Result<Introspection, OAuthRefusal> {
    let (sql, token_type) = match token::recognise(secret) {
        Some(Kind::OAuth | Kind::Issued) => (PERSON, "Bearer"),
        Some(Kind::Refresh) => (REFRESH, "refresh_token"),
        Some(Kind::Application) => (APPLICATION, "Bearer"),
        _ => return Ok(Introspection::default()),
    };
    let found = tx.maybe(sql, args![hash(secret), &client.id, now.0], |row| {
        Ok(Introspection {
            active: true,
            scope: Some(row.take()?),
            exp: Some(row.take::<i64>()? / SECOND),
            iat: Some(row.take::<i64>()? / SECOND),
            sub: row.take::<Option<i64>>()?.map(|user| user.to_string()),
            username: row.take()?,
            org_id: row.take()?,
            client_id: Some(client.id.clone()),
            token_type: Some(token_type.to_owned()),
            iss: Some(app.origin().to_owned()),
        })
    })?;
    let found = found.map(|found| Introspection {
        // An application's own token is about the application.
        sub: found.sub.clone().or_else(|| Some(client.id.clone())),
        ..found
    });
    Ok(found.unwrap_or_default())
}
