//! Applications that register themselves (RFC 7591). They belong to no organisation, get the grants that need a person's
//! consent and no others, and the consent page says that nobody looked at them.

use http::StatusCode;
use tallystick_wire::oauth::{Registered, Registration};

use crate::audit::Event;
use crate::clock::SECOND;
use crate::http::access::Scopes;
use crate::oauth::client::{self, NewClient};
use crate::oauth::door::{Answered, Asking, whole};
use crate::oauth::{GrantType, OAuthRefusal, redirect};

/// Most addresses that one client may register.
const MOST_REDIRECTS: usize = 20;

/// Answers a registration.
pub async fn answer(asking: Asking) -> Answered {
    if !asking.app.settings.oauth.registration {
        return Err(OAuthRefusal::code(
            "access_denied",
            "Applications do not register themselves here; ask an administrator for a client_id",
        ));
    }
    let metadata = |text: String| OAuthRefusal::code("invalid_client_metadata", text);
    let wanted: Registration = serde_json::from_value(asking.body.clone())
        .map_err(|error| metadata(format!("The registration cannot be read: {error}")))?;
    let name = wanted.client_name.as_deref().map_or("", str::trim);
    let name = if name.is_empty() {
        "An application without a name"
    } else {
        name
    };
    if name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(metadata(
            "The client_name has at most 100 characters, none of them control characters"
                .to_owned(),
        ));
    }
    let grants = grants(wanted.grant_types.as_deref()).map_err(metadata)?;
    let method = wanted
        .token_endpoint_auth_method
        .as_deref()
        .unwrap_or("client_secret_basic");
    if !["none", "client_secret_basic", "client_secret_post"].contains(&method) {
        return Err(metadata(format!(
            "The token_endpoint_auth_method {method:.40} is not offered here"
        )));
    }
    if wanted
        .response_types
        .as_ref()
        .is_some_and(|types| types.iter().any(|kind| kind != "code"))
    {
        return Err(metadata(
            "The only response_type for an application that registers itself is code".to_owned(),
        ));
    }
    let redirects = &wanted.redirect_uris;
    if redirects.len() > MOST_REDIRECTS
        || (redirects.is_empty() && grants.contains(&GrantType::AuthorizationCode))
    {
        return Err(OAuthRefusal::code(
            "invalid_redirect_uri",
            format!("1 to {MOST_REDIRECTS} redirect_uris are needed"),
        ));
    }
    for address in redirects {
        redirect::check(address)
            .map_err(|text| OAuthRefusal::code("invalid_redirect_uri", text))?;
    }
    let words: Vec<String> = wanted
        .scope
        .unwrap_or_default()
        .split_ascii_whitespace()
        .map(str::to_owned)
        .collect();
    let scopes = Scopes::read(&words).map_err(metadata)?;
    asking.app.limits.registration(asking.request.ip)?;

    let (app, origin) = (asking.app.clone(), asking.origin.clone());
    let (name, method, redirects) = (name.to_owned(), method.to_owned(), redirects.clone());
    let write = asking.app.write(move |tx| {
        let now = app.clock.now();
        let new = NewClient {
            organization: None,
            name: &name,
            auth_method: &method,
            grants: &grants,
            redirect_uris: &redirects,
            scopes: &scopes,
            created_by: None,
        };
        let (client_id, client_secret) = client::insert(tx, &app.ids, &new, now)?;
        Event::new("client_registered_itself")
            .through(&client_id)
            .from(&origin)
            .record(tx, &app, now)?;
        Ok::<_, OAuthRefusal>(Registered {
            client_id,
            client_id_issued_at: now.0 / SECOND,
            client_secret_expires_at: client_secret.as_ref().map(|_| 0),
            client_secret,
            client_name: name.clone(),
            redirect_uris: redirects.clone(),
            grant_types: grants.iter().map(|grant| grant.word().to_owned()).collect(),
            response_types: vec!["code".to_owned()],
            token_endpoint_auth_method: method.clone(),
            scope: scopes.to_stored(),
        })
    });
    whole(StatusCode::CREATED, &write.await?)
}

/// What was asked for, of what an application may get that nobody looked at.
fn grants(asked: Option<&[String]>) -> Result<Vec<GrantType>, String> {
    let usual = [GrantType::AuthorizationCode, GrantType::RefreshToken];
    let Some(asked) = asked.filter(|asked| !asked.is_empty()) else {
        return Ok(usual.to_vec());
    };
    let mut grants = Vec::new();
    for word in asked {
        match GrantType::read(word) {
            Some(
                grant @ (GrantType::AuthorizationCode
                | GrantType::RefreshToken
                | GrantType::DeviceCode),
            ) => grants.push(grant),
            _ => {
                return Err(format!(
                    "The grant_type {word:.60} is not for applications that register themselves"
                ));
            }
        }
    }
    Ok(grants)
}
