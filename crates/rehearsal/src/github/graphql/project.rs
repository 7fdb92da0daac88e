//! What was selected of an answer.

use serde_json::{Map, Value};

use super::document::Field;
use super::fault::{Fault, Outcome};

/// The selected fields of a value; each item of a list has its own.
pub(super) fn select(value: &Value, selected: &[Field]) -> Outcome {
    match value {
        Value::Array(items) => items.iter().map(|item| select(item, selected)).collect(),
        Value::Object(fields) if !selected.is_empty() => {
            let mut found = Map::new();
            for field in selected {
                let value = fields.get(&field.name).ok_or_else(|| undefined(&field.name))?;
                found.insert(field.key.clone(), select(value, &field.selected)?);
            }
            Ok(Value::Object(found))
        }
        Value::Object(_) => Err(Fault::new("selectionMismatch", "Field must have selections")),
        other => Ok(other.clone()),
    }
}

fn undefined(name: &str) -> Fault {
    Fault::new("undefinedField", format!("Field '{name}' doesn't exist"))
}
