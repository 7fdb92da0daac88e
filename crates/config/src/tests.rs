//! What holds for every key, because it stands in the table.

use std::collections::BTreeSet;

use releasekit_core::policy::Policy;
use serde_json::Value as Json;

use crate::configuration::{Origin, Setting, is_nothing, parse, toml};
use crate::table::Table;
use crate::tables::TABLES;

/// Each key with its example in a file of its own.
fn examples() -> Vec<(String, String)> {
    let files = |table: &'static Table| {
        table.keys(|facts, _| {
            let key = format!("{}{}", table.example_header(), facts.name);
            let before = match facts.name {
                // A package joins a group that the same file describes.
                "group" => "[groups.web]\n",
                "umbrella_tag" => "synchronize = true\n",
                "umbrella_version" => "umbrella_tag = \"v{version}\"\n",
                _ => "",
            };
            (key, format!("{before}{}{} = {}\n", table.example_header(), facts.name, facts.example))
        })
    };
    TABLES.iter().flat_map(files).collect()
}

/// The file up to the value of its last line.
fn before_value(file: &str) -> &str {
    let line = file.trim_end().rfind('\n').map_or(0, |end| end + 1);
    &file[..line + file[line..].find(" = ").expect("has a value") + 3]
}

#[test]
fn every_key_has_an_example_that_changes_the_policy_and_shows_its_line() {
    for (key, file) in examples() {
        let configuration = parse("releasekit.toml", &file).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert_ne!(configuration.policy, Policy::default(), "{key} does nothing");
        let line = file.lines().count();
        let origin = Origin::File { path: "releasekit.toml".to_owned(), line };
        let set: Vec<&Setting> = configuration.settings.iter().filter(|setting| setting.origin == origin).collect();
        assert_eq!(set.len(), 1, "{key}: {set:?}");
        let again = before_value(&file).to_owned() + &set[0].rendered();
        assert_eq!(parse("x", &again).map(|again| again.policy).ok(), Some(configuration.policy), "{again}");
    }
}

#[test]
fn every_key_refuses_a_value_of_another_type() {
    for (key, file) in examples() {
        let start = before_value(&file);
        let error = parse("releasekit.toml", &format!("{start}2024-01-01\n")).expect_err(&key);
        assert!(error.to_string().contains("expects"), "{key}: {error}");
    }
}

#[test]
fn every_key_says_what_it_is_and_what_it_means_when_it_is_not_set() {
    for table in TABLES {
        let rows = table.keys(|facts, slot| (*facts, slot.show()));
        let names: BTreeSet<&str> = rows.iter().map(|(facts, _)| facts.name).collect();
        assert_eq!(names.len(), rows.len(), "{} has a key twice", table.header());
        for (facts, default) in rows {
            let name = facts.name;
            assert!(facts.doc.ends_with('.') && !facts.doc.contains('\n'), "{name}: {}", facts.doc);
            assert_eq!(is_nothing(&default), !facts.unset.is_empty(), "{name}: `unset` is for keys without a value");
        }
    }
}

#[test]
fn every_key_stands_in_the_schema_and_in_the_reference() {
    let schema: Json = serde_json::from_str(&crate::schema_json()).expect("valid JSON");
    let reference = crate::reference_markdown();
    for table in TABLES {
        let mut at = &schema;
        for part in table.path {
            at = &at["properties"][*part];
        }
        let at = if table.named.is_some() { &at["additionalProperties"] } else { at };
        assert_eq!(at["additionalProperties"], Json::Bool(false), "{}", table.header());
        assert!(reference.contains(&table.header()), "{}", table.header());
        for (name, example) in table.keys(|facts, _| (facts.name, facts.example)) {
            let property = &at["properties"][name];
            let value = json_of(example);
            assert!(fits(property, &value), "{name}: {value} does not fit {property}");
            assert!(!fits(property, &serde_json::json!({ "a": 1 })), "{name} takes anything");
            assert!(reference.contains(&format!("| `{name}` |")), "{name}");
        }
    }
}

/// The examples as JSON, by way of TOML.
fn json_of(example: &str) -> Json {
    fn convert(value: &toml_edit::Value) -> Json {
        match value {
            toml_edit::Value::Boolean(value) => Json::from(*value.value()),
            toml_edit::Value::Integer(value) => Json::from(*value.value()),
            toml_edit::Value::String(value) => Json::from(value.value().as_str()),
            toml_edit::Value::Array(values) => values.iter().map(convert).collect(),
            toml_edit::Value::InlineTable(table) => {
                Json::Object(table.iter().map(|(key, value)| (key.to_owned(), convert(value))).collect())
            }
            other => panic!("no key takes {other}"),
        }
    }
    let value: toml_edit::Value = example.parse().expect("an example is TOML");
    convert(&value)
}

/// The part of JSON Schema that ours uses, patterns aside.
fn fits(schema: &Json, value: &Json) -> bool {
    if let Some(any) = schema["anyOf"].as_array() {
        return any.iter().any(|schema| fits(schema, value));
    }
    if let Some(words) = schema["enum"].as_array() {
        return words.contains(value);
    }
    match schema["type"].as_str() {
        Some("boolean") => value.is_boolean(),
        Some("string") => value.is_string(),
        Some("object") => value.as_object().is_some_and(|fields| {
            let required = schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str);
            required.into_iter().all(|key| fields.contains_key(key))
                && fields.iter().all(|(key, value)| fits(&schema["properties"][key.as_str()], value))
        }),
        Some("integer") => value
            .as_i64()
            .is_some_and(|n| Some(n) >= schema["minimum"].as_i64() && Some(n) <= schema["maximum"].as_i64()),
        Some("array") => value.as_array().is_some_and(|list| list.iter().all(|value| fits(&schema["items"], value))),
        other => panic!("the schema says {other:?}"),
    }
}

#[test]
fn what_is_shown_is_toml_again() {
    for text in ["plain", "with \"quotes\"", "back\\slash", "line\nbreak", ""] {
        assert_eq!(json_of(&toml(&Json::from(text))), Json::from(text));
    }
}
