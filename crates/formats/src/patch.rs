//! Replacements of bytes in a text; the bytes between them stay as they are.

use std::ops::Range;

/// A text and what is to be replaced in it.
#[derive(Debug)]
pub(crate) struct Patch<'a> {
    text: &'a str,
    replacements: Vec<(Range<usize>, String)>,
}

impl<'a> Patch<'a> {
    /// Starts with nothing to replace.
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, replacements: Vec::new() }
    }

    /// Replaces bytes of the original text; ranges do not overlap.
    pub(crate) fn replace(&mut self, span: Range<usize>, by: String) {
        self.replacements.push((span, by));
    }

    /// The text with all replacements made.
    pub(crate) fn apply(mut self) -> String {
        self.replacements.sort_by_key(|(span, _)| span.start);
        let mut result = String::with_capacity(self.text.len() + 16);
        let mut at = 0;
        for (span, by) in self.replacements {
            result.push_str(&self.text[at..span.start]);
            result.push_str(&by);
            at = span.end;
        }
        result.push_str(&self.text[at..]);
        result
    }
}
