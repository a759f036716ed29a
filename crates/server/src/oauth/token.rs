//! The token endpoint and the revocation endpoint (RFC 6749, section 3.2; RFC 7009).

use http::StatusCode;
use tallystick_db::{Tx, args};
use tallystick_wire::Time;
use tallystick_wire::oauth::TokenAnswer;
use tallystick_wire::token::{self, Kind};

use crate::account::sign_in::{self, Attempt, Verdict};
use crate::app::App;
use crate::audit::{Event, Origin};
use crate::clock::SECOND;
use crate::http::access::Scopes;
use crate::http::caller::hash;
use crate::oauth::authorization::{self, How};
use crate::oauth::authorize::asked_scopes;
use crate::oauth::code::{self, Presented};
use crate::oauth::door::{Answered, Asking, Claim, whole};
use crate::oauth::tokens::{self, Holder};
use crate::oauth::{Client, GrantType, OAuthRefusal, device, refresh};
use crate::token::policy;

/// Answers a token request. `for_assistants` is the address that offers codes and refreshing only.
pub async fn answer(asking: Asking, for_assistants: bool) -> Answered {
    let named = asking.needed("grant_type")?;
    let grant = GrantType::read(&named)
        .filter(|grant| *grant != GrantType::Implicit)
        .filter(|grant| {
            !for_assistants
                || matches!(
                    grant,
                    GrantType::AuthorizationCode | GrantType::RefreshToken
                )
        })
        .ok_or_else(|| {
            OAuthRefusal::code(
                "unsupported_grant_type",
                format!("The grant_type {named:.40} is not offered here"),
            )
        })?;
    let answer = match grant {
        GrantType::Password => by_password(asking).await?,
        _ => in_one_go(asking, grant).await?,
    };
    whole(StatusCode::OK, &answer)
}

/// What each grant presents, read before the transaction.
enum Proof {
    Nothing,
    Code {
        code: String,
        redirect_uri: String,
        verifier: Option<String>,
    },
    Refresh {
        secret: String,
    },
    Device {
        code: String,
    },
}

async fn in_one_go(asking: Asking, grant: GrantType) -> Result<TokenAnswer, OAuthRefusal> {
    let claim = asking.claim()?;
    let scope = asking.text("scope");
    let proof = match grant {
        GrantType::AuthorizationCode => Proof::Code {
            code: asking.needed("code")?,
            redirect_uri: asking.text("redirect_uri").unwrap_or_default(),
            verifier: asking.text("code_verifier"),
        },
        GrantType::RefreshToken => Proof::Refresh {
            secret: asking.needed("refresh_token")?,
        },
        GrantType::DeviceCode => Proof::Device {
            code: asking.needed("device_code")?,
        },
        _ => Proof::Nothing,
    };
    let (app, origin) = (asking.app.clone(), asking.origin.clone());
    let write = asking.app.write(move |tx| {
        let now = app.clock.now();
        let client = admitted(tx, &app, &claim, grant, &origin)?;
        match &proof {
            Proof::Nothing => for_itself(tx, &app, &client, scope.as_deref(), &origin, now),
            Proof::Code {
                code,
                redirect_uri,
                verifier,
            } => {
                let presented = Presented {
                    code,
                    redirect_uri,
                    verifier: verifier.as_deref(),
                };
                code::exchange(tx, &app, &client, &presented, &origin, now)
            }
            Proof::Refresh { secret } => {
                refresh::exchange(tx, &app, &client, (secret, scope.as_deref()), &origin, now)
            }
            Proof::Device { code } => device::poll(tx, &app, &client, code, &origin, now),
        }
    });
    write.await
}

fn admitted(
    tx: &mut Tx<'_>,
    app: &App,
    claim: &Claim,
    grant: GrantType,
    origin: &Origin,
) -> Result<Client, OAuthRefusal> {
    let client = claim.check(tx, app, origin)?;
    if client.may(grant) {
        return Ok(client);
    }
    Err(OAuthRefusal::code(
        "unauthorized_client",
        "This client may not use this grant_type",
    ))
}

/// The application's own token, for its organisation (contract: auth, section 6.3a).
fn for_itself(
    tx: &mut Tx<'_>,
    app: &App,
    client: &Client,
    scope: Option<&str>,
    origin: &Origin,
    now: Time,
) -> Result<TokenAnswer, OAuthRefusal> {
    let unfit = || {
        OAuthRefusal::code(
            "unauthorized_client",
            "This client has no organization of its own to act in",
        )
    };
    let organization = client.organization.as_deref().ok_or_else(unfit)?;
    if !client.is_confidential() || !policy::allows(tx, organization, GrantType::ClientCredentials)?
    {
        return Err(unfit());
    }
    let scopes = own_scopes(client, scope);
    let (id, secret) = (app.ids.object(now), app.ids.token(Kind::Application));
    let life = app.settings.oauth.application;
    tx.run(
        "INSERT INTO application_tokens (organization_id, id, client_id, secret_hash, scopes, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        args![organization, &id, &client.id, hash(&secret), scopes.to_stored(), now.0, now.plus(life * SECOND).0],
    )?;
    Event::new("application_token_issued")
        .inside(organization)
        .through(&client.id)
        .with(&id)
        .from(origin)
        .record(tx, app, now)?;
    Ok(TokenAnswer {
        token_type: "Bearer".to_owned(),
        expires_in: life,
        access_token: secret,
        refresh_token: None,
        scope: None,
    })
}

/// Older applications send words of their own here, which mean nothing: they are ignored.
fn own_scopes(client: &Client, scope: Option<&str>) -> Scopes {
    let known: Vec<String> = scope
        .unwrap_or_default()
        .split_ascii_whitespace()
        .filter(|word| Scopes::read(&[(*word).to_owned()]).is_ok())
        // `read write` is what they mean by everything.
        .filter(|word| *word != "read")
        .map(str::to_owned)
        .collect();
    match Scopes::read(&known) {
        Ok(asked) if !known.is_empty() && client.scopes.cover(&asked) => asked,
        _ => client.scopes.clone(),
    }
}

/// The password grant, for clients that an administrator switched it on for (contract: auth, section 6.3b).
async fn by_password(asking: Asking) -> Result<TokenAnswer, OAuthRefusal> {
    let claim = asking.claim()?;
    let attempt = Attempt {
        email: asking.needed("username")?,
        password: asking.needed("password")?,
        origin: asking.origin.clone(),
    };
    let scope = asking.text("scope");
    let (app, origin) = (asking.app.clone(), asking.origin.clone());
    let client = {
        let app = app.clone();
        let check = asking
            .app
            .write(move |tx| admitted(tx, &app, &claim, GrantType::Password, &origin));
        check.await?
    };
    let scopes = asked_scopes(&client, scope.as_deref())
        .map_err(|text| OAuthRefusal::code("invalid_scope", text))?;
    let refused = || {
        OAuthRefusal::code(
            "invalid_grant",
            "The user name or the password is wrong, or this account does not sign in this way",
        )
    };
    let person = match sign_in::check(&app, attempt).await? {
        Verdict::Accepted(person) => person,
        // A second factor cannot be given here, and that there is one is nobody's business.
        Verdict::Refused | Verdict::SecondFactor(_) => return Err(refused()),
    };
    let write = asking.app.write(move |tx| {
        let now = app.clock.now();
        let authorization = app.ids.object(now);
        let holder = Holder {
            authorization: &authorization,
            user_id: person.user_id,
            organization: client.organization.as_deref(),
            scopes: &scopes,
        };
        if !person.stands(tx)? {
            return Err(OAuthRefusal::grant());
        }
        tokens::begin(tx, &app, &client, &holder, How::Password, now)
    });
    write.await.map_err(|refusal| {
        if refusal.error == "invalid_grant" {
            refused()
        } else {
            refusal
        }
    })
}

/// Revokes a token (RFC 7009). Whatever it was, and whether there was one, the answer is 200. Who holds a personal access
/// token may end it without being a client: they could do worse with it.
pub async fn revoke(asking: Asking) -> Answered {
    let secret = asking.needed("token")?;
    let kind = token::recognise(&secret);
    let claim = match kind {
        Some(Kind::Personal) => None,
        _ => Some(asking.claim()?),
    };
    let (app, origin) = (asking.app.clone(), asking.origin.clone());
    let write = asking.app.write(move |tx| {
        let client = match &claim {
            Some(claim) => Some(claim.check(tx, &app, &origin)?),
            None => None,
        };
        end(
            tx,
            &app,
            kind,
            &secret,
            client.as_ref(),
            &origin,
            app.clock.now(),
        )
    });
    write.await?;
    whole(StatusCode::OK, &serde_json::json!({}))
}

fn end(
    tx: &mut Tx<'_>,
    app: &App,
    kind: Option<Kind>,
    secret: &str,
    client: Option<&Client>,
    origin: &Origin,
    now: Time,
) -> Result<(), OAuthRefusal> {
    let event = Event::new("token_revoked").from(origin);
    match (kind, client) {
        (Some(Kind::Refresh), Some(client)) => {
            let Some(authorization) = refresh::authorization_of(tx, client, secret)? else {
                return Ok(());
            };
            if let Some((user, organization)) = authorization::owner(tx, &authorization)? {
                authorization::end(tx, &authorization, now)?;
                let event = event.of(user).through(&client.id).with(&authorization);
                event
                    .inside(organization.as_deref().unwrap_or_default())
                    .record(tx, app, now)?;
            }
        }
        (Some(Kind::Application), Some(client)) => {
            tx.run(
                "UPDATE application_tokens SET revoked_at = $3 WHERE secret_hash = $1 AND client_id = $2 AND revoked_at IS NULL",
                args![hash(secret), &client.id, now.0],
            )?;
        }
        (Some(Kind::Personal), None) | (Some(Kind::OAuth | Kind::Issued), Some(_)) => {
            let ended = tx.maybe(
                "UPDATE tokens SET revoked_at = $3 WHERE secret_hash = $1 AND revoked_at IS NULL \
                 AND COALESCE(client_id, '') = $2 RETURNING id, user_id, organization_id",
                args![
                    hash(secret),
                    client.map_or("", |client| client.id.as_str()),
                    now.0
                ],
                |row| {
                    Ok((
                        row.take::<String>()?,
                        row.take::<i64>()?,
                        row.take::<Option<String>>()?,
                    ))
                },
            )?;
            if let Some((id, user, organization)) = ended {
                let event = event.of(user).with(&id);
                event
                    .inside(organization.as_deref().unwrap_or_default())
                    .record(tx, app, now)?;
            }
        }
        _ => {}
    }
    Ok(())
}
