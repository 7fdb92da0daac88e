//! A changelog as CommonMark reads it: its blocks, its headings, and the bytes that they stand on. Decides nothing.
//!
//! Headings in quotes, lists, code and HTML are what they stand in, and no headings of the file.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// A block at the top level.
#[derive(Debug)]
pub(super) struct Block {
    /// Whole lines.
    pub(super) lines: Range<usize>,
    pub(super) kind: Kind,
}

#[derive(Debug)]
pub(super) enum Kind {
    Heading(Heading),
    /// HTML alone, such as a comment.
    Html,
    /// A paragraph that shows nothing, such as an anchor.
    Anchor,
    /// A line across the page.
    Rule,
    Text,
}

/// A heading.
#[derive(Debug)]
pub(super) struct Heading {
    /// From 1 to 6.
    pub(super) level: u8,
    /// What it shows.
    pub(super) text: String,
}

/// A file, taken apart.
#[derive(Debug)]
pub(super) struct Document<'t> {
    pub(super) text: &'t str,
    pub(super) blocks: Vec<Block>,
}

impl<'t> Document<'t> {
    /// Takes a text apart. A byte order mark and a block of metadata before the first line are no part of it.
    pub(super) fn read(text: &'t str) -> Self {
        let start = start(text);
        let mut document = Self { text, blocks: Vec::new() };
        let mut depth = 0;
        let lines = in_line_feeds(&text[start..]);
        for (event, range) in Parser::new_ext(&lines, Options::empty()).into_offset_iter() {
            let range = range.start + start..range.end + start;
            match event {
                Event::Start(tag) => {
                    match (depth, &tag) {
                        (0, tag) => document.open(tag, range),
                        // What the parser calls the end of a list can lie behind definitions that follow it.
                        (1, Tag::Item) => document.end_last(range.end),
                        _ => {}
                    }
                    depth += 1;
                }
                Event::End(tag) => {
                    depth -= 1;
                    if depth == 0 {
                        document.close(tag);
                    }
                }
                event if depth == 0 => document.push(Kind::of(&event), range),
                event => document.show(&event),
            }
        }
        document
    }

    fn open(&mut self, tag: &Tag<'_>, range: Range<usize>) {
        let kind = match tag {
            Tag::Heading { level, .. } => Kind::Heading(Heading { level: *level as u8, text: String::new() }),
            Tag::HtmlBlock => Kind::Html,
            Tag::Paragraph => Kind::Anchor,
            _ => Kind::Text,
        };
        self.push(kind, range);
    }

    fn push(&mut self, kind: Kind, range: Range<usize>) {
        let lines = self.line_start(range.start)..self.line_end(range.end);
        self.blocks.push(Block { lines, kind });
    }

    fn end_last(&mut self, end: usize) {
        let end = self.line_end(end);
        if let Some(block) = self.blocks.last_mut() {
            block.lines.end = end;
        }
    }

    /// Adds what an event shows to the block that is open.
    fn show(&mut self, event: &Event<'_>) {
        let shown: &str = match event {
            Event::Text(text) | Event::Code(text) => text,
            Event::SoftBreak | Event::HardBreak => " ",
            _ => return,
        };
        match self.blocks.last_mut().map(|block| &mut block.kind) {
            Some(Kind::Heading(heading)) => heading.text.push_str(shown),
            Some(kind @ Kind::Anchor) if !shown.trim().is_empty() => *kind = Kind::Text,
            _ => {}
        }
    }

    fn close(&mut self, tag: TagEnd) {
        if let (TagEnd::Heading(_), Some(Block { kind: Kind::Heading(heading), .. })) = (tag, self.blocks.last_mut()) {
            heading.text = heading.text.trim().to_owned();
        }
    }

    /// The headings, each with the place of its block.
    pub(super) fn headings(&self) -> impl DoubleEndedIterator<Item = (usize, &Heading)> {
        self.blocks.iter().enumerate().filter_map(|(at, block)| match &block.kind {
            Kind::Heading(heading) => Some((at, heading)),
            _ => None,
        })
    }

    /// Where the last block ends. Behind it stand empty lines and link definitions, which show nothing.
    pub(super) fn end(&self) -> usize {
        self.blocks.last().map_or_else(|| start(self.text), |block| block.lines.end)
    }

    /// How the file ends its lines, where it has any.
    pub(super) fn newline(&self) -> &'static str {
        newline(self.text)
    }

    fn line_start(&self, at: usize) -> usize {
        self.text[..at].rfind(['\n', '\r']).map_or(0, |before| before + 1).max(start_of_text(self.text))
    }

    /// The end of the line that the byte before `end` lies on, line ending included, and without empty lines after it.
    fn line_end(&self, end: usize) -> usize {
        let trimmed = self.text[..end].trim_end_matches([' ', '\t', '\n', '\r']).len();
        let rest = &self.text[trimmed..];
        let Some(at) = rest.find(['\n', '\r']) else { return self.text.len() };
        trimmed + at + if rest[at..].starts_with("\r\n") { 2 } else { 1 }
    }
}

impl Kind {
    fn of(event: &Event<'_>) -> Self {
        match event {
            Event::Html(_) => Self::Html,
            Event::Rule => Self::Rule,
            _ => Self::Text,
        }
    }
}

/// A text of the same length in which a carriage return alone, a line ending too, is a line feed: the parser does not
/// take it for one everywhere.
fn in_line_feeds(text: &str) -> String {
    const PAIR: &str = "\r\n";
    text.split(PAIR).map(|part| part.replace('\r', "\n")).collect::<Vec<_>>().join(PAIR)
}

/// How a text ends most of its lines.
pub(super) fn newline(text: &str) -> &'static str {
    let both = text.matches("\r\n").count();
    let counts = [(text.matches('\n').count() - both, "\n"), (both, "\r\n"), (text.matches('\r').count() - both, "\r")];
    counts.into_iter().rev().max_by_key(|(count, _)| *count).map_or("\n", |(_, newline)| newline)
}

/// Behind the byte order mark.
fn start_of_text(text: &str) -> usize {
    text.len() - text.trim_start_matches('\u{feff}').len()
}

/// Behind the byte order mark and a block of metadata, `---` with keys below it, which CommonMark would take for a
/// heading.
fn start(text: &str) -> usize {
    let start = start_of_text(text);
    let mut at = start;
    for (number, line) in text[start..].split_inclusive('\n').enumerate() {
        let content = line.trim_end();
        let is_fence = content == "---";
        let fits = match number {
            0 => is_fence,
            1 => content.split_once(':').is_some_and(|(key, _)| !key.contains([' ', '#'])),
            _ => true,
        };
        if !fits {
            return start;
        }
        at += line.len();
        if number > 1 && is_fence {
            return at;
        }
    }
    start
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headings(text: &str) -> Vec<String> {
        let document = Document::read(text);
        let shown = |(at, heading): (usize, &Heading)| {
            format!("{} {} {:?}", heading.level, heading.text, &text[document.blocks[at].lines.clone()])
        };
        document.headings().map(shown).collect()
    }

    #[test]
    fn headings_are_those_that_a_reader_sees() {
        let cases: &[(&str, &[&str])] = &[
            ("\u{feff}# A\r\n\r\n## `b` [c](d)", &["1 A \"# A\\r\\n\"", "2 b c \"## `b` [c](d)\""]),
            ("A\nb\n===\nB\n---\n", &["1 A b \"A\\nb\\n===\\n\"", "2 B \"B\\n---\\n\""]),
            ("````\n```\n## a\n```\n## b\n````\n## c\n", &["2 c \"## c\\n\""]),
            ("~~~\n```\n## a\n~~~\n   ## b\n    ## c\n", &["2 b \"   ## b\\n\""]),
            ("<!-- a\n\n## b\n-->\n## c\n", &["2 c \"## c\\n\""]),
            ("<div>\n## a\n\n## b\n", &["2 b \"## b\\n\""]),
            ("> ## a\n\n- ## b\n\n  ## c\n\n## d\n", &["2 d \"## d\\n\""]),
            ("\\## a\n##b\n#######c\n", &[]),
            ("# a\r## b\r\rtext", &["1 a \"# a\\r\"", "2 b \"## b\\r\""]),
            ("    ## 3.0\r# a\r````md\r## b\r````\r## c\r\n", &["1 a \"# a\\r\"", "2 c \"## c\\r\\n\""]),
            ("---\ntitle: 1.0.0\n---\n# a\n", &["1 a \"# a\\n\""]),
            ("---\n# a\n---\n", &["1 a \"# a\\n\""]),
            ("# a\u{0}\n", &["1 a\u{0} \"# a\\0\\n\""]),
        ];
        for (text, expected) in cases {
            assert_eq!(headings(text), *expected, "{text:?}");
        }
    }

    #[test]
    fn what_shows_nothing_lies_behind_the_end() {
        for (text, end) in [
            ("# a\n\n[a]: x\n[a]: y\n", "# a\n"),
            ("- a\n\n\n", "- a\n"),
            ("a", "a"),
            ("", ""),
            ("[a]: x\n", ""),
            ("- a\n\n[a]: x\n[b]: y\n", "- a\n"),
            ("1. a\n   - b\n\n[a]: x\n[b]: y\n", "1. a\n   - b\n"),
        ] {
            assert_eq!(&text[..Document::read(text).end()], end, "{text:?}");
        }
    }
}
