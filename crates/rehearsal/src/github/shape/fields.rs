//! What many things have.

use serde_json::{Map, Value};

/// The name of a thing in GraphQL.
pub(in super::super) fn node_id(kind: &str, id: u64) -> String {
    format!("{kind}_kwDO{id:08}")
}

/// Addresses below one, by the names of their fields.
pub(super) fn urls(base: &str, fields: &[(&str, &str)]) -> Map<String, Value> {
    fields.iter().map(|(field, below)| ((*field).to_owned(), Value::String(format!("{base}{below}")))).collect()
}

/// Both in one object.
pub(super) fn joined(mut fields: Map<String, Value>, more: Value) -> Value {
    if let Value::Object(more) = more {
        fields.extend(more);
    }
    Value::Object(fields)
}
