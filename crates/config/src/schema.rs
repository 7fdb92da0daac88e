//! The JSON schema that editors check `releasekit.toml` with, from the tables of keys.

use serde_json::{Map, Value as Json, json};

use crate::configuration::is_nothing;
use crate::key::{Facts, Shape, Slot};
use crate::rule::Rule;
use crate::table::Table;
use crate::tables::TABLES;

/// The schema of `releasekit.toml`, JSON Schema draft 2020-12, with a final newline.
pub fn schema_json() -> String {
    let mut root = object();
    for table in TABLES {
        insert(&mut root, table);
    }
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "releasekit.toml",
    });
    if let (Some(schema), Some(root)) = (schema.as_object_mut(), root.as_object()) {
        schema.extend(root.clone());
    }
    // The order must not hang on whether some crate of the build turns serde_json's `preserve_order` on.
    schema.sort_all_objects();
    format!("{schema:#}\n")
}

fn object() -> Json {
    json!({ "type": "object", "additionalProperties": false, "properties": {} })
}

/// Puts a table's keys where its path leads.
fn insert(root: &mut Json, table: &Table) {
    let mut at = root;
    for part in table.path {
        at = at["properties"].as_object_mut().expect("every object has properties").entry(*part).or_insert_with(object);
    }
    let properties = Json::Object(table.keys(|facts, slot| property(facts, &slot)).into_iter().collect::<Map<_, _>>());
    if let Some(named) = &table.named {
        let mut entry = object();
        entry["properties"] = properties;
        at["description"] = json!(table.doc);
        at["additionalProperties"] = entry;
        if let Some(pattern) = named.rule.pattern() {
            at["propertyNames"] = json!({ "pattern": pattern });
        }
        return;
    }
    at["description"] = json!(table.doc);
    if let (Some(all), Json::Object(own)) = (at["properties"].as_object_mut(), properties) {
        all.extend(own);
    }
}

fn property(facts: &Facts, slot: &Slot<'_>) -> (String, Json) {
    let mut property = shape(&slot.shape());
    let without = if facts.unset.is_empty() { String::new() } else { format!(" Without it: {}.", facts.unset) };
    property["description"] = json!(format!("{}{without}", facts.doc));
    let default = slot.show();
    if !is_nothing(&default) {
        property["default"] = default;
    }
    (facts.name.to_owned(), property)
}

fn shape(shape: &Shape) -> Json {
    match shape {
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Text(rule) => text(*rule),
        Shape::Texts(rule @ Rule::TagFormat) => {
            json!({ "anyOf": [text(*rule), { "type": "array", "items": text(*rule) }] })
        }
        Shape::Texts(rule) => json!({ "type": "array", "items": text(*rule) }),
        Shape::Commands => json!({
            "type": "array",
            "items": { "type": "array", "minItems": 1, "items": { "type": "string" } },
        }),
        Shape::Files => json!({
            "type": "array",
            "items": { "anyOf": [text(Rule::PackagePath), {
                "type": "object",
                "additionalProperties": false,
                "required": ["path"],
                "properties": { "path": text(Rule::PackagePath), "search": text(Rule::Search) },
            }] },
        }),
        Shape::Number(range, _) => json!({ "type": "integer", "minimum": range.least, "maximum": range.greatest }),
        Shape::Word(words) => json!({ "enum": words }),
        Shape::Words(words) => json!({ "type": "array", "minItems": 1, "items": { "enum": words } }),
    }
}

fn text(rule: Rule) -> Json {
    let mut text = json!({ "type": "string" });
    match rule.pattern() {
        Some(pattern) => text["pattern"] = json!(pattern),
        None if !rule.may_be_empty() => text["minLength"] = json!(1),
        None => {}
    }
    text
}
