//! A text file that is changed byte by byte: what is not replaced stays as it is, line ends and byte order mark too.

use std::ops::Range;

use releasekit_core::model::RepoPath;
use releasekit_core::{FileEdit, Label, Result, Tree};

const BYTE_ORDER_MARK: &str = "\u{feff}";

/// A place in a file: the text around it travels along, so that it can be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, from the repository root.
    pub file: RepoPath,
    /// Its text.
    pub text: String,
    /// The bytes meant; `None` for the file as a whole.
    pub span: Option<Range<usize>>,
}

impl Place {
    /// A label at this place.
    pub fn label(&self, message: impl Into<String>) -> Label {
        match &self.span {
            Some(span) => Label::span(self.file.to_string(), self.text.clone(), span.clone(), message),
            None => Label::file(self.file.to_string(), message),
        }
    }
}

/// What is wrong at a place of a package file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Box<Place>,
    /// What is wrong.
    pub reason: String,
}

impl Fault {
    /// A file that is no text.
    pub fn no_text(file: RepoPath) -> Self {
        let place = Box::new(Place { file, text: String::new(), span: None });
        Self { place, reason: "it is not UTF-8".to_owned() }
    }
}

/// A string of a file and the bytes it stands in, quotes included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spanned {
    /// The string.
    pub value: String,
    /// Where it stands.
    pub span: Range<usize>,
}

/// Bytes of a text and what they are to become.
pub type Replacement = (Range<usize>, String);

/// A text file of a tree. Spans point into `text`, which has no byte order mark.
#[derive(Debug, Clone)]
pub struct Source {
    /// The file, from the repository root.
    pub file: RepoPath,
    /// Its text, without a byte order mark.
    pub text: String,
    marked: bool,
}

impl Source {
    /// Reads a file; `None` where the tree has none, a fault where it is no text.
    pub fn read(tree: &dyn Tree, file: &RepoPath) -> Result<Option<Result<Self, Fault>>> {
        let Some(bytes) = tree.read(file)? else { return Ok(None) };
        let text = String::from_utf8(bytes).map_err(|_| Fault::no_text(file.clone()));
        Ok(Some(text.map(|text| Self::new(file.clone(), &text))))
    }

    /// A file with this text.
    pub fn new(file: RepoPath, text: &str) -> Self {
        let bare = text.strip_prefix(BYTE_ORDER_MARK);
        Self { file, marked: bare.is_some(), text: bare.unwrap_or(text).to_owned() }
    }

    /// A place in it; `None` for the file as a whole.
    pub fn place(&self, span: Option<Range<usize>>) -> Box<Place> {
        Box::new(Place { file: self.file.clone(), text: self.text.clone(), span })
    }

    /// The edit that makes these replacements, which do not overlap; `None` where they change nothing.
    pub fn edit(&self, mut replacements: Vec<Replacement>) -> Option<FileEdit> {
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

/// A string of TOML or JSON with another value, in the quotes that it has.
pub fn requoted(raw: &str, value: &str) -> String {
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
