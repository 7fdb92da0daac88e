//! JSON for programs: indented, in a fixed order, with one line break at the end.

use serde::Serialize;

/// The text of a value whose maps are ordered.
pub(crate) fn pretty(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("our own values have text keys and finite numbers");
    text.push('\n');
    text
}
