//! Text that a message quotes: code in fences, and what the forges' and bots' markup folds away. It holds no footers.

use std::borrow::Cow;
use std::ops::Range;

use memchr::{memchr_iter, memchr3_iter};

use super::text::line_starts;

/// Stands before and after the number of a hidden quotation. Nobody writes these characters; where somebody does, a
/// quotation is shown in their place.
const MARKS: [char; 2] = ['\u{f0000}', '\u{f0001}'];

/// A message whose quotations are hidden.
#[derive(Debug)]
pub(super) struct Quoted<'a> {
    /// The message, each quotation a word of its own that means nothing.
    pub(super) text: Cow<'a, str>,
    /// The message as it was, and where the quotations stand in it.
    original: Cow<'a, str>,
    hidden: Vec<Range<usize>>,
}

impl<'a> Quoted<'a> {
    /// Hides what is quoted, line by line. What is begun and never ended is no quotation.
    pub(super) fn hide(text: Cow<'a, str>) -> Self {
        let hidden = if may_quote(&text) { quotations(&text) } else { Vec::new() };
        if hidden.is_empty() {
            return Self { text, original: Cow::default(), hidden };
        }
        let (mut shown, mut end) = (String::new(), 0);
        for (number, quotation) in hidden.iter().enumerate() {
            shown.push_str(&text[end..quotation.start]);
            shown.push_str(&format!("{}{number}{}", MARKS[0], MARKS[1]));
            end = quotation.end;
        }
        shown.push_str(&text[end..]);
        Self { text: Cow::Owned(shown), original: text, hidden }
    }

    /// A part of the text with its quotations again.
    pub(super) fn show(&self, text: &str) -> String {
        let mut shown = String::new();
        let mut rest = text;
        while let Some((before, quotation, after)) = self.next(rest) {
            shown.extend([before, quotation]);
            rest = after;
        }
        shown + rest
    }

    fn next<'t>(&'t self, text: &'t str) -> Option<(&'t str, &'t str, &'t str)> {
        if self.hidden.is_empty() {
            return None;
        }
        let (before, rest) = text.split_once(MARKS[0])?;
        let (number, after) = rest.split_once(MARKS[1])?;
        let quotation = self.hidden.get(number.parse::<usize>().ok()?)?;
        Some((before, &self.original[quotation.clone()], after))
    }
}

/// The elements that fold away what they hold.
const ELEMENTS: [&str; 3] = ["details", "blockquote", "pre"];

/// Most messages quote nothing, and a history has very many.
fn may_quote(text: &str) -> bool {
    let opens = |element: &str| ELEMENTS.iter().any(|name| element.starts_with(name));
    memchr3_iter(b'<', b'`', b'~', text.as_bytes()).any(|at| match text[at..].strip_prefix('<') {
        Some(element) => opens(element),
        None => fence(&text[at..]).is_some(),
    })
}

/// Where quotations stand, each from the start of its first line to the end of its last.
fn quotations(text: &str) -> Vec<Range<usize>> {
    let ends = memchr_iter(b'\n', text.as_bytes()).chain([text.len()]);
    let lines: Vec<&str> = line_starts(text).zip(ends).map(|(start, end)| &text[start..end]).collect();
    let mut found = Vec::new();
    let (mut at, mut start) = (0, 0);
    while at < lines.len() {
        let end = end_of_quotation(&lines, at);
        let next = end.unwrap_or(at + 1);
        let length = lines[at..next].iter().map(|line| line.len() + 1).sum::<usize>();
        if end.is_some() {
            found.push(start..start + length - 1);
        }
        (at, start) = (next, start + length);
    }
    found
}

/// The line after the quotation that begins at a line; `None` where none begins there or where it does not end.
fn end_of_quotation(lines: &[&str], at: usize) -> Option<usize> {
    let first = lines[at].trim();
    let rest = || lines.iter().enumerate().skip(at + 1);
    if let Some(fence) = fence(first) {
        let closes = |line: &str| {
            let line = line.trim();
            line.starts_with(fence) && line.trim_start_matches(&fence[..1]).is_empty()
        };
        return rest().find(|(_, line)| closes(line)).map(|(end, _)| end + 1);
    }
    let tag = ELEMENTS.into_iter().find(|tag| opens(first, tag))?;
    let (begin, end) = (format!("<{tag}"), format!("</{tag}>"));
    let mut depth = 0_usize;
    // The same element may stand inside of itself, as the notes of a bot fold notes of others, over thousands of lines.
    for (number, line) in lines.iter().enumerate().skip(at) {
        let mut closed = 0;
        for tag in memchr_iter(b'<', line.as_bytes()).map(|at| &line[at..]) {
            depth += usize::from(tag.starts_with(&begin));
            closed += usize::from(tag.starts_with(&end));
        }
        depth = depth.saturating_sub(closed);
        if depth == 0 {
            return Some(number + 1);
        }
    }
    None
}

/// The characters that open a block of code, of which at least as many close it.
fn fence(line: &str) -> Option<&str> {
    let of = |mark: char| &line[..line.len() - line.trim_start_matches(mark).len()];
    ['`', '~'].into_iter().map(of).find(|fence| fence.len() >= 3)
}

fn opens(line: &str, tag: &str) -> bool {
    let after = line.strip_prefix('<').and_then(|rest| rest.strip_prefix(tag));
    after.is_some_and(|rest| rest.starts_with(['>', ' ']))
}
