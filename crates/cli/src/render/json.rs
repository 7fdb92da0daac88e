//! JSON for programs: indented, in a fixed order, with one line break at the end.

use releasekit_core::Diagnostic;
use serde::Serialize;

use super::style::is_hidden;

/// A failure, as programs are told of it.
#[derive(Serialize)]
pub(crate) struct Failure {
    code: &'static str,
    message: String,
}

impl Failure {
    pub(crate) fn of(error: &dyn Diagnostic) -> Self {
        Self { code: error.code().as_str(), message: error.to_string() }
    }
}

/// The text of a value whose maps are ordered.
pub(crate) fn pretty(value: &impl Serialize) -> String {
    let text = serde_json::to_string_pretty(value).expect("our own values have text keys and finite numbers");
    escaped(&text) + "\n"
}

/// The document of a release, or of several.
pub(crate) fn of_releases(documents: Vec<impl Serialize>) -> String {
    #[derive(Serialize)]
    struct Several<T> {
        schema: u32,
        releases: Vec<T>,
    }
    match documents.as_slice() {
        [only] => pretty(only),
        _ => pretty(&Several { schema: 1, releases: documents }),
    }
}

/// JSON whose texts hold no character that a terminal would obey or hide: each is written as its number, which means the
/// same to whoever reads JSON.
pub(crate) fn escaped(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        // Line breaks stand between the values only.
        if c == '\n' || !is_hidden(c) {
            text.push(c);
        } else {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| text.push_str(&format!("\\u{unit:04x}")));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_written_as_numbers_and_mean_the_same() {
        let value = serde_json::json!({"a": "x\u{9b}31m\u{202e}\u{7f}\u{e0041}\u{1b}\u{2028}é\n"});
        let text = pretty(&value);
        assert!(text.contains("x\\u009b31m\\u202e\\u007f\\udb40\\udc41\\u001b\\u2028é\\n"), "{text}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).expect("JSON"), value);
    }
}
