//! The text of a configuration, as errors may show it.

use std::ops::Range;
use std::sync::Arc;

use crate::error::Place;

/// A file's name, and its text with logins and queries of URLs struck out.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    path: String,
    shown: Arc<str>,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), shown: masked(text).into() }
    }

    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// The line, from 1, that a byte lies in.
    pub(crate) fn line(&self, offset: usize) -> usize {
        1 + self.shown.bytes().take(offset).filter(|byte| *byte == b'\n').count()
    }

    pub(crate) fn shown(&self, span: Range<usize>) -> &str {
        self.shown.get(span).unwrap_or_default()
    }

    pub(crate) fn place(&self, span: Range<usize>, message: impl Into<String>) -> Box<Place> {
        Box::new(Place { path: self.path.clone(), text: Arc::clone(&self.shown), span, message: message.into() })
    }
}

/// The same text, byte for byte as long, with the user part and the query of every URL that has one struck out.
pub(crate) fn masked(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("://") {
        let (before, after) = rest.split_at(start + 3);
        let url = &after[..after.find(|c: char| c == '"' || c == '\'' || c.is_whitespace()).unwrap_or(after.len())];
        let user = url[..url.find(['/', '?', '#']).unwrap_or(url.len())].rfind('@').unwrap_or(0);
        let query = url.find(['?', '#']).map_or(url.len(), |at| at + 1).max(user);
        shown.push_str(before);
        shown.extend(std::iter::repeat_n('*', user));
        shown.push_str(&url[user..query]);
        shown.extend(std::iter::repeat_n('*', url.len() - query));
        rest = &after[url.len()..];
    }
    shown.push_str(rest);
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_part_of_a_url_is_struck_out_and_nothing_moves() {
        let cases = [
            ("a = \"https://me:pä@host/x\" # é", "a = \"https://******@host/x\" # é"),
            ("https://host/a@b", "https://host/a@b"),
            ("https://a:b@c@host ftp://x:y@z", "https://*****@host ftp://***@z"),
            ("plain://", "plain://"),
            ("u = \"https://h/s/?token=abc#x\"", "u = \"https://h/s/?***********\""),
            ("https://h?a@b", "https://h?***"),
        ];
        for (text, expected) in cases {
            let shown = masked(text);
            assert_eq!(shown.len(), text.len(), "{text}");
            assert_eq!(shown, expected, "{text}");
        }
    }
}
