//! The API's documents: `/api/openapi.json` for programs, `/api/docs` for people. The page is made of the
//! OpenAPI document alone, on the server, so it cannot disagree with it and needs no script.

mod fields;
mod guide;
mod operation;
mod page;

use std::sync::LazyLock;

use axum::response::{Html, IntoResponse};
use http::header;
use serde_json::Value;

static PAGE: LazyLock<String> = LazyLock::new(|| page::html(&DOCUMENT));
static DOCUMENT: LazyLock<Value> = LazyLock::new(super::openapi::as_json);

/// The OpenAPI 3.1 document.
pub async fn openapi() -> impl IntoResponse {
    static TEXT: LazyLock<String> = LazyLock::new(|| DOCUMENT.to_string());
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-cache")], TEXT.as_str())
}

/// The page.
pub async fn show() -> impl IntoResponse {
    ([(header::CACHE_CONTROL, "no-cache")], Html(PAGE.as_str()))
}

/// Its style.
pub async fn style() -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")];
    (headers, include_str!("docs.css"))
}

#[cfg(test)]
mod tests {
    use super::{DOCUMENT, PAGE};

    #[test]
    fn the_page_shows_every_operation_schema_and_field() {
        for (path, item) in DOCUMENT["paths"].as_object().unwrap() {
            assert!(PAGE.contains(path.as_str()), "{path}");
            for operation in item.as_object().unwrap().values() {
                let id = operation["operationId"].as_str().unwrap();
                assert!(PAGE.contains(&format!("id=\"{id}\"")), "{id}");
            }
        }
        for (name, _) in DOCUMENT["components"]["schemas"].as_object().unwrap() {
            assert!(PAGE.contains(&format!("id=\"schema-{name}\"")), "{name}");
        }
    }

    #[test]
    fn the_page_needs_no_script_and_no_inline_style() {
        assert!(!PAGE.contains("<script") && !PAGE.contains("style=") && !PAGE.contains("<style"));
        assert!(PAGE.starts_with("<!DOCTYPE html>"));
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let text = DOCUMENT.to_string();
        for part in text.split("\"$ref\":\"#/components/schemas/").skip(1) {
            let name = part.split('"').next().unwrap();
            assert!(DOCUMENT["components"]["schemas"].get(name).is_some(), "{name}");
        }
    }
}
