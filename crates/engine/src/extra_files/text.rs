//! Where the version of a package stands in a text that no package manager reads.
//!
//! Text is all that is known of such a file, so nothing is guessed: the places are marked, searched for, or the only one.

use std::ops::Range;

use releasekit_core::VersionScheme;
use releasekit_core::model::Version;
use releasekit_core::policy::ExtraFile;

use crate::error::Unfollowable;

/// What begins a mark, ours and release-please's, whose files need not be edited to be read here.
const MARKS: [&str; 2] = ["x-releasekit-", "x-release-please-"];

/// How long the longest run of characters is that may be one version: a longer one is something else, and nothing in it is moved.
const LONGEST: usize = 256;

/// A text, and the version that is looked for in it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Text<'a> {
    pub(super) text: &'a str,
    pub(super) version: &'a Version,
    pub(super) scheme: &'a dyn VersionScheme,
}

/// What a line of a file says of the version in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark<'a> {
    /// It is the package's.
    Line,
    /// The package's stands from here on.
    Start,
    /// To here.
    End,
    /// Something that is not known.
    Other(&'a str),
}

impl Text<'_> {
    /// The bytes of each place where the version stands, at least one.
    pub(super) fn places(self, search: Option<&str>) -> Result<Vec<Range<usize>>, Unfollowable> {
        if let Some(search) = search {
            return self.searched(search);
        }
        let marks: Vec<(Range<usize>, Mark<'_>)> =
            lines(self.text).filter_map(|line| Some((line.clone(), mark(&self.text[line])?))).collect();
        if marks.is_empty() { self.only() } else { self.marked(&marks) }
    }

    /// Every place where the searched text stands with the version in it.
    fn searched(self, search: &str) -> Result<Vec<Range<usize>>, Unfollowable> {
        let (before, behind) = search.split_once(ExtraFile::VERSION).unwrap_or((search, ""));
        let is_open = (before.is_empty(), behind.is_empty());
        let found: Vec<Range<usize>> = occurrences(self.text, &format!("{before}{}{behind}", self.version))
            .map(|at| at.start + before.len()..at.end - behind.len())
            .filter(|at| (!is_open.0 || self.begins(at.start)) && (!is_open.1 || self.ends(at)))
            .collect();
        if found.is_empty() { Err(self.another(before, behind)) } else { Ok(found) }
    }

    /// What stands where a searched text has its version.
    fn another(self, before: &str, behind: &str) -> Unfollowable {
        let inside = |at: Range<usize>| {
            let line = self.text[at.end..].lines().next().unwrap_or_default();
            let text = if behind.is_empty() { line } else { &line[..line.find(behind)?] };
            let found = self.versions(text).next().filter(|found| found.start == 0)?;
            Some(at.end + found.start..at.end + found.end)
        };
        let found = if before.is_empty() { None } else { occurrences(self.text, before).find_map(inside) };
        found.map_or(Unfollowable::Absent, Unfollowable::Another)
    }

    /// The version on each marked line, and between marks.
    fn marked(self, marks: &[(Range<usize>, Mark<'_>)]) -> Result<Vec<Range<usize>>, Unfollowable> {
        let (mut found, mut open) = (Vec::new(), None);
        for (line, mark) in marks {
            match mark {
                Mark::Line => found.extend(self.within(line.clone())?),
                // Where a block is open already, it goes on.
                Mark::Start => open = open.or(Some(line.end)),
                Mark::End => found.extend(open.take().map_or(Ok(Vec::new()), |start| self.within(start..line.start))?),
                Mark::Other(_) => return Err(Unfollowable::Mark(line.clone())),
            }
        }
        // A block without an end goes to the end of the file.
        found.extend(open.map_or(Ok(Vec::new()), |start| self.within(start..self.text.len()))?);
        if found.is_empty() { Err(Unfollowable::Absent) } else { Ok(found) }
    }

    fn within(self, part: Range<usize>) -> Result<Vec<Range<usize>>, Unfollowable> {
        let found: Vec<Range<usize>> = self.standing(part.clone()).collect();
        if !found.is_empty() {
            return Ok(found);
        }
        let another = self.versions(&self.text[part.clone()]).next();
        Err(another.map_or(Unfollowable::Unmarked(part.clone()), |at| {
            Unfollowable::Another(part.start + at.start..part.start + at.end)
        }))
    }

    /// The one place where it stands.
    fn only(self) -> Result<Vec<Range<usize>>, Unfollowable> {
        let found: Vec<Range<usize>> = self.standing(0..self.text.len()).collect();
        match found.as_slice() {
            [] => Err(Unfollowable::Absent),
            [_] => Ok(found),
            several => Err(Unfollowable::Several(several.to_vec())),
        }
    }

    /// Where the version stands by itself in a part of the text.
    fn standing(self, part: Range<usize>) -> impl Iterator<Item = Range<usize>> {
        let start = part.start;
        let all = occurrences(&self.text[part], self.version.as_str());
        let all = all.map(move |at| start + at.start..start + at.end);
        all.filter(move |at| self.begins(at.start) && self.ends(at))
    }

    /// Whether a version begins here: not in the middle of a number or a word, but for the `v` before it.
    fn begins(self, at: usize) -> bool {
        let mut before = self.text[..at].chars().rev();
        match before.next() {
            Some('v' | 'V') => !before.next().is_some_and(|char| char.is_alphanumeric() || char == '_'),
            Some(char) => !char.is_alphanumeric() && !matches!(char, '.' | '_' | '!' | '+'),
            None => true,
        }
    }

    /// Whether it ends here: `1.2.3` does not in `1.2.30`, in `1.2.3.4`, nor in `1.2.3rc1`, and does in `1.2.3.tar.gz`.
    fn ends(self, at: &Range<usize>) -> bool {
        let behind = &self.text[at.end..];
        let end = behind.bytes().take(LONGEST).position(|byte| !is_part(byte.into()));
        let Some(run) = end.or_else(|| (behind.len() < LONGEST).then_some(behind.len())) else { return false };
        let longer = trimmed(&self.text[at.start..at.end + run]);
        let mut next = behind.chars();
        let goes_on = match next.next() {
            Some('.') => next.next().is_some_and(|char| char.is_ascii_digit()),
            Some(char) => char.is_alphanumeric(),
            None => false,
        };
        !goes_on && (longer.len() <= at.len() || self.scheme.parse(longer).is_err())
    }

    /// The versions that stand in a text, whichever they are.
    fn versions(self, text: &str) -> impl Iterator<Item = Range<usize>> {
        let starts = text.char_indices().filter(|(_, char)| char.is_ascii_digit()).map(|(at, _)| at);
        let mut end = 0;
        starts.filter_map(move |at| {
            if at < end || text[..at].ends_with(|char: char| char.is_ascii_digit() || matches!(char, '.' | '!')) {
                return None;
            }
            let run = trimmed(&text[at..at + text[at..].find(|c| !is_part(c)).unwrap_or(text.len() - at)]);
            let is_one = run.contains('.') && self.scheme.parse(run).is_ok();
            end = at + run.len();
            is_one.then_some(at..end)
        })
    }
}

/// Characters that versions are made of.
fn is_part(char: char) -> bool {
    char.is_ascii_alphanumeric() || matches!(char, '.' | '+' | '-' | '_' | '!')
}

/// Without the punctuation that ends a sentence or a name.
fn trimmed(run: &str) -> &str {
    run.trim_end_matches(['.', '+', '-', '_', '!'])
}

/// The bytes of every line, without its end.
fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let at = start..start + line.trim_end_matches(['\r', '\n']).len();
        start += line.len();
        at
    })
}

fn occurrences<'t>(text: &'t str, needle: &'t str) -> impl Iterator<Item = Range<usize>> + use<'t> {
    text.match_indices(needle).map(|(at, found)| at..at + found.len())
}

fn mark(line: &str) -> Option<Mark<'_>> {
    let rest = MARKS.iter().find_map(|mark| Some(&line[line.find(mark)? + mark.len()..]))?;
    let word = &rest[..rest.find(|c: char| !c.is_ascii_lowercase() && c != '-').unwrap_or(rest.len())];
    Some(match word {
        "version" => Mark::Line,
        "start-version" => Mark::Start,
        "end" => Mark::End,
        other => Mark::Other(other),
    })
}
