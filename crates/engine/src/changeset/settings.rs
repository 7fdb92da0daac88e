//! The settings of changesets, as far as they say something here.

use std::ops::Range;

use serde_json::{Map, Value};

use super::Malformed;

/// A longer file holds no settings.
const LONGEST: usize = 1 << 20;

/// Keys that others read: editors, and who packs packages.
const OTHERS: &[&str] = &["$schema", "access"];

/// What `config.json` says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Settings {
    /// Globs of packages that take no part.
    pub(crate) ignore: Vec<String>,
    /// Packages that always have one version, each group as globs.
    pub(crate) fixed: Vec<Vec<String>>,
    /// Packages that have one version where they move, each group as globs.
    pub(crate) linked: Vec<Vec<String>>,
    /// The branch that changes are compared with.
    pub(crate) base_branch: Option<String>,
    /// Keys that say nothing here.
    pub(crate) unread: Vec<String>,
}

impl Settings {
    /// Reads the file.
    pub(crate) fn parse(text: &str) -> Result<Self, Malformed> {
        if text.len() > LONGEST {
            return Err(Malformed::new(format!("it is longer than {LONGEST} bytes"), 0..0));
        }
        let plain = text.trim_start_matches('\u{feff}');
        let before = text.len() - plain.len();
        let keys: Map<String, Value> = serde_json::from_str(plain)
            .map_err(|error| Malformed::new(error.to_string(), place(text, before, &error)))?;
        let mut settings = Self::default();
        for (key, value) in keys {
            match key.as_str() {
                "ignore" => settings.ignore = read(&key, value)?,
                "fixed" => settings.fixed = read(&key, value)?,
                "linked" => settings.linked = read(&key, value)?,
                "baseBranch" => settings.base_branch = Some(read(&key, value)?),
                other if OTHERS.contains(&other) => {}
                _ => settings.unread.push(key),
            }
        }
        Ok(settings)
    }
}

fn read<T: serde::de::DeserializeOwned>(key: &str, value: Value) -> Result<T, Malformed> {
    serde_json::from_value(value).map_err(|error| Malformed::new(format!("`{key}` cannot be read: {error}"), 0..0))
}

/// The character that an error is about.
fn place(text: &str, before: usize, error: &serde_json::Error) -> Range<usize> {
    let lines = text.split_inclusive('\n').take(error.line().saturating_sub(1));
    let line: usize = lines.map(str::len).sum();
    let byte_order_mark = if error.line() == 1 { before } else { 0 };
    let at = (line + byte_order_mark + error.column().saturating_sub(1)).min(text.len());
    let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
    at..at + text[at..].chars().next().map_or(0, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_says_something_here_is_read_and_the_rest_is_named() {
        let text = "\u{feff}{\n  \"$schema\": \"x\", \"access\": \"public\", \"changelog\": false, \"commit\": true,\n  \"fixed\": [[\"a\", \"@s/*\"]],\n  \"linked\": [], \
                    \"ignore\": [\"docs\"], \"baseBranch\": \"main\"\n}\n";
        let expected = Settings {
            ignore: vec!["docs".to_owned()],
            fixed: vec![vec!["a".to_owned(), "@s/*".to_owned()]],
            linked: Vec::new(),
            base_branch: Some("main".to_owned()),
            unread: vec!["changelog".to_owned(), "commit".to_owned()],
        };
        assert_eq!(Settings::parse(text), Ok(expected));
        assert_eq!(Settings::parse("{}"), Ok(Settings::default()));
    }

    #[test]
    fn what_cannot_be_read_says_why_and_where() {
        let said = |text: &str| {
            let error = Settings::parse(text).expect_err("it is broken");
            format!("{} @ {:?}", error.why, &text[error.span])
        };
        assert_eq!(said("{\n  \"a\": é }"), "expected value at line 2 column 8 @ \"é\"");
        assert_eq!(said("{"), "EOF while parsing an object at line 1 column 1 @ \"{\"");
        assert_eq!(said("[]"), "invalid type: sequence, expected a map at line 1 column 0 @ \"[\"");
        let shape = "`fixed` cannot be read: invalid type: string \"a\", expected a sequence @ \"\"";
        assert_eq!(said("{\"fixed\": [\"a\"]}"), shape);
        assert!(Settings::parse(&" ".repeat(LONGEST + 1)).is_err());
    }
}
