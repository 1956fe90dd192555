//! One operation: what it is for, what it takes, what it answers.

use leptos::prelude::*;
use serde_json::Value;

use super::fields;
use super::page::{inline, prose};

/// The part of the page about one operation.
pub fn section(method: &str, path: &str, what: &Value) -> AnyView {
    let id = what["operationId"].as_str().unwrap_or_default().to_owned();
    let title = what["summary"].as_str().unwrap_or(path).to_owned();
    view! {
        <section class="operation">
            <h2 id=id>{title}</h2>
            <p class="address">
                <span class=format!("method {method}")>{method.to_uppercase()}</span><code>{path.to_owned()}</code>
                {needed_scope(what)}
            </p>
            {prose(what["description"].as_str().unwrap_or_default())}
            {parameters(what)}
            {request(what)}
            {responses(what)}
        </section>
    }
    .into_any()
}

fn needed_scope(what: &Value) -> AnyView {
    let scopes = what["security"][0]["key"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let scope = |scope: &str| view! { <span class="scope">"scope "<code>{scope.to_owned()}</code></span> };
    scopes.map(scope).collect_view().into_any()
}

fn parameters(what: &Value) -> AnyView {
    let row = |parameter: &Value| {
        let text = |name: &str| parameter[name].as_str().unwrap_or_default().to_owned();
        let required = parameter["required"].as_bool().unwrap_or(false);
        view! {
            <tr>
                <th scope="row"><code>{text("name")}</code></th>
                <td>{text("in")}</td>
                <td>{fields::kind(&parameter["schema"])}{required.then_some(" · required")}</td>
                <td>{inline(&text("description"))}</td>
            </tr>
        }
    };
    let rows: Vec<_> = what["parameters"].as_array().into_iter().flatten().map(row).collect();
    if rows.is_empty() {
        return ().into_any();
    }
    view! {
        <h3>"Parameters"</h3>
        <div class="scroll"><table>
            <thead><tr><th scope="col">"Name"</th><th scope="col">"In"</th><th scope="col">"Type"</th><th scope="col">"Description"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table></div>
    }
    .into_any()
}

fn request(what: &Value) -> AnyView {
    let schema = &what["requestBody"]["content"]["application/json"]["schema"];
    if schema.is_null() {
        return ().into_any();
    }
    let words = what["requestBody"]["description"].as_str().unwrap_or_default();
    view! { <h3>"Body"</h3> {prose(words)} <p>{fields::kind(schema)}</p> }.into_any()
}

fn responses(what: &Value) -> AnyView {
    let row = |(status, response): (&String, &Value)| {
        let content = response["content"].as_object().into_iter().flatten().next();
        let body = content.map(|(media, body)| {
            view! { {fields::kind(&body["schema"])}" "<span class="media">{media.clone()}</span> }
        });
        let headers = response["headers"].as_object().into_iter().flatten().map(|(name, header)| {
            let words = header["description"].as_str().unwrap_or_default().to_owned();
            view! { <p class="header"><code>{name.clone()}</code>": "{inline(&words)}</p> }
        });
        view! {
            <tr>
                <th scope="row">{status.clone()}</th>
                <td>{inline(response["description"].as_str().unwrap_or_default())}{headers.collect_view()}</td>
                <td>{body}</td>
            </tr>
        }
    };
    let rows = what["responses"].as_object().into_iter().flatten().map(row).collect_view();
    view! {
        <h3>"Responses"</h3>
        <div class="scroll"><table>
            <thead><tr><th scope="col">"Status"</th><th scope="col">"Description"</th><th scope="col">"Body"</th></tr></thead>
            <tbody>{rows}</tbody>
        </table></div>
    }
    .into_any()
}
