//! The OpenAPI document, read for what walkers need: which parameters, queries and bodies each operation takes. A room
//! that comes later is walked without a line here.

use http::Method;
use serde_json::Value;
use tallystick_server::router;

/// One verb on one path.
#[derive(Debug, Clone)]
pub struct Operation {
    pub id: String,
    pub method: Method,
    /// With `{parameters}`, below the prefix.
    pub path: String,
    pub path_params: Vec<String>,
    pub query_params: Vec<String>,
    /// Those among them without which nothing is answered.
    pub required_query: Vec<String>,
    /// Whether it asks for no credential.
    pub open: bool,
    /// Name and schema of each property of the body; none when it takes no body.
    pub body: Option<Vec<(String, Value)>>,
}

impl Operation {
    /// Whether it is for applications with a token of their own.
    pub fn is_for_applications(&self) -> bool {
        self.path.starts_with("/applications/")
    }

    /// The path with each parameter replaced.
    pub fn filled(&self, value: impl Fn(&str) -> String) -> String {
        self.path_params
            .iter()
            .fold(self.path.clone(), |path, name| {
                path.replace(&format!("{{{name}}}"), &value(name))
            })
    }
}

/// Every operation of the document.
pub fn operations() -> Vec<Operation> {
    let document: Value = serde_json::from_str(&router::openapi_document()).unwrap();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (verb, operation) in item.as_object().unwrap() {
            let named = |place: &str| {
                let parameters = operation["parameters"].as_array().cloned();
                parameters
                    .unwrap_or_default()
                    .iter()
                    .filter(|parameter| parameter["in"] == place)
                    .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
                    .collect()
            };
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let required_query = parameters
                .filter(|parameter| parameter["in"] == "query" && parameter["required"] == true)
                .map(|parameter| parameter["name"].as_str().unwrap().to_owned())
                .collect();
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            all.push(Operation {
                id: operation["operationId"].as_str().unwrap().to_owned(),
                method: verb.to_ascii_uppercase().parse().unwrap(),
                path: path.clone(),
                open: operation["security"] == Value::Array(Vec::new()),
                path_params: named("path"),
                query_params: named("query"),
                required_query,
                body: schema.is_object().then(|| properties(&document, schema)),
            });
        }
    }
    assert!(all.len() > 20, "the document was not read");
    all
}

/// The schema itself when it is a reference to one.
fn resolved<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    match schema["$ref"].as_str() {
        Some(reference) => {
            let pointer = reference.trim_start_matches('#');
            document
                .pointer(pointer)
                .unwrap_or_else(|| panic!("{reference} leads nowhere"))
        }
        None => schema,
    }
}

fn properties(document: &Value, schema: &Value) -> Vec<(String, Value)> {
    let schema = resolved(document, schema);
    let properties = schema["properties"].as_object();
    properties
        .unwrap_or_else(|| panic!("a body without properties: {schema}"))
        .iter()
        .map(|(name, schema)| (name.clone(), schema.clone()))
        .collect()
}
