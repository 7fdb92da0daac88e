//! The text of a message as people meant it.

use std::borrow::Cow;

use memchr::{memchr, memchr_iter, memmem};

/// The message with one kind of line end, and without what stands before its first line: blank lines, and characters that
/// nobody sees.
pub(super) fn cleaned(message: &str) -> Cow<'_, str> {
    // A lone CR is how an old Mac ended a line; left inside of one it would make a `feat:` mean nothing.
    match memchr(b'\r', message.as_bytes()) {
        Some(_) => Cow::Owned(trimmed(&message.replace("\r\n", "\n").replace('\r', "\n")).to_owned()),
        None => Cow::Borrowed(trimmed(message)),
    }
}

fn trimmed(message: &str) -> &str {
    message.trim_start_matches(|c: char| c.is_whitespace() || is_invisible(c)).trim_end()
}

/// Whether a text has a part. There are megabytes of messages, and most have none of what is looked for in them.
pub(super) fn has(text: &str, part: &str) -> bool {
    memmem::find(text.as_bytes(), part.as_bytes()).is_some()
}

/// Where the lines of a text begin.
pub(super) fn line_starts(text: &str) -> impl Iterator<Item = usize> {
    std::iter::once(0).chain(memchr_iter(b'\n', text.as_bytes()).map(|at| at + 1))
}

/// The first line of a cleaned message; empty where it says nothing.
pub(super) fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default().trim_end()
}

/// How the first line of a merge begins that nobody wrote.
const MADE: [&str; 3] = ["Merge pull request ", "Merge branch ", "Merged in "];

/// Whether a forge, or whatever merged, made the first line of a cleaned message.
pub(super) fn is_made(text: &str) -> bool {
    MADE.iter().any(|made| text.starts_with(made))
}

/// A byte order mark, and characters of no width, which editors and web forms leave behind.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{ad}')
}

/// The message without a scope that is empty, as in `feat(): add it`, which a form leaves that nobody filled in.
pub(super) fn without_empty_scope(text: &str) -> Cow<'_, str> {
    let kind = text.find(|c: char| !c.is_alphanumeric() && c != '-' && c != '_').unwrap_or(text.len());
    let (kind, rest) = text.split_at(kind);
    let scope = rest.strip_prefix('(').and_then(|rest| rest.trim_start_matches(' ').strip_prefix(')'));
    scope.map_or(Cow::Borrowed(text), |rest| Cow::Owned(format!("{kind}{rest}")))
}
