//! What the OpenAPI document says beyond the types: bounds, words and forms of parameters, and what bodies may not hold.
//! Everything here is enforced by what reads the requests; the conformance run sends what the document allows, and what it
//! does not, and compares.

use domain::orders::query::MAX_FILTER_AMOUNT;
use domain::orders::{FulfilmentStatus, OrderKind, OrderStatus, PaymentStatus};
use serde_json::{Value, json};

// Bodies whose unknown fields are refused by name.
const STRICT: [&str; 15] = [
    "NewOrder",
    "NewCustomer",
    "NewOrderItem",
    "NewBatch",
    "NewAddress",
    "NewShippingLine",
    "NewPayment",
    "NewFulfilment",
    "NewLine",
    "NewRefund",
    "NewRefundLine",
    "NewCancellation",
    "NewNote",
    "OrderEdit",
    "OrderEditCustomer",
];
// Optional fields in which null counts as absent, beside those whose types say it.
const NULLABLE: [(&str, &[&str]); 7] = [
    (
        "NewOrder",
        &[
            "kind",
            "discount",
            "shipping",
            "tax",
            "tags",
            "prices_include_tax",
            "shipping_lines",
            "payments",
            "fulfilments",
            "refunds",
            "on_hold",
        ],
    ),
    ("NewOrderItem", &["kind", "discount"]),
    ("NewPayment", &["kind"]),
    ("NewFulfilment", &["lines"]),
    ("NewRefund", &["lines", "shipping", "restock"]),
    ("NewRefundLine", &["restock"]),
    ("NewCancellation", &["restock"]),
];
const SLUG: &str = "^[a-z][a-z0-9-]{0,38}[a-z0-9]$";

/// Completes `document`.
pub fn refine(document: &mut Value) {
    for operation in operations(document) {
        for parameter in operation["parameters"].as_array_mut().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap_or_default().to_owned();
            if name == "store" && parameter["in"] == "path" {
                parameter["schema"] = json!({"type": "string", "pattern": SLUG});
            } else if let Some(schema) = parameter_schema(&name) {
                parameter["schema"] = schema;
            }
        }
    }
    let schemas = &mut document["components"]["schemas"];
    for name in STRICT {
        schemas[name]["additionalProperties"] = json!(false);
    }
    for (name, fields) in NULLABLE {
        for field in fields {
            let property = &mut schemas[name]["properties"][field];
            let kind = property["type"].take();
            property["type"] = json!([kind, "null"]);
            if let Some(words) = property.get_mut("enum").and_then(Value::as_array_mut) {
                words.push(Value::Null);
            }
        }
    }
    schemas["NewOrder"]["properties"]["store"]["pattern"] = json!(SLUG);
    // Each order of a batch is judged by itself: the report says what is wrong with it.
    let entry = json!({"anyOf": [{"$ref": "#/components/schemas/NewOrder"}, {}]});
    schemas["NewBatch"]["properties"]["orders"]["items"] = entry.clone();
    let orders = &schemas["NewBatch"]["properties"]["orders"];
    let list = json!({"type": "array", "items": entry, "minItems": orders["minItems"], "maxItems": orders["maxItems"]});
    let batch = json!({"oneOf": [{"$ref": "#/components/schemas/NewBatch"}, list]});
    document["paths"]["/api/v1/orders/batch"]["post"]["requestBody"]["content"]["application/json"]["schema"] = batch;
}

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = document["paths"].as_object_mut().into_iter().flat_map(|paths| paths.values_mut());
    paths.flat_map(|item| item.as_object_mut().into_iter().flat_map(|item| item.values_mut()))
}

// By name: a parameter means the same wherever it stands.
fn parameter_schema(name: &str) -> Option<Value> {
    let amount =
        json!({"type": "integer", "format": "int64", "minimum": -MAX_FILTER_AMOUNT, "maximum": MAX_FILTER_AMOUNT});
    let sequence = json!({"type": "integer", "format": "int64", "minimum": 0});
    Some(match name {
        "store" => or_empty(json!({"type": "string", "pattern": SLUG})),
        "status" => or_empty(several(OrderStatus::ALL.iter().map(|w| w.as_str()))),
        "payment" => or_empty(several(PaymentStatus::ALL.iter().map(|w| w.as_str()))),
        "fulfilment" => or_empty(several(FulfilmentStatus::ALL.iter().map(|w| w.as_str()))),
        "kind" => or_empty(words(OrderKind::ALL.iter().map(|w| w.as_str()))),
        "q" => json!({"type": "string", "maxLength": 200}),
        "product" => or_empty(json!({"type": "string", "format": "uuid"})),
        "from" | "to" => or_empty(json!({"type": "string", "format": "date"})),
        "min" | "max" => or_empty(amount),
        "sort" => or_empty(words(["newest", "oldest"].into_iter())),
        "mode" => or_empty(words(["create", "update"].into_iter())),
        "group" => or_empty(words(["day", "hour", "none"].into_iter())),
        "compare" => or_empty(words(["previous", "year", "none"].into_iter())),
        "limit" => or_empty(json!({"type": "integer", "format": "int32", "minimum": 1, "maximum": 200})),
        "after" => or_empty(sequence),
        "Last-Event-ID" => sequence,
        "If-Match" => json!({"type": "string", "pattern": "^(\\*|\"[1-9][0-9]{0,8}\")$"}),
        "number" => json!({"type": "string", "minLength": 1, "maxLength": 64}),
        "Idempotency-Key" => json!({"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}),
        _ => return None,
    })
}

// Empty parameters count as absent.
fn or_empty(schema: Value) -> Value {
    json!({"anyOf": [schema, {"type": "string", "maxLength": 0}]})
}

// Words with commas between them.
fn several<'a>(words: impl Iterator<Item = &'a str>) -> Value {
    let word = words.collect::<Vec<_>>().join("|");
    json!({"type": "string", "pattern": format!("^({word})(,({word}))*$")})
}

fn words<'a>(words: impl Iterator<Item = &'a str>) -> Value {
    json!({"type": "string", "enum": words.collect::<Vec<_>>()})
}

#[cfg(test)]
mod tests {
    use domain::orders::OrderQuery;
    use domain::orders::query::AmountsIn;
    use domain::page::{Cursors, List};

    use super::super::openapi;
    use super::*;

    fn parameter(document: &Value, path: &str, name: &str) -> Value {
        let all = document["paths"][path]["get"]["parameters"].as_array().unwrap();
        all.iter().find(|parameter| parameter["name"] == name).unwrap()["schema"].clone()
    }

    #[test]
    fn bounds_and_words_are_those_that_are_enforced() {
        let document = openapi::as_json();
        let seal = Cursors::new(b"tests").of(
            domain::ids::TenantId(uuid::Uuid::nil()),
            uuid::Uuid::nil(),
            List::Orders,
            chrono::DateTime::UNIX_EPOCH,
        );
        let read = |name: &str, value: &str| OrderQuery::parse([(name, value)], AmountsIn::Minor, &seal).is_ok();
        for name in ["min", "max", "limit"] {
            let schema = parameter(&document, "/api/v1/orders", name)["anyOf"][0].clone();
            let (least, most) = (schema["minimum"].as_i64().unwrap(), schema["maximum"].as_i64().unwrap());
            for (value, taken) in [(least, true), (most, true), (least - 1, false), (most + 1, false)] {
                assert_eq!(read(name, &value.to_string()), taken, "{name}={value}");
            }
        }
        for (name, words) in [
            ("status", OrderStatus::ALL.iter().map(|w| w.as_str()).collect::<Vec<_>>()),
            ("payment", PaymentStatus::ALL.iter().map(|w| w.as_str()).collect()),
            ("fulfilment", FulfilmentStatus::ALL.iter().map(|w| w.as_str()).collect()),
        ] {
            let schema = parameter(&document, "/api/v1/orders", name)["anyOf"][0].clone();
            assert!(schema["pattern"].as_str().unwrap().contains(&words.join("|")), "{name}: {schema}");
            assert!(read(name, &words.join(",")) && words.iter().all(|word| read(name, word)), "{name}");
            assert!(!read(name, "else") && !read(name, &format!("{},", words[0])), "{name}");
        }
        for name in ["kind", "sort"] {
            let schema = parameter(&document, "/api/v1/orders", name)["anyOf"][0].clone();
            let words = schema["enum"].as_array().unwrap();
            assert!(words.len() > 1 && words.iter().all(|word| read(name, word.as_str().unwrap())), "{name}");
            assert!(!read(name, "else"), "{name}");
        }
        for name in ["store", "status", "payment", "fulfilment", "kind", "from", "to", "min", "max", "sort", "limit"] {
            let empty = parameter(&document, "/api/v1/orders", name)["anyOf"][1].clone();
            assert_eq!((read(name, ""), empty["maxLength"].as_u64()), (true, Some(0)), "{name}");
        }
        assert!(read("q", &"x".repeat(200)) && !read("q", &"x".repeat(201)));
    }

    #[test]
    fn no_keyword_of_the_document_is_null() {
        fn look(at: &str, value: &Value) {
            if let Some(fields) = value.as_object() {
                for (name, value) in
                    fields.iter().filter(|(name, _)| !["example", "examples", "default"].contains(&name.as_str()))
                {
                    assert!(!value.is_null(), "{at}/{name}");
                    look(&format!("{at}/{name}"), value);
                }
            }
        }
        look("", &openapi::as_json());
    }

    #[test]
    fn null_is_documented_where_it_counts_as_absent() {
        let mut order = super::super::schema::new_order_example();
        for field in ["kind", "discount", "shipping", "tax", "tags", "note", "customer"] {
            order[field] = Value::Null;
        }
        order["items"][0]["kind"] = Value::Null;
        let now = "2026-11-03T00:00:00Z".parse().unwrap();
        assert!(domain::orders::new_order::Draft::checked_from_json(&order, now).is_ok());
        let document = openapi::as_json();
        for (schema, fields) in NULLABLE {
            for field in fields {
                let kinds = document["components"]["schemas"][schema]["properties"][field]["type"].clone();
                assert!(kinds[0].is_string() && kinds[1] == "null", "{schema}.{field}: {kinds}");
            }
        }
    }

    #[test]
    fn every_parameter_has_its_form_and_every_operation_its_refusals() {
        let mut document = openapi::as_json();
        for operation in operations(&mut document) {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let schema = parameter["schema"].to_string();
                let is_free = parameter["name"] == "cursor";
                let says = ["enum", "pattern", "format", "maxLength"].iter().any(|word| schema.contains(word));
                assert!(is_free || says, "{id}: {parameter}");
            }
            for status in ["400", "401", "403", "422", "429", "503"] {
                assert!(operation["responses"][status].is_object(), "{id} does not say when it answers {status}");
            }
        }
    }
}
