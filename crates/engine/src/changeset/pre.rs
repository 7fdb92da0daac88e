//! What changesets keeps while it makes prereleases, as far as it says something here.

use serde_json::Value;

/// What the next release is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// One more prerelease, or something that cannot be read.
    Pre,
    /// A final version of all that has a label, from all change files that there are.
    Exit,
}

impl Mode {
    /// Reads the file.
    pub(crate) fn of(text: &str) -> Self {
        let said: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap_or_default();
        if said.get("mode").and_then(Value::as_str) == Some("exit") { Self::Exit } else { Self::Pre }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_says_so_is_left() {
        assert_eq!(Mode::of("\u{feff}{\"mode\": \"exit\", \"tag\": \"next\", \"changesets\": [\"a\"]}"), Mode::Exit);
        for text in ["{\"mode\": \"pre\"}", "{}", "[]", "exit", ""] {
            assert_eq!(Mode::of(text), Mode::Pre, "{text}");
        }
    }
}
