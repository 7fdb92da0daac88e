//! Writes a version's section into a changelog. The file is people's: nothing of it is changed, only added to.

use std::ops::Range;

use releasekit_core::VersionScheme;
use releasekit_core::model::Version;
use releasekit_core::policy::Unreleased;

use super::document::{Block, Document, Kind, newline};
use super::heading::{About, Reader};
use super::place::Outline;
use super::spelling::Spelling;

/// The heading of a new file.
const TITLE: &str = "# Changelog";

/// How many other places are tried for a section that would be swallowed where it belongs.
const TRIES: usize = 3;

/// How one package's sections stand in its changelog.
#[derive(Debug)]
pub struct Changelog<'a> {
    /// How its versions are compared.
    pub scheme: &'a dyn VersionScheme,
    /// The package's own name, [`folded`].
    pub name: String,
    /// The names of all packages whose sections the file has, [`folded`]; its own alone, unless the file is shared.
    pub names: Vec<String>,
    /// What becomes of entries under `Unreleased`.
    pub unreleased: Unreleased,
    /// Whether a section's heading writes its version as the newest heading of the file does, with `v` or brackets or neither.
    pub spelled_as_there: bool,
}

/// Something that the people whose file it is should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Remark {
    /// There are notes for this very version, which stay; ours were left out.
    HasNotes,
    /// There are entries under `Unreleased`, which stay there.
    Unreleased,
}

/// A changelog with a new section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The whole file.
    pub text: String,
    /// Our bytes in it: without them it is the file as it was, but for what was moved out of `Unreleased`.
    pub ours: Range<usize>,
    /// What to tell.
    pub remarks: Vec<Remark>,
}

impl Changelog<'_> {
    /// Whether several packages write into the file.
    fn is_shared(&self) -> bool {
        self.names.len() > 1
    }

    /// Puts a version's section into a changelog, with entries of people at its top. Notes that people have written for
    /// this version are kept instead, and where they wrote its heading alone, ours go below it.
    pub fn insert(&self, existing: &str, version: &Version, section: &str, entries: &str) -> Written {
        let document = Document::read(existing);
        let newline = document.newline();
        // Where entries were moved it comes a second time, in the file's own line endings.
        let section = section.trim_matches(['\r', '\n']).replace("\r\n", "\n").replace('\n', newline);
        let whole = || with_entries(&section, entries, newline);
        if existing.trim_matches(['\u{feff}', ' ', '\t', '\n', '\r']).is_empty() {
            return splice(existing, existing.len(), &[TITLE, &newline.repeat(2), &whole()].concat());
        }
        let reader = self.reader(version);
        let outline = Outline::new(&document, &reader);
        let newest = outline.find(|about| self.is_about(about));
        let section = self.spelled(&document, newest.map(|found| outline.block(found)), version, &section);
        let whole = || with_entries(&section, entries, newline);
        if let Some(found) = outline.find(|about| self.is_own(about, version)) {
            return beside(&document, outline.section(found), &section);
        }
        let unreleased = outline.find(|about| *about == About::Unreleased);
        match unreleased.and_then(|found| pending(&document, outline.section(found))) {
            Some(range) if self.unreleased == Unreleased::Move && !self.is_shared() => {
                let moved = with_entries(&existing[range.clone()], entries, newline);
                self.insert(&without(existing, range), version, &section, &moved)
            }
            pending => {
                let mut written = put(&document, outline.place(|a, b| self.scheme.compare(a, b)), &whole());
                written.remarks.extend(pending.map(|_| Remark::Unreleased));
                written
            }
        }
    }

    /// Takes a section out that is ours, and gives what people have added to its top; `None` where it is not as we
    /// wrote it, or not there.
    pub fn take_out(&self, existing: &str, version: &Version, section: &str) -> Option<(String, String)> {
        let document = Document::read(existing);
        let reader = self.reader(version);
        let outline = Outline::new(&document, &reader);
        let found = outline.find(|about| self.is_own(about, version))?;
        let (start, blocks) = (document.blocks[outline.block(found)].lines.start, outline.section(found));
        let end = document.blocks[blocks.end.max(blocks.start) - 1].lines.end;
        let section = self.spelled(&document, Some(outline.block(found)), version, section);
        let (heading, body) = split(&section);
        let rest = plain(&existing[start..end]);
        let rest = rest.strip_prefix(heading.trim_end()).filter(|rest| rest.is_empty() || rest.starts_with('\n'))?;
        let added = rest.strip_suffix(body.trim())?;
        if !added.is_empty() && !added.ends_with('\n') {
            return None;
        }
        let entries = added.trim_matches('\n').replace('\n', document.newline());
        Some((without(existing, start..end), entries))
    }

    /// Whether a file has a section for this version of the package.
    pub fn has(&self, existing: &str, version: &Version) -> bool {
        self.section(existing, version).is_some()
    }

    /// What a file says of this version of the package, below its heading and with plain line endings; `None` where it has
    /// no section for it.
    pub fn section(&self, existing: &str, version: &Version) -> Option<String> {
        let document = Document::read(existing);
        let reader = self.reader(version);
        let outline = Outline::new(&document, &reader);
        let below = outline.section(outline.find(|about| self.is_own(about, version))?);
        let lines = match document.blocks.get(below).unwrap_or_default() {
            [] => 0..0,
            [first, .., last] => first.lines.start..last.lines.end,
            [only] => only.lines.clone(),
        };
        Some(plain(&existing[lines]))
    }

    /// A section with the version as the heading of a block writes its own.
    fn spelled(&self, document: &Document<'_>, heading: Option<usize>, version: &Version, section: &str) -> String {
        let Some(heading) = heading.filter(|_| self.spelled_as_there) else { return section.to_owned() };
        Spelling::of(&document.text[document.blocks[heading].lines.clone()]).applied(section, version.as_str())
    }

    fn reader<'r>(&'r self, next: &'r Version) -> Reader<'r> {
        Reader { scheme: self.scheme, names: &self.names, next }
    }

    /// Whether a heading is that of a version of this package. In a shared file it names the package.
    fn is_own(&self, about: &About, wanted: &Version) -> bool {
        self.is_about(about)
            && matches!(about, About::Version { version, .. } if self.scheme.compare(version, wanted).is_eq())
    }

    /// Whether a heading is that of any version of this package.
    fn is_about(&self, about: &About) -> bool {
        let About::Version { name, .. } = about else { return false };
        name.as_ref().map_or(!self.is_shared(), |name| *name == self.name)
    }
}

/// Leaves what stands below a heading of people's, and where nothing does, puts our notes there.
fn beside(document: &Document<'_>, section: Range<usize>, ours: &str) -> Written {
    let heading = &document.blocks[section.start - 1].lines;
    let (title, body) = split(ours);
    let is_note = |block: &Block| matches!(block.kind, Kind::Text | Kind::Heading(_));
    if !document.blocks[section.clone()].iter().any(is_note) {
        return splice(document.text, heading.end, body);
    }
    let there = &document.text[heading.start..document.blocks[section.end - 1].lines.end];
    let is_ours = plain(there) == plain(&[title, body].concat());
    let remarks = if is_ours { Vec::new() } else { vec![Remark::HasNotes] };
    Written { text: document.text.to_owned(), ours: 0..0, remarks }
}

/// Puts a section at a place, or above the nearest block that does not swallow it, as one that is left open would.
fn put(document: &Document<'_>, at: usize, section: &str) -> Written {
    let expected = document.headings().count() + Document::read(section).headings().count();
    let stands = |written: &Written| {
        let there = Document::read(&written.text);
        let begins = |block: &Block| written.ours.contains(&block.lines.start);
        there.headings().count() == expected && there.blocks.iter().any(begins)
    };
    let above = document.blocks.iter().rev().map(|block| block.lines.start).filter(|start| *start < at);
    let places = std::iter::once(at).chain(above.take(TRIES));
    let mut written = places.map(|at| splice(document.text, at, section));
    written.find(stands).unwrap_or_else(|| splice(document.text, at, section))
}

/// The entries in a section: what stands in it but comments at its beginning and rules at its end; `None` where there
/// are headings alone.
fn pending(document: &Document<'_>, section: Range<usize>) -> Option<Range<usize>> {
    let blocks = &document.blocks[section];
    blocks.iter().find(|block| matches!(block.kind, Kind::Text))?;
    let first = blocks.iter().find(|block| matches!(block.kind, Kind::Text | Kind::Heading(_)))?;
    let last = blocks.iter().rfind(|block| !matches!(block.kind, Kind::Rule))?;
    Some(first.lines.start..last.lines.end)
}

/// Puts a section, in the file's own line endings, at the beginning of a line, with an empty line on each side that has
/// text.
fn splice(text: &str, at: usize, section: &str) -> Written {
    let newline = newline(text);
    let (before, after) = text.split_at(at);
    let content = before.trim_start_matches('\u{feff}').trim_end();
    let gap = if content.is_empty() { 0 } else { 2_usize.saturating_sub(line_ends(&before[content_end(before)..])) };
    let follows = after.split(['\n', '\r']).next().unwrap_or_default();
    let is_next = !follows.trim().is_empty();
    let ours =
        [newline.repeat(gap).as_str(), section.trim_matches(['\r', '\n']), newline, if is_next { newline } else { "" }]
            .concat();
    let text = [before, ours.as_str(), after].concat();
    Written { text, ours: at..at + ours.len(), remarks: Vec::new() }
}

fn content_end(text: &str) -> usize {
    text.trim_end_matches([' ', '\t', '\r', '\n']).len()
}

/// Where a text ends without empty lines at its end.
fn one_line_end(text: &str) -> usize {
    let content = content_end(text);
    let end = text[content..].find(['\n', '\r']).map_or(text.len(), |at| content + at);
    end + if text[end..].starts_with("\r\n") { 2 } else { text[end..].len().min(1) }
}

fn line_ends(text: &str) -> usize {
    text.replace("\r\n", "\n").matches(['\n', '\r']).count()
}

/// A text without some of its lines, and without the empty lines behind them; where nothing is behind them, without those above.
fn without(text: &str, lines: Range<usize>) -> String {
    let (before, after) = (&text[..lines.start], &text[lines.end..]);
    let kept = after.trim_start_matches([' ', '\t', '\r', '\n']);
    if kept.is_empty() {
        return before[..one_line_end(before)].to_owned();
    }
    let indent = after.len() - kept.len();
    let line = after[..indent].rfind(['\n', '\r']).map_or(0, |at| at + 1);
    [before, &after[line..]].concat()
}

/// A section with entries of people between its heading and what is ours, all in the file's line endings.
fn with_entries(section: &str, entries: &str, newline: &str) -> String {
    let entries = entries.trim_matches(['\r', '\n']);
    if entries.is_empty() {
        return section.to_owned();
    }
    let (heading, body) = split(section);
    let parts = [heading.trim_end(), entries, body.trim_matches(['\r', '\n'])];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(&newline.repeat(2))
}

/// A section's heading, where it begins with one, and the rest.
fn split(section: &str) -> (&str, &str) {
    let document = Document::read(section);
    match document.blocks.first() {
        Some(block) if matches!(block.kind, Kind::Heading(_)) => section.split_at(block.lines.end),
        _ => ("", section),
    }
}

/// A text with plain line endings and nothing around it.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned()
}
