//! A text file that is changed byte by byte: what is not replaced stays as it is, line ends and byte order mark too.

use std::ops::Range;

use releasekit_core::model::RepoPath;
use releasekit_core::{BackendError, FileEdit, Tree};

use crate::error::{Error, Place};

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Bytes of a text and what they are to become.
pub(crate) type Replacement = (Range<usize>, String);

/// A text file of a tree. Spans point into `text`, which has no byte order mark.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) file: RepoPath,
    pub(crate) text: String,
    marked: bool,
}

impl Source {
    /// Reads a file; `None` where the tree has none.
    pub(crate) fn read(tree: &dyn Tree, file: &RepoPath) -> Result<Option<Self>, BackendError> {
        let Some(bytes) = tree.read(file)? else { return Ok(None) };
        match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(Self::new(file.clone(), &text))),
            Err(_) => Err(Error::no_text(file).into()),
        }
    }

    pub(crate) fn new(file: RepoPath, text: &str) -> Self {
        let bare = text.strip_prefix(BYTE_ORDER_MARK);
        Self { file, marked: bare.is_some(), text: bare.unwrap_or(text).to_owned() }
    }

    pub(crate) fn place(&self, span: Option<Range<usize>>) -> Box<Place> {
        Box::new(Place { file: self.file.clone(), text: self.text.clone(), span })
    }

    /// The edit that makes these replacements, which do not overlap; `None` where they change nothing.
    pub(crate) fn edit(&self, mut replacements: Vec<Replacement>) -> Option<FileEdit> {
        replacements.sort_by_key(|(span, _)| span.start);
        let mut text = if self.marked { BYTE_ORDER_MARK.to_owned() } else { String::new() };
        let mut at = 0;
        for (span, by) in replacements {
            text.push_str(&self.text[at..span.start]);
            text.push_str(&by);
            at = span.end;
        }
        text.push_str(&self.text[at..]);
        let before = if self.marked { BYTE_ORDER_MARK.len() } else { 0 };
        (text[before..] != self.text).then(|| FileEdit::write(self.file.clone(), text))
    }
}

/// A TOML string with another value, in the quotes that it has.
pub(crate) fn requoted(raw: &str, value: &str) -> String {
    let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| raw.starts_with(quote)).unwrap_or("\"");
    if quote.starts_with('\'') && !value.contains(['\'', '\n', '\r']) {
        return format!("{quote}{value}{quote}");
    }
    let quote = if quote.starts_with('\'') { "\"" } else { quote };
    let mut text = quote.to_owned();
    for c in value.chars() {
        match c {
            '"' | '\\' => text.extend(['\\', c]),
            c if c.is_control() => text.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => text.push(c),
        }
    }
    text + quote
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> Source {
        Source::new(RepoPath::new("f").expect("legal"), text)
    }

    #[test]
    fn quotes_are_kept_where_they_can_be() {
        for (raw, value, expected) in [
            ("\"a\"", "b", "\"b\""),
            ("'a'", "b \"c\"", "'b \"c\"'"),
            ("'''a'''", "b", "'''b'''"),
            ("\"\"\"a\"\"\"", "b", "\"\"\"b\"\"\""),
            ("'a'", "it's", "\"it's\""),
            ("\"a\"", "x; y == \"z\"", "\"x; y == \\\"z\\\"\""),
        ] {
            assert_eq!(requoted(raw, value), expected, "{raw}");
        }
    }

    #[test]
    fn a_replacement_leaves_the_rest_and_none_gives_no_edit() {
        let marked = source("\u{feff}one\r\ntwo");
        let edit = marked.edit(vec![(5..8, "2".into()), (0..3, "1".into())]).expect("a change");
        assert_eq!(edit.content.as_deref(), Some("\u{feff}1\r\n2".as_bytes()));
        assert_eq!(marked.edit(vec![(0..3, "one".into())]), None);
        assert_eq!(marked.edit(Vec::new()), None);
    }
}
