//! Schemas as tables: a row a field, with links to the schemas they are made of.

use leptos::prelude::*;
use serde_json::Value;

use super::page::inline;

/// The fields of an object's schema, those of the schemas that it takes in included.
pub fn table(schema: &Value) -> AnyView {
    let parts: Vec<&Value> = schema["allOf"].as_array().map_or_else(|| vec![schema], |all| all.iter().collect());
    let inherited = parts.iter().filter(|part| part.get("$ref").is_some()).map(|part| {
        view! { <p>"All fields of "{kind(part)}", and:"</p> }
    });
    let rows: Vec<AnyView> = parts.iter().flat_map(|part| rows(part)).collect();
    let table = (!rows.is_empty()).then(|| {
        view! {
            <div class="scroll"><table>
                <thead><tr><th scope="col">"Field"</th><th scope="col">"Type"</th><th scope="col">"Description"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
        }
    });
    view! { {inherited.collect_view()}{table} }.into_any()
}

/// A schema in a few words: `text`, `list of OrderItem`, `sale | return`.
pub fn kind(schema: &Value) -> AnyView {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return view! { <a href=format!("#schema-{name}")>{name.to_owned()}</a> }.into_any();
    }
    if let Some(choices) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
        // Empty values, and whatever else is looked at by itself, are told in words.
        let said =
            choices.iter().filter(|part| part["maxLength"] != 0 && part.as_object().is_none_or(|o| !o.is_empty()));
        let parts = said.enumerate().map(|(i, part)| view! { {(i > 0).then_some(" or ")}{kind(part)} });
        return parts.collect_view().into_any();
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
        return view! { <code>{words.join(" | ")}</code> }.into_any();
    }
    let names: Vec<&str> = match &schema["type"] {
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect(),
        name => name.as_str().into_iter().collect(),
    };
    let format = schema["format"].as_str();
    let part = |(i, name): (usize, &str)| {
        let or = (i > 0).then_some(" or ");
        let word = match (name, format) {
            ("array", _) => return view! { {or}"list of "{kind(&schema["items"])} }.into_any(),
            ("string", Some("date-time")) => "time",
            ("string", Some("date")) => "day",
            ("string", Some("uuid")) => "id",
            ("string", _) => "text",
            ("integer", _) => "whole number",
            (other, _) => other,
        };
        view! { {or}{word.to_owned()} }.into_any()
    };
    names.into_iter().enumerate().map(part).collect_view().into_any()
}

/// An example, folded away.
pub fn example(value: &Value) -> AnyView {
    if value.is_null() {
        return ().into_any();
    }
    let text = serde_json::to_string_pretty(value).unwrap_or_default();
    view! { <details><summary>"Example"</summary><pre><code>{text}</code></pre></details> }.into_any()
}

fn rows(schema: &Value) -> Vec<AnyView> {
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let fields = schema["properties"].as_object().into_iter().flatten();
    let row = |(name, field): (&String, &Value)| {
        let required = required.contains(&name.as_str());
        view! {
            <tr>
                <th scope="row"><code>{name.clone()}</code></th>
                <td>{kind(field)}{required.then_some(" · required")}{limits(field)}</td>
                <td>{inline(field["description"].as_str().unwrap_or_default())}</td>
            </tr>
        }
        .into_any()
    };
    fields.map(row).collect()
}

fn limits(field: &Value) -> Option<String> {
    let number = |name: &str| field[name].as_u64();
    let most = number("maxLength").map(|n| format!("at most {n} characters"));
    let most = most.or_else(|| number("maxItems").map(|n| format!("at most {n}")));
    most.map(|words| format!(" · {words}"))
}
