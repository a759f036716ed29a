//! What a client gets: an access token, and a refresh token with it.

use tallystick_db::Tx;
use tallystick_wire::Time;
use tallystick_wire::oauth::TokenAnswer;
use tallystick_wire::token::Kind;

use crate::app::App;
use crate::clock::SECOND;
use crate::http::access::Scopes;
use crate::oauth::authorization::{self, How, NewAuthorization};
use crate::oauth::{Client, GrantType, OAuthRefusal, refresh};
use crate::token::policy;
use crate::token::store::{Order, issue_under};

/// How long what this client gets lives, in seconds: access token, refresh token.
fn lives(app: &App, client: &Client) -> (i64, i64) {
    let settings = &app.settings.oauth;
    if client.self_registered {
        (
            settings.self_registered_access,
            settings.self_registered_refresh,
        )
    } else {
        (settings.access, settings.refresh)
    }
}

/// For whom and what tokens are issued.
#[derive(Debug)]
pub struct Holder<'a> {
    /// The authorization's id.
    pub authorization: &'a str,
    /// The person.
    pub user_id: i64,
    /// Where only.
    pub organization: Option<&'a str>,
    /// What for.
    pub scopes: &'a Scopes,
}

/// Makes an authorization and the first tokens under it.
///
/// Refuses a person who may not give it: suspended, not an active member there, or in an organisation whose policy is
/// against this grant.
pub fn begin(
    tx: &mut Tx<'_>,
    app: &App,
    client: &Client,
    holder: &Holder<'_>,
    how: How,
    now: Time,
) -> Result<TokenAnswer, OAuthRefusal> {
    let grant = match how {
        How::Code | How::SignIn => GrantType::AuthorizationCode,
        How::Device => GrantType::DeviceCode,
        How::Implicit => GrantType::Implicit,
        How::Password => GrantType::Password,
        How::Issued => GrantType::ClientCredentials,
    };
    if !policy::may_connect(tx, client, holder.user_id, holder.organization, grant)? {
        return Err(OAuthRefusal::grant());
    }
    let (access, refresh) = lives(app, client);
    let gets_refresh = how != How::Implicit;
    let longest = if gets_refresh {
        access.max(refresh)
    } else {
        access
    };
    let new = NewAuthorization {
        id: holder.authorization,
        client: Some(&client.id),
        user_id: holder.user_id,
        organization: holder.organization,
        how,
        scopes: holder.scopes,
        expires_at: now.plus(longest * SECOND),
    };
    authorization::insert(tx, &new, now)?;
    issue(
        tx,
        app,
        client,
        holder,
        (access, gets_refresh.then_some(refresh)),
        now,
    )
}

/// Another pair under an authorization that stands.
pub fn renew(
    tx: &mut Tx<'_>,
    app: &App,
    client: &Client,
    holder: &Holder<'_>,
    narrowed: &Scopes,
    now: Time,
) -> Result<(TokenAnswer, String), OAuthRefusal> {
    let (access, life) = lives(app, client);
    let access_holder = Holder {
        scopes: narrowed,
        ..*holder
    };
    let (mut answer, token_id) = access_token(tx, app, client, &access_holder, access, now)?;
    // The refresh token keeps all that was allowed, whatever this access token was narrowed to.
    let (secret, secret_hash) = refresh::insert(tx, app, client, holder, &token_id, life, now)?;
    tx.run(
        "UPDATE authorizations SET expires_at = $2 WHERE id = $1",
        tallystick_db::args![holder.authorization, now.plus(life.max(access) * SECOND).0],
    )?;
    answer.refresh_token = Some(secret);
    Ok((answer, secret_hash))
}

fn issue(
    tx: &mut Tx<'_>,
    app: &App,
    client: &Client,
    holder: &Holder<'_>,
    (access, refresh): (i64, Option<i64>),
    now: Time,
) -> Result<TokenAnswer, OAuthRefusal> {
    let (mut answer, token_id) = access_token(tx, app, client, holder, access, now)?;
    if let Some(life) = refresh {
        let (secret, _) = refresh::insert(tx, app, client, holder, &token_id, life, now)?;
        answer.refresh_token = Some(secret);
    }
    Ok(answer)
}

fn access_token(
    tx: &mut Tx<'_>,
    app: &App,
    client: &Client,
    holder: &Holder<'_>,
    life: i64,
    now: Time,
) -> Result<(TokenAnswer, String), OAuthRefusal> {
    let order = Order {
        user_id: holder.user_id,
        name: &client.name,
        scopes: holder.scopes,
        organization_id: holder.organization,
        expires_at: Some(now.plus(life * SECOND)),
    };
    let under = (Some(client.id.as_str()), holder.authorization);
    let (id, secret) = issue_under(tx, &app.ids, Kind::OAuth, &order, under, now)?;
    let answer = TokenAnswer {
        token_type: "Bearer".to_owned(),
        expires_in: life,
        access_token: secret,
        refresh_token: None,
        scope: Some(holder.scopes.to_stored()),
    };
    Ok((answer, id))
}
