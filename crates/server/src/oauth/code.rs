//! Authorization codes: shown to a browser once, exchanged once (RFC 6749, section 4.1; RFC 7636).

use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};
use tallystick_db::{Tx, args};
use tallystick_wire::Time;
use tallystick_wire::oauth::TokenAnswer;
use tallystick_wire::token::Kind;

use crate::app::App;
use crate::audit::{Event, Origin};
use crate::clock::SECOND;
use crate::http::access::Scopes;
use crate::http::caller::hash;
use crate::oauth::authorization::{self, How};
use crate::oauth::tokens::{self, Holder};
use crate::oauth::{Client, OAuthRefusal};

/// What a code stands for.
#[derive(Debug)]
pub struct NewCode<'a> {
    /// To which client.
    pub client: &'a str,
    /// By whom.
    pub user_id: i64,
    /// Where only.
    pub organization: Option<&'a str>,
    /// What the request named; '' for nothing.
    pub redirect_uri: &'a str,
    /// What for.
    pub scopes: &'a Scopes,
    /// The S256 challenge; '' for none.
    pub challenge: &'a str,
}

/// Makes a code.
pub fn issue(
    tx: &mut Tx<'_>,
    app: &App,
    new: &NewCode<'_>,
    now: Time,
) -> Result<String, OAuthRefusal> {
    let code = app.ids.token(Kind::Code);
    tx.run(
        "INSERT INTO authorization_codes (code_hash, client_id, user_id, organization_id, redirect_uri, scopes, challenge, \
            user_epoch, created_at, expires_at) \
         SELECT $1, $2, u.id, $4, $5, $6, $7, u.epoch, $8, $9 FROM users u WHERE u.id = $3",
        args![
            hash(&code),
            new.client,
            new.user_id,
            new.organization,
            new.redirect_uri,
            new.scopes.to_stored(),
            new.challenge,
            now.0,
            now.plus(app.settings.oauth.code * SECOND).0
        ],
    )?;
    Ok(code)
}

/// Whether a verifier is of the form that RFC 7636 asks for.
fn is_verifier(text: &str) -> bool {
    (43..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}

/// Whether a challenge is a SHA-256 in base64url.
#[must_use]
pub fn is_challenge(text: &str) -> bool {
    text.len() == 43 && Base64UrlUnpadded::decode_vec(text).is_ok_and(|bytes| bytes.len() == 32)
}

/// The S256 challenge of a verifier.
#[must_use]
pub fn challenge(verifier: &str) -> String {
    Base64UrlUnpadded::encode_string(&Sha256::digest(verifier.as_bytes()))
}

/// What a client presents to get tokens.
#[derive(Debug)]
pub struct Presented<'a> {
    /// The code.
    pub code: &'a str,
    /// As in the request for it; '' for nothing.
    pub redirect_uri: &'a str,
    /// The PKCE verifier.
    pub verifier: Option<&'a str>,
}

/// Exchanges a code. One statement carries every condition; whoever fails one burns the code, and whoever presents a used one
/// ends what it produced.
pub fn exchange(
    tx: &mut Tx<'_>,
    app: &App,
    client: &Client,
    presented: &Presented<'_>,
    origin: &Origin,
    now: Time,
) -> Result<TokenAnswer, OAuthRefusal> {
    let challenge = match presented.verifier {
        None => String::new(),
        Some(verifier) if is_verifier(verifier) => challenge(verifier),
        Some(_) => "not a verifier".to_owned(),
    };
    let authorization = app.ids.object(now);
    let code_hash = hash(presented.code);
    let taken = tx.maybe(
        "UPDATE authorization_codes SET used_at = $5, authorization_id = $6 \
         WHERE code_hash = $1 AND client_id = $2 AND redirect_uri = $3 AND challenge = $4 AND used_at IS NULL AND expires_at > $5 \
            AND user_epoch = (SELECT u.epoch FROM users u WHERE u.id = authorization_codes.user_id AND u.suspended_at IS NULL) \
         RETURNING user_id, organization_id, scopes",
        args![&code_hash, &client.id, presented.redirect_uri, challenge, now.0, &authorization],
        |row| Ok((row.take::<i64>()?, row.take::<Option<String>>()?, row.take::<String>()?)),
    )?;
    let Some((user_id, organization, scopes)) = taken else {
        return burn(tx, app, client, &code_hash, origin, now);
    };
    let scopes = Scopes::stored(&scopes);
    let holder = Holder {
        authorization: &authorization,
        user_id,
        organization: organization.as_deref(),
        scopes: &scopes,
    };
    match tokens::begin(tx, app, client, &holder, How::Code, now) {
        // The code is used up, whatever became of it.
        Err(refusal) if refusal.error == "invalid_grant" => Err(refusal.keeping()),
        ended => ended,
    }
}

fn burn(
    tx: &mut Tx<'_>,
    app: &App,
    client: &Client,
    code_hash: &str,
    origin: &Origin,
    now: Time,
) -> Result<TokenAnswer, OAuthRefusal> {
    let known = tx.maybe(
        "SELECT user_id, used_at IS NOT NULL, authorization_id FROM authorization_codes WHERE code_hash = $1",
        args![code_hash],
        |row| Ok((row.take::<i64>()?, row.take::<bool>()?, row.take::<Option<String>>()?)),
    )?;
    let Some((user_id, used, produced)) = known else {
        return Err(OAuthRefusal::grant());
    };
    tx.run(
        "UPDATE authorization_codes SET used_at = $2 WHERE code_hash = $1 AND used_at IS NULL",
        args![code_hash, now.0],
    )?;
    if let Some(produced) = &produced {
        authorization::end(tx, produced, now)?;
    }
    let name = if used {
        "authorization_code_reused"
    } else {
        "authorization_code_refused"
    };
    Event::warning(name)
        .of(user_id)
        .through(&client.id)
        .from(origin)
        .record(tx, app, now)?;
    Err(OAuthRefusal::grant().keeping())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_of_the_rfc() {
        // RFC 7636, appendix B.
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        assert!(is_verifier(verifier));
        assert_eq!(
            challenge(verifier),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
        assert!(is_challenge(&challenge(verifier)));
        for bad in [
            "",
            "plain",
            &"a".repeat(43).replace('a', "="),
            &"A".repeat(44),
        ] {
            assert!(!is_challenge(bad), "{bad}");
        }
    }
}
