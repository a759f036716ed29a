//! The OpenAPI 3.1 document, assembled from the endpoints themselves.

use utoipa::OpenApi;
use utoipa::openapi::path::PathItem;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{
    Components, ComponentsBuilder, HttpMethod, InfoBuilder, License, OpenApi as Document,
    OpenApiBuilder, Paths, Server,
};

use crate::http::endpoint::{Endpoint, Mode};

/// The shapes that answers and bodies refer to.
#[derive(OpenApi)]
#[openapi(components(schemas(
    tallystick_wire::ErrorBody,
    tallystick_wire::task::Task,
    tallystick_wire::task::TaskPage,
    tallystick_wire::task::TaskInput,
    tallystick_wire::task::TaskComplete,
    tallystick_wire::custom_field::CustomFieldKey,
    tallystick_wire::custom_field::CustomFieldKeyInput,
    tallystick_wire::custom_field::CustomFields,
    tallystick_wire::custom_field::CustomFieldsInput,
    tallystick_wire::custom_field::CustomFieldInput,
    tallystick_wire::custom_field::Record,
    tallystick_wire::folder::Folder,
    tallystick_wire::folder::FolderInput,
    tallystick_wire::folder::FolderLink,
    tallystick_wire::folder::FolderObjectInput,
    tallystick_wire::group::Group,
    tallystick_wire::group::GroupInput,
    tallystick_wire::guest::Guest,
    tallystick_wire::guest::GuestInput,
    tallystick_wire::guest::GuestList,
    tallystick_wire::member::User,
    tallystick_wire::member::UserList,
    tallystick_wire::organisation::Organization,
    tallystick_wire::application::ProvisionedUser,
    tallystick_wire::audit::AuditEvent,
    tallystick_wire::oauth::Authorization,
    tallystick_wire::oauth::NewOAuthClient,
    tallystick_wire::oauth::OAuthClient,
    tallystick_wire::oauth::OAuthClientInput,
    tallystick_wire::oauth::OwnedToken,
    tallystick_wire::oauth::TokenAnswer,
    tallystick_wire::oauth::TokenPolicy,
    tallystick_wire::oauth::TokenPolicyInput,
    tallystick_wire::account::LoginInput,
    tallystick_wire::account::SignedIn,
    tallystick_wire::account::AccessToken,
    tallystick_wire::account::RegisterInput,
    tallystick_wire::account::AddressInput,
    tallystick_wire::account::ResetPasswordInput,
    tallystick_wire::account::CodeInput,
    tallystick_wire::account::UpdatePassword,
    tallystick_wire::account::UpdateEmail,
    tallystick_wire::account::Message,
    tallystick_wire::account::SessionInfo,
    tallystick_wire::tag::Tag,
    tallystick_wire::tag::TagInput,
    tallystick_wire::tag::TagLink,
    tallystick_wire::token::Token,
    tallystick_wire::token::NewToken,
    tallystick_wire::token::TokenCreate,
    tallystick_wire::token::TokenUpdate,
)))]
struct Shapes;

/// The document for these endpoints.
#[must_use]
pub fn document(endpoints: &[Endpoint]) -> Document {
    let mut paths = Paths::new();
    for endpoint in endpoints {
        let mut operation = endpoint.operation.clone();
        let mut callers = format!("For {}.", endpoint.callers());
        match endpoint.scope {
            Some(scope) => callers.push_str(&format!(" Scope `{}`.", scope.word())),
            None => operation.security = Some(Vec::new()),
        }
        if !endpoint.for_applications {
            callers.push_str(" Not with a credential that was given to an application.");
        }
        let text = operation.description.take().unwrap_or_default();
        operation.description = Some(if text.is_empty() {
            callers
        } else {
            format!("{text}\n\n{callers}")
        });
        let method = match endpoint.method {
            http::Method::POST => HttpMethod::Post,
            http::Method::PUT => HttpMethod::Put,
            http::Method::DELETE => HttpMethod::Delete,
            http::Method::PATCH => HttpMethod::Patch,
            _ => HttpMethod::Get,
        };
        let item = paths.paths.entry(endpoint.path.clone()).or_default();
        item.merge_operations(PathItem::new(method, operation));
    }
    let mut components: Components = Shapes::openapi()
        .components
        .unwrap_or_else(|| ComponentsBuilder::new().build());
    components.add_security_scheme(
        "token",
        SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)),
    );
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Tallystick")
                .description(Some(
                    "The Tallyfy API, served by Tallystick. Send `Authorization: Bearer <token>`, `Accept: application/json` and \
                     `X-Tallyfy-Client: <any name>` with every request. Every path is served with and without the `/api` prefix.",
                ))
                .version(env!("CARGO_PKG_VERSION"))
                .license(Some(License::new("Apache-2.0")))
                .build(),
        )
        .servers(Some([Server::new("/api")]))
        .paths(paths)
        .components(Some(components))
        .security(Some([utoipa::openapi::security::SecurityRequirement::new("token", Vec::<String>::new())]))
        .build()
}

/// The old form of the document that some tools load at start: `basePath` and `paths` only (contract: auth, section 1).
#[must_use]
pub fn swagger2(endpoints: &[Endpoint]) -> serde_json::Value {
    let mut paths = serde_json::Map::new();
    for endpoint in endpoints {
        let verb = endpoint.method.as_str().to_ascii_lowercase();
        let summary = endpoint.operation.summary.clone().unwrap_or_default();
        let parameters: Vec<_> = endpoint
            .path
            .split('/')
            .filter_map(|part| part.strip_prefix('{').and_then(|part| part.strip_suffix('}')))
            .map(|name| serde_json::json!({"name": name, "in": "path", "required": true, "type": "string"}))
            .collect();
        let operation = serde_json::json!({
            "summary": summary, "parameters": parameters, "responses": {"200": {"description": "OK"}},
            "x-writes": endpoint.mode == Mode::Write,
        });
        let item = paths
            .entry(endpoint.path.clone())
            .or_insert_with(|| serde_json::json!({}));
        item[verb] = operation;
    }
    serde_json::json!({
        "swagger": "2.0",
        "info": {"title": "Tallystick", "version": env!("CARGO_PKG_VERSION")},
        "basePath": "/api", "produces": ["application/json"], "consumes": ["application/json"],
        "paths": paths,
    })
}
