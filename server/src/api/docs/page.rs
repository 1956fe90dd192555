//! The page as a whole: head, contents, guide, operations, schemas.

use leptos::prelude::*;
use serde_json::{Map, Value};

use super::{fields, guide, operation};

/// The document `api` as a page.
pub fn html(api: &Value) -> String {
    let version = api["info"]["version"].as_str().unwrap_or_default().to_owned();
    let body = view! {
        <a class="skip" href="#content">"Skip to content"</a>
        <header>
            <p class="brand"><a href="/">"Stoa"</a>" API"</p>
            <p class="meta">{format!("Version {version}")}" · "<a href="/api/openapi.json">"OpenAPI 3.1 document"</a></p>
        </header>
        <div class="columns">
            <nav aria-label="Contents">{contents(api)}</nav>
            <main id="content">
                <h1>"Stoa API"</h1>
                {prose(api["info"]["description"].as_str().unwrap_or_default())}
                {guide::sections()}
                {operations(api)}
                <section>
                    <h2 id="schemas">"Schemas"</h2>
                    {schemas(api)}
                </section>
            </main>
        </div>
    };
    let head = "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"/>\
                <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\
                <title>Stoa API</title><link rel=\"icon\" href=\"/favicon.svg\" type=\"image/svg+xml\"/><link rel=\"stylesheet\" href=\"/api/docs.css\"/></head><body>";
    format!("{head}{}</body></html>", body.to_html())
}

/// Text with paragraphs at blank lines and `code` between backticks.
pub fn prose(text: &str) -> AnyView {
    let paragraph = |text: &str| view! { <p>{inline(text)}</p> };
    text.split("\n\n").filter(|p| !p.trim().is_empty()).map(paragraph).collect_view().into_any()
}

/// Text with `code` between backticks.
pub fn inline(text: &str) -> AnyView {
    let part = |(i, part): (usize, &str)| {
        let part = part.to_owned();
        if i % 2 == 1 { view! { <code>{part}</code> }.into_any() } else { part.into_any() }
    };
    text.split('`').enumerate().map(part).collect_view().into_any()
}

/// The operations of `api`, by tag in the order of the tags: method, path and what is said about them.
pub fn each_operation(api: &Value) -> Vec<(&str, &str, &Value)> {
    let paths = api["paths"].as_object().into_iter().flatten();
    let mut operations: Vec<_> = paths
        .flat_map(|(path, item)| {
            let methods = ["post", "get", "put", "patch", "delete"];
            methods.into_iter().filter_map(move |m| item.get(m).map(|operation| (m, path.as_str(), operation)))
        })
        .collect();
    let tags = api["tags"].as_array().map(Vec::as_slice).unwrap_or_default();
    operations.sort_by_key(|(_, _, what)| tags.iter().position(|tag| tag["name"] == what["tags"][0]));
    operations
}

fn operations(api: &Value) -> AnyView {
    each_operation(api)
        .into_iter()
        .map(|(method, path, what)| operation::section(method, path, what))
        .collect_view()
        .into_any()
}

fn schemas(api: &Value) -> AnyView {
    let section = |(name, schema): (&String, &Value)| {
        view! {
            <section class="schema">
                <h3 id=format!("schema-{name}")>{name.clone()}</h3>
                {prose(schema["description"].as_str().unwrap_or_default())}
                {fields::table(schema)}
                {fields::example(&schema["example"])}
            </section>
        }
    };
    all_schemas(api).into_iter().flatten().map(section).collect_view().into_any()
}

fn contents(api: &Value) -> AnyView {
    let link = |href: String, text: String| view! { <li><a href=href>{text}</a></li> };
    let guide = guide::CONTENTS.iter().map(|(id, title)| link(format!("#{id}"), (*title).to_owned())).collect_view();
    let operations = each_operation(api)
        .into_iter()
        .map(|(method, path, what)| {
            let id = what["operationId"].as_str().unwrap_or_default();
            let title = what["summary"].as_str().unwrap_or(path).to_owned();
            view! {
                <li><a href=format!("#{id}")><span class=format!("method {method}")>{method.to_uppercase()}</span>{title}</a></li>
            }
        })
        .collect_view();
    let schemas = all_schemas(api).into_iter().flatten();
    let schemas = schemas.map(|(name, _)| link(format!("#schema-{name}"), name.clone())).collect_view();
    view! {
        <p>"Guide"</p><ul>{guide}</ul>
        <p>"Operations"</p><ul>{operations}</ul>
        <p>"Schemas"</p><ul>{schemas}</ul>
    }
    .into_any()
}

fn all_schemas(api: &Value) -> Option<&Map<String, Value>> {
    api["components"]["schemas"].as_object()
}
