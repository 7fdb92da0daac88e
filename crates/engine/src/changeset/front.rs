//! The packages of a change file, which stand there as YAML.

use std::collections::BTreeSet;
use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, StrInput};
use releasekit_core::model::Bump;

use super::{Entry, Malformed};

/// More packages than any repository has.
const MOST: usize = 10_000;

/// A longer list of packages is none.
const LONGEST: usize = 1 << 18;

const LEVELS: [Bump; 4] = [Bump::Major, Bump::Minor, Bump::Patch, Bump::None];

/// Reads the packages from a text that begins at a byte of the file. No event is asked for after one that does not belong
/// there, so nothing is nested and nothing repeated, whatever the text says.
pub(super) fn entries(text: &str, start: usize) -> Result<Vec<Entry>, Malformed> {
    if text.len() > LONGEST {
        return Err(Malformed::new(format!("its list of packages is longer than {LONGEST} bytes"), start..start));
    }
    let mut reader = Reader { text, start, events: Parser::new_from_str(text) };
    let mut entries = Vec::new();
    loop {
        match reader.next()? {
            (Event::StreamEnd, _) => return Ok(entries),
            (Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd, _) => {}
            (Event::Scalar(value, ScalarStyle::Plain, ..), _) if matches!(&*value, "" | "~" | "null") => {}
            (Event::MappingStart(..), _) if entries.is_empty() => entries = reader.mapping()?,
            (_, span) => return Err(reader.unexpected(span)),
        }
    }
}

struct Reader<'t> {
    text: &'t str,
    start: usize,
    events: Parser<'t, StrInput<'t>>,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Result<(Event<'t>, Range<usize>), Malformed> {
        match self.events.next() {
            Some(Ok((event, span))) => Ok((event, self.in_file(span.byte_range()))),
            Some(Err(error)) => Err(self.unreadable(&error)),
            None => Ok((Event::StreamEnd, self.start..self.start)),
        }
    }

    fn mapping(&mut self) -> Result<Vec<Entry>, Malformed> {
        let (mut entries, mut seen) = (Vec::new(), BTreeSet::new());
        loop {
            let (name, span) = match self.next()? {
                (Event::MappingEnd, _) => return Ok(entries),
                (Event::Scalar(name, ..), span) => (name.into_owned(), span),
                (_, span) => return Err(self.unexpected(span)),
            };
            let bump = match self.next()? {
                (Event::Scalar(level, ..), at) => bump(&level, if at.is_empty() { span.clone() } else { at })?,
                (_, span) => return Err(self.unexpected(span)),
            };
            if name.trim().is_empty() {
                return Err(Malformed::new("a name is empty", span));
            }
            if !seen.insert(name.clone()) {
                return Err(Malformed::new(format!("`{name}` stands there twice"), span));
            }
            if entries.len() == MOST {
                return Err(Malformed::new(format!("it names more than {MOST} packages"), span));
            }
            entries.push(Entry { name, bump, span });
        }
    }

    fn unreadable(&self, error: &ScanError) -> Malformed {
        let at = self.in_file(error.marker().byte_offset().map(|at| at..at));
        Malformed::new(format!("its list of packages is no YAML: {}", error.info()), self.to_line_end(at))
    }

    /// A place in the text as one in the file.
    fn in_file(&self, place: Option<Range<usize>>) -> Range<usize> {
        let Range { start, end } = place.unwrap_or_default();
        self.start + start..self.start + end.max(start)
    }

    fn unexpected(&self, span: Range<usize>) -> Malformed {
        Malformed::new("expected a package and its level, such as `\"name\": minor`", self.to_line_end(span))
    }

    /// A place that is only a point shows the rest of its line.
    fn to_line_end(&self, span: Range<usize>) -> Range<usize> {
        let rest = &self.text[span.start - self.start..];
        let line = rest.lines().next().unwrap_or_default().trim_end();
        if span.is_empty() { span.start..span.start + line.len() } else { span }
    }
}

fn bump(level: &str, span: Range<usize>) -> Result<Bump, Malformed> {
    let known = LEVELS.into_iter().find(|bump| bump.as_str() == level);
    let words = LEVELS.map(|bump| format!("`{bump}`")).join(", ");
    known.ok_or_else(|| Malformed::new(format!("`{level}` is no level: it is one of {words}"), span))
}
