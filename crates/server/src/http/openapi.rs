//! The OpenAPI 3.1 document, assembled from the endpoints themselves.

use utoipa::openapi::path::PathItem;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{
    Components, ComponentsBuilder, HttpMethod, InfoBuilder, License, OpenApi as Document,
    OpenApiBuilder, Paths, Server,
};

use crate::http::endpoint::{Endpoint, Mode};

/// Every shape that the endpoints' answers and bodies refer to, by name.
///
/// # Panics
///
/// In debug builds, when two different shapes have one name.
fn shapes(endpoints: &[Endpoint]) -> Components {
    let mut components = ComponentsBuilder::new().build();
    for endpoint in endpoints {
        let mut schemas = Vec::new();
        (endpoint.schemas)(&mut schemas);
        for (name, schema) in schemas {
            let before = components.schemas.get(&name);
            debug_assert!(
                before.is_none_or(|before| *before == schema),
                "two shapes are called {name}"
            );
            components.schemas.insert(name, schema);
        }
    }
    components
}

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
    let mut components = shapes(endpoints);
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
