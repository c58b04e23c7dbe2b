//! What the JSON twins are, in OpenAPI 3.1.

/// The description, as JSON.
pub(super) fn description() -> String {
    serde_json::json!({
        "openapi": "3.1.0",
        "info": { "title": "nianbao", "version": env!("CARGO_PKG_VERSION") },
        "paths": {},
    })
    .to_string()
}
