//! The inputs that are mutated, and what is new about an answer.

use std::collections::BTreeSet;

use releasekit_core::Code;

use crate::answer::Answer;

/// The largest input that is kept.
const LARGEST: usize = 64 * 1024;

/// Seeds, and inputs that were answered in a new way.
#[derive(Debug, Default)]
pub(crate) struct Corpus {
    pub(crate) inputs: Vec<Vec<u8>>,
    pub(crate) codes: BTreeSet<Code>,
    shapes: BTreeSet<String>,
}

impl Corpus {
    /// How many different answers there were.
    pub(crate) fn answers(&self) -> usize {
        self.shapes.len()
    }

    /// Takes in an answer, and keeps its input if there was none like it.
    pub(crate) fn add(&mut self, input: &[u8], answer: Answer) {
        let before = self.shapes.len() + self.codes.len();
        self.codes.extend(answer.codes);
        self.shapes.extend(answer.shapes);
        let is_new = self.shapes.len() + self.codes.len() > before;
        if self.inputs.is_empty() || (is_new && input.len() <= LARGEST) {
            self.inputs.push(input.to_vec());
        }
    }
}
