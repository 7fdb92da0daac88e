//! The inputs that are mutated, and what is new about an answer.

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::Code;

use crate::answer::Answer;

/// The largest input that is kept.
const LARGEST: usize = 64 * 1024;

/// How many shapes of one code, or of one kind of value, are told apart: a message may quote without quotes.
const MOST: usize = 200;

/// Seeds, and inputs that were answered in a new way.
#[derive(Debug, Default)]
pub(crate) struct Corpus {
    pub(crate) inputs: Vec<Vec<u8>>,
    pub(crate) codes: BTreeSet<Code>,
    shapes: BTreeSet<String>,
    /// How many shapes begin with the same word.
    alike: BTreeMap<String, usize>,
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
        for shape in answer.shapes {
            let word = shape.split(' ').next().unwrap_or_default();
            if self.alike.get(word).is_none_or(|count| *count < MOST) && !self.shapes.contains(&shape) {
                *self.alike.entry(word.to_owned()).or_default() += 1;
                self.shapes.insert(shape);
            }
        }
        let is_new = self.shapes.len() + self.codes.len() > before;
        if self.inputs.is_empty() || (is_new && input.len() <= LARGEST) {
            self.inputs.push(input.to_vec());
        }
    }
}
