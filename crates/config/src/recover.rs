//! Reads TOML past its errors, as far as what follows can be trusted. Knows no key.

use std::ops::Range;

use toml_edit::Document;

/// More errors than these help nobody.
const MOST: usize = 20;

/// What could be read of a text.
#[derive(Debug)]
pub(crate) struct Recovered {
    /// The part that is TOML, its spans those of the whole text; `None` where no part is.
    pub(crate) document: Option<Document<String>>,
    /// What is not, with a message each. Empty where the document is complete.
    pub(crate) errors: Vec<(String, Range<usize>)>,
}

/// Reads a text. A line that is wrong by itself is passed over; where more may be wrong, what stands before it counts.
pub(crate) fn parse(text: &str) -> Recovered {
    let mut rest = text.to_owned();
    let mut errors: Vec<(String, Range<usize>)> = Vec::new();
    // The line passed over last, where it may have begun something that later lines go on with.
    let mut last_line: Option<Range<usize>> = None;
    loop {
        let error = match Document::parse(rest.clone()) {
            Ok(document) => return Recovered { document: Some(document), errors },
            Err(error) => error,
        };
        let span = on_characters(&rest, error.span().unwrap_or(rest.len()..rest.len()));
        let line = line_around(&rest, span.start);
        let before = Document::parse(rest[..line.start].to_owned()).ok();
        if last_line.as_ref().is_some_and(|last| follows(&rest, last, &line)) {
            return Recovered { document: before, errors };
        }
        errors.push((error.message().to_owned(), span));
        let stands_alone = before.is_some()
            && !rest[line.clone()].trim().is_empty()
            && !rest[line.clone()].trim_start().starts_with('[');
        if !stands_alone || errors.len() == MOST {
            return Recovered { document: before, errors };
        }
        let whole = Document::parse(rest[line.clone()].to_owned()).is_ok();
        rest.replace_range(line.clone(), &" ".repeat(line.len()));
        last_line = Some(line).filter(|_| !whole);
    }
}

/// Whether nothing but blanks lies between two lines, so that the second may fail because of the first.
fn follows(text: &str, first: &Range<usize>, second: &Range<usize>) -> bool {
    text.get(first.end..second.start).is_none_or(|between| between.trim().is_empty())
}

/// The line around an offset, without its end.
fn line_around(text: &str, offset: usize) -> Range<usize> {
    let start = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    let end = text[offset..].find('\n').map_or(text.len(), |at| offset + at);
    start..end
}

/// The span, inside the text and widened to whole characters.
fn on_characters(text: &str, span: Range<usize>) -> Range<usize> {
    let mut start = span.start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let mut end = span.end.clamp(start, text.len());
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}
