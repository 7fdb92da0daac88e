//! Reading JSON with places, as strictly as `JSON.parse` does.

use std::ops::Range;
use std::sync::Arc;

use jsonc_parser::ast::{ObjectProp, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::data::{Data, Entry, Node};
use super::source::{Fault, Source, Spanned};

/// Nothing but JSON.
const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// The value of a file. Keys that occur twice are all there. Fails where the text is no JSON, or nested hundreds deep.
pub fn parse(source: &Source) -> Result<Node, Fault> {
    let wrong = |span: Option<Range<usize>>, reason: String| Fault { place: source.place(span), reason };
    let read = parse_to_ast(&source.text, &CollectOptions::default(), &STRICT).map_err(|error| {
        let range = error.range();
        wrong(Some(range.start..range.end), error.kind().to_string())
    })?;
    read.value.map(node).ok_or_else(|| wrong(None, "it is empty".to_owned()))
}

fn node(value: Value<'_>) -> Node {
    let range = value.range();
    let data = match value {
        Value::NullKeyword(_) => Data::Null,
        Value::BooleanLit(literal) => Data::Boolean(literal.value),
        Value::NumberLit(literal) => Data::Number(literal.value.to_owned()),
        Value::StringLit(literal) => Data::String(literal.value.into_owned()),
        Value::Array(array) => Data::Array(array.elements.into_iter().map(node).map(Arc::new).collect()),
        Value::Object(object) => Data::Object(object.properties.into_iter().map(entry).collect()),
    };
    Node { data, span: range.start..range.end }
}

fn entry(property: ObjectProp<'_>) -> Entry {
    let range = property.name.range();
    let key = Spanned { value: property.name.into_string(), span: range.start..range.end };
    Entry { key, value: Arc::new(node(property.value)) }
}

#[cfg(test)]
mod tests {
    use releasekit_core::model::RepoPath;

    use super::*;

    fn read(text: &str) -> Result<Node, Fault> {
        parse(&Source::new(RepoPath::new("f.json").expect("legal"), text))
    }

    #[test]
    fn values_are_read_with_their_places() {
        let text = "\u{feff}{\r\n\t\"a\" : \"x\\u005e\", \"b\": [1, true, null]}\n";
        let root = read(text).expect("JSON");
        let a = root.get("a").and_then(Node::spanned).expect("a string");
        assert_eq!((a.value.as_str(), &text[3..][a.span.clone()]), ("x^", "\"x\\u005e\""));
        assert!(matches!(&root.get("b").expect("an array").data, Data::Array(values) if values.len() == 3));
    }

    #[test]
    fn what_is_no_json_is_refused() {
        let deep = "[".repeat(100_000);
        for text in ["", " ", "{", "{\"a\":1,}", "{'a':1}", "{a:1}", "// x\n{}", "{\"a\":+1}", "{} {}", "[1 2]", &deep]
        {
            assert!(read(text).is_err(), "{}", &text[..text.len().min(20)]);
        }
    }
}
