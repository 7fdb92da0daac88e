//! Where a new section belongs in a changelog.

use std::cmp::Ordering;

use releasekit_core::model::Version;

use super::document::{Document, Kind};
use super::heading::{About, Reader};

/// A file's headings with what each is about.
#[derive(Debug)]
pub(super) struct Outline<'d, 't> {
    document: &'d Document<'t>,
    /// The place of the block, the level, and what it is about.
    headings: Vec<(usize, u8, About)>,
}

impl<'d, 't> Outline<'d, 't> {
    pub(super) fn new(document: &'d Document<'t>, reader: &Reader<'_>) -> Self {
        let headings = document.headings().map(|(at, heading)| (at, heading.level, reader.about(heading)));
        let headings = headings.collect();
        Self { document, headings }
    }

    /// The first heading that is about something: its place among the headings.
    pub(super) fn find(&self, wanted: impl Fn(&About) -> bool) -> Option<usize> {
        self.headings.iter().position(|(_, _, about)| wanted(about))
    }

    /// The blocks below a heading, up to the next that is about another version or is not below it. Some tools write
    /// patches at the level of what they bring, `### 1.0.1` above `### Bug Fixes`.
    pub(super) fn section(&self, heading: usize) -> std::ops::Range<usize> {
        let (at, own, ref about) = self.headings[heading];
        let level = if matches!(about, About::Version { .. }) { own.min(2) } else { own };
        let ends = |(_, next, about): &&(usize, u8, About)| *next <= level || *about != About::Other;
        let next = self.headings[heading + 1..].iter().find(ends).map(|(at, ..)| self.above(*at));
        at + 1..next.unwrap_or(self.document.blocks.len())
    }

    /// The place of a heading's own block.
    pub(super) fn block(&self, heading: usize) -> usize {
        self.headings[heading].0
    }

    /// The byte where a new section is put: above the newest version, below what is unreleased and any preface; a file
    /// whose versions rise downwards grows at its end.
    pub(super) fn place(&self, compare: impl Fn(&Version, &Version) -> Ordering) -> usize {
        let is_version = |about: &About| matches!(about, About::Version { .. });
        let Some(first) = self.find(is_version) else { return self.without_versions() };
        if !self.rises(compare) {
            return self.start(first);
        }
        let last = self.headings.iter().rposition(|(_, _, about)| is_version(about)).unwrap_or(first);
        self.end_of(last)
    }

    /// Below the section that is unreleased, else below everything.
    fn without_versions(&self) -> usize {
        self.find(|about| *about == About::Unreleased).map_or_else(|| self.document.end(), |found| self.end_of(found))
    }

    /// Where a heading begins, with the anchor that stands directly above it.
    fn start(&self, heading: usize) -> usize {
        self.document.blocks[self.above(self.block(heading))].lines.start
    }

    /// The block of a heading, or that of the anchor above it.
    fn above(&self, at: usize) -> usize {
        let is_anchor = |before: &usize| {
            let block = &self.document.blocks[*before];
            let html = self.document.text[block.lines.clone()].trim_start().starts_with("<a ");
            html && matches!(block.kind, Kind::Anchor | Kind::Html)
        };
        at.checked_sub(1).filter(is_anchor).unwrap_or(at)
    }

    fn end_of(&self, heading: usize) -> usize {
        let section = self.section(heading);
        let last = section.end.max(section.start) - 1;
        self.document.blocks[last].lines.end
    }

    /// Whether the versions of the same package grow downwards.
    fn rises(&self, compare: impl Fn(&Version, &Version) -> Ordering) -> bool {
        let version = |(_, _, about): &'_ (usize, u8, About)| match about {
            About::Version { name, version } => Some((name.clone(), version.clone())),
            _ => None,
        };
        let versions: Vec<(Option<String>, Version)> = self.headings.iter().filter_map(version).collect();
        let mut balance = 0;
        for (at, (name, version)) in versions.iter().enumerate() {
            let before = versions[..at].iter().rev().find(|(other, _)| other == name);
            balance += before.map_or(0, |(_, before)| compare(version, before) as i32);
        }
        balance > 0
    }
}
