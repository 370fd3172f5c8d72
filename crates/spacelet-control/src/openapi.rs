//! The OpenAPI 3.0 document of what is served, made from the table of routes.

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::routes::{ERROR, Kind, ROUTES, Route, Shape};

/// What every route may answer: no token, a token without the scope, too many requests, a failed store.
const ALWAYS: [u16; 4] = [401, 403, 429, 500];

pub(crate) fn response() -> Response {
    ([(CONTENT_TYPE, "application/json; charset=utf-8")], document().to_string()).into_response()
}

/// The document.
#[must_use]
pub fn document() -> Value {
    let mut paths = Map::new();
    let mut schemas = Map::new();
    schemas.insert(ERROR.name.to_owned(), schema(&ERROR, &mut Map::new()));
    for route in ROUTES {
        let operation = operation(route, &mut schemas);
        if let Value::Object(path) = paths.entry(route.path).or_insert_with(|| json!({})) {
            path.insert(route.verb.to_lowercase(), operation);
        }
    }
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": "Spacelet's control API",
            "description": "DigitalOcean's API for Spaces keys, CDN endpoints, certificates and projects under /v2, \
                            and what the emulator adds under /emulator.",
            "version": env!("CARGO_PKG_VERSION"),
        },
        "security": [{ "bearer": [] }],
        "paths": paths,
        "components": {
            "securitySchemes": { "bearer": { "type": "http", "scheme": "bearer" } },
            "schemas": schemas,
        },
    })
}

fn operation(route: &Route, schemas: &mut Map<String, Value>) -> Value {
    let named = route.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<Value> = named.map(|name| parameter(name, "path", true)).collect();
    parameters.extend(route.query.iter().map(|name| parameter(name, "query", false)));
    let mut responses = Map::new();
    responses.insert(route.success.to_string(), success(route, schemas));
    for status in ALWAYS.iter().chain(route.refusals) {
        let error = json!({ "$ref": format!("#/components/schemas/{}", ERROR.name) });
        responses.insert(status.to_string(), content(phrase(*status), &error));
    }
    let operation = json!({
        "summary": route.summary,
        "operationId": operation_id(route),
        "parameters": parameters,
        "responses": responses,
        "security": [{ "bearer": [route.scope] }],
    });
    let Some(body) = route.body else { return operation };
    let body = reference(body, schemas);
    let body = json!({ "required": true, "content": { "application/json": { "schema": body } } });
    with(operation, "requestBody", body)
}

/// An object with one field more.
fn with(object: Value, name: &str, value: Value) -> Value {
    let mut object = object;
    if let Value::Object(fields) = &mut object {
        fields.insert(name.to_owned(), value);
    }
    object
}

/// `get_v2_spaces_keys_access_key`.
fn operation_id(route: &Route) -> String {
    let path: String = route.path.chars().filter(|c| !matches!(c, '{' | '}')).collect();
    format!("{}{}", route.verb.to_lowercase(), path.replace(['/', '-'], "_"))
}

fn parameter(name: &str, place: &str, is_required: bool) -> Value {
    let kind = if matches!(name, "page" | "per_page") { "integer" } else { "string" };
    json!({ "name": name, "in": place, "required": is_required, "schema": { "type": kind } })
}

fn success(route: &Route, schemas: &mut Map<String, Value>) -> Value {
    let Some((name, shape)) = route.answer else { return json!({ "description": "Done; no body" }) };
    let thing = reference(shape, schemas);
    let mut fields = Map::new();
    let mut required = vec![name];
    if route.is_list {
        fields.insert(name.to_owned(), json!({ "type": "array", "items": thing }));
        fields.insert("links".to_owned(), json!({ "type": "object" }));
        let total = json!({ "type": "object", "properties": { "total": { "type": "integer" } } });
        fields.insert("meta".to_owned(), total);
        required.extend(["links", "meta"]);
    } else {
        fields.insert(name.to_owned(), thing);
    }
    content("Success", &json!({ "type": "object", "properties": fields, "required": required }))
}

fn content(description: &str, schema: &Value) -> Value {
    json!({ "description": description, "content": { "application/json": { "schema": schema } } })
}

fn phrase(status: u16) -> &'static str {
    let status = axum::http::StatusCode::from_u16(status).ok();
    status.and_then(|status| status.canonical_reason()).unwrap_or("Refused")
}

/// A reference to a shape, which is added to the document's schemas.
fn reference(shape: &Shape, schemas: &mut Map<String, Value>) -> Value {
    let schema = schema(shape, schemas);
    schemas.insert(shape.name.to_owned(), schema);
    json!({ "$ref": format!("#/components/schemas/{}", shape.name) })
}

fn schema(shape: &Shape, schemas: &mut Map<String, Value>) -> Value {
    let mut fields = Map::new();
    for field in shape.fields {
        fields.insert(field.name.to_owned(), kind(field.kind, schemas));
    }
    let required: Vec<&str> = shape.fields.iter().filter(|field| field.is_required).map(|field| field.name).collect();
    let schema = json!({ "type": "object", "properties": fields });
    if required.is_empty() { schema } else { with(schema, "required", json!(required)) }
}

fn kind(kind: Kind, schemas: &mut Map<String, Value>) -> Value {
    match kind {
        Kind::Text => json!({ "type": "string" }),
        Kind::Time => json!({ "type": "string", "format": "date-time" }),
        Kind::Number => json!({ "type": "integer" }),
        Kind::Truth => json!({ "type": "boolean" }),
        Kind::Texts => json!({ "type": "array", "items": { "type": "string" } }),
        Kind::One(shape) => reference(shape, schemas),
        Kind::Many(shape) => json!({ "type": "array", "items": reference(shape, schemas) }),
    }
}
