//! What clients discover: the authorization server (RFC 8414) and the protected resource (RFC 9728). Every address comes from
//! the settings or the listener, never from a request.

use serde_json::{Value, json};

use crate::app::App;
use crate::http::access::Family;
use crate::oauth::GrantType;

/// The authorization server.
pub fn server(app: &App) -> Value {
    let origin = app.origin();
    let at = |path: &str| format!("{origin}{path}");
    let grants: Vec<&str> = GrantType::ALL.iter().map(|grant| grant.word()).collect();
    let methods = ["none", "client_secret_basic", "client_secret_post"];
    let mut document = json!({
        "issuer": origin,
        "authorization_endpoint": at("/oauth/authorize"),
        "token_endpoint": at("/oauth/token"),
        "revocation_endpoint": at("/oauth/revoke"),
        "introspection_endpoint": at("/oauth/introspect"),
        "device_authorization_endpoint": at("/oauth/device_authorization"),
        "scopes_supported": Family::scopes(),
        "response_types_supported": ["code", "token"],
        "response_modes_supported": ["query", "fragment"],
        "grant_types_supported": grants,
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint_auth_methods_supported": methods,
        "introspection_endpoint_auth_methods_supported": &methods[1..],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "service_documentation": at("/api/"),
    });
    if app.settings.oauth.registration {
        document["registration_endpoint"] = at("/oauth/register").into();
    }
    document
}

/// The protected resource: the API.
pub fn resource(app: &App) -> Value {
    let origin = app.origin();
    json!({
        "resource": format!("{origin}/api"),
        "authorization_servers": [origin],
        "scopes_supported": Family::scopes(),
        "bearer_methods_supported": ["header"],
        "resource_documentation": format!("{origin}/api/"),
    })
}
