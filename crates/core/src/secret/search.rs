//! Where secrets stand in a text: as it is, with its escapes read, and with what breaks its words left out.

use std::ops::Range;

use aho_corasick::AhoCorasick;

use super::forms::{self, Form};
use super::redactor::LEAST;
use super::view::{self, View};

/// One look for secrets.
#[derive(Clone, Copy)]
pub(super) struct Search<'a> {
    pub(super) forms: &'a [Form],
    pub(super) searcher: &'a AhoCorasick,
}

impl Search<'_> {
    /// The stretches of a text that are secret, as it stands and as its readers see it.
    pub(super) fn all(self, bytes: &[u8]) -> Vec<Range<usize>> {
        let mut found = self.plain(bytes);
        found.extend(self.escaped(bytes, forms::ROUNDS));
        if let Some(mail) = View::read(bytes, view::quoted_printable) {
            let inside = [self.plain(&mail.bytes), self.escaped(&mail.bytes, forms::ROUNDS)].concat();
            found.extend(inside.iter().map(|range| mail.source(range)));
        }
        found
    }

    fn escaped(self, bytes: &[u8], rounds: usize) -> Vec<Range<usize>> {
        let view = if rounds > 0 { View::read(bytes, view::escape) } else { None };
        let Some(view) = view else { return self.broken(bytes) };
        let inside = [self.plain(&view.bytes), self.escaped(&view.bytes, rounds - 1)].concat();
        inside.iter().map(|range| view.source(range)).collect()
    }

    /// What is found once what breaks words is gone. Short secrets would be found across innocent words.
    fn broken(self, bytes: &[u8]) -> Vec<Range<usize>> {
        let Some(view) = View::read(bytes, view::filler) else { return Vec::new() };
        // One digit more at either end holds the last bits; the next line is none of them.
        let inside = self.found(&view.bytes, LEAST, 1);
        inside.iter().map(|range| view.source(range)).collect()
    }

    fn plain(self, bytes: &[u8]) -> Vec<Range<usize>> {
        self.found(bytes, 0, usize::MAX)
    }

    /// Every form of at least this length, with at most so many bytes of what stands around it on either side.
    fn found(self, bytes: &[u8], least: usize, most: usize) -> Vec<Range<usize>> {
        let mut all: Vec<Range<usize>> = Vec::new();
        for found in self.searcher.find_overlapping_iter(bytes) {
            let form = &self.forms[found.pattern().as_usize()];
            let last = all.last().cloned().unwrap_or_default();
            if form.text.expose().len() < least || (last.start <= found.start() && found.end() <= last.end) {
                continue;
            }
            // What stood around the one before has gone with it.
            let floor = last.end.min(found.start());
            let takes = |byte: &&u8| form.around.takes(**byte);
            let before = bytes[floor..found.start()].iter().rev().take(most).take_while(takes).count();
            let after = bytes[found.end()..].iter().take(most).take_while(takes).count();
            all.push(found.start() - before..found.end() + after);
        }
        all
    }
}
