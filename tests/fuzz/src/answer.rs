//! What a target said to an input, as far as two answers are told apart.

use std::collections::BTreeSet;

use releasekit_core::{Code, Diagnostic};

/// The answers to one input: codes of errors, and the shapes of what was said.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) codes: BTreeSet<Code>,
    pub(crate) shapes: BTreeSet<String>,
}

impl Answer {
    /// A value; `shape` says what is remarkable about it.
    pub(crate) fn value(shape: impl Into<String>) -> Self {
        Self { codes: BTreeSet::new(), shapes: [shape.into()].into() }
    }

    /// An error.
    pub(crate) fn error(error: &dyn Diagnostic) -> Self {
        let code = error.code();
        let places: usize = error.labels().len();
        Self { codes: [code].into(), shapes: [format!("{code} {places} {}", shape(&error.to_string()))].into() }
    }

    /// Both answers.
    pub(crate) fn and(mut self, other: Self) -> Self {
        self.codes.extend(other.codes);
        self.shapes.extend(other.shapes);
        self
    }
}

/// A number as far as it matters: few, some, many.
pub(crate) fn size(number: usize) -> usize {
    number.min(4).max(usize::BITS as usize - number.leading_zeros() as usize)
}

/// The first words of a message that are its own: before its first quotation and behind its last one, for what is between
/// may hold quotes itself.
fn shape(message: &str) -> String {
    const MOST: usize = 10;
    let quote = ['`', '"'];
    let before = message.split(quote).next().unwrap_or_default();
    let behind = message.rsplit(quote).next().filter(|_| message.contains(quote)).unwrap_or_default();
    let words = [before, behind].into_iter().flat_map(|part| part.split(|c: char| !c.is_ascii_alphabetic()));
    words.filter(|word| word.len() > 1).take(MOST).collect::<Vec<_>>().join(" ")
}
