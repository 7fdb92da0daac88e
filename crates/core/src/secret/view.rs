//! What a text says once its escapes are read, and where that stands in the text.

use std::ops::Range;

/// Reads what stands at the beginning of a text: the character that is meant, or none where it means nothing, and how many
/// bytes say so. `None` for what stands for itself.
pub(super) type Reading = fn(&[u8]) -> Option<(Option<char>, usize)>;

/// A text as the reader of an encoding sees it.
#[derive(Debug, Default)]
pub(super) struct View {
    pub(super) bytes: Vec<u8>,
    pieces: Vec<Piece>,
}

/// A stretch of a view, up to the next one.
#[derive(Debug)]
struct Piece {
    at: usize,
    from: Range<usize>,
    /// Whether it stands for itself, byte by byte.
    is_plain: bool,
}

impl View {
    /// Reads a text from one end to the other; `None` where all of it stands for itself. Whole characters stay whole.
    pub(super) fn read(text: &[u8], reading: Reading) -> Option<Self> {
        let mut view = Self::default();
        let (mut plain, mut at) = (0, 0);
        while at < text.len() {
            let Some((meant, length)) = reading(&text[at..]) else {
                at += 1;
                continue;
            };
            view.push(&text[plain..at], plain..at, true);
            let mut buffer = [0; 4];
            let meant = meant.map_or(&[][..], |meant| meant.encode_utf8(&mut buffer).as_bytes());
            view.push(meant, at..at + length, false);
            at += length;
            plain = at;
        }
        view.push(&text[plain..], plain..text.len(), true);
        (plain > 0).then_some(view)
    }

    /// The stretch of the text that a stretch of the view was read from.
    pub(super) fn source(&self, range: &Range<usize>) -> Range<usize> {
        let (first, last) = (self.piece(range.start), self.piece(range.end.saturating_sub(1)));
        let start = if first.is_plain { first.from.start + (range.start - first.at) } else { first.from.start };
        let end = if last.is_plain { last.from.start + (range.end - last.at) } else { last.from.end };
        start..end
    }

    fn push(&mut self, bytes: &[u8], from: Range<usize>, is_plain: bool) {
        if !bytes.is_empty() {
            self.pieces.push(Piece { at: self.bytes.len(), from, is_plain });
            self.bytes.extend_from_slice(bytes);
        }
    }

    fn piece(&self, at: usize) -> &Piece {
        &self.pieces[self.pieces.partition_point(|piece| piece.at <= at).saturating_sub(1)]
    }
}

/// Escapes of URLs, of strings in JSON and most languages, and of HTML.
pub(super) fn escape(text: &[u8]) -> Option<(Option<char>, usize)> {
    let (meant, length) = match text.first()? {
        b'%' => character(text, |text| digits(text, b"%", 2, 16))?,
        b'\\' => backslash(text)?,
        b'&' => entity(text)?,
        _ => return None,
    };
    Some((Some(meant), length))
}

/// Quoted-printable, as mail writes it: apart from the others, for `=` stands before many a value.
pub(super) fn quoted_printable(text: &[u8]) -> Option<(Option<char>, usize)> {
    let rest = text.strip_prefix(b"=")?;
    let soft = [&b"\r\n"[..], b"\n"].into_iter().find(|end| rest.starts_with(end));
    if let Some(end) = soft {
        return Some((None, 1 + end.len()));
    }
    character(text, |text| digits(text, b"=", 2, 16)).map(|(meant, length)| (Some(meant), length))
}

/// What breaks a word without being part of it: line breaks with the blanks that indent the next line, what colours a
/// screen, control characters, soft hyphens and marks of no width.
pub(super) fn filler(text: &[u8]) -> Option<(Option<char>, usize)> {
    let blanks = |text: &[u8], accept: fn(u8) -> bool| text.iter().take_while(|byte| accept(**byte)).count();
    let length = match text {
        [b'\r' | b'\n', rest @ ..] => 1 + blanks(rest, |byte| b" \t\r\n".contains(&byte)),
        [0x1b, b'[', rest @ ..] => {
            let parameters = blanks(rest, |byte| (0x20..0x40).contains(&byte));
            2 + parameters + usize::from(rest.get(parameters).is_some_and(|last| (0x40..0x7f).contains(last)))
        }
        [0..=0x1f | 0x7f, ..] => 1,
        [0xc2, 0xad, ..] => 2,
        [0xe2, 0x80, 0x8b..=0x8f | 0xaa..=0xae, ..] | [0xe2, 0x81, 0xa0..=0xaf, ..] | [0xef, 0xbb, 0xbf, ..] => 3,
        [b'<', b'w', b'b', b'r', b'>', ..] => 5,
        _ => return None,
    };
    Some((None, length))
}

/// A character whose bytes in UTF-8 are escaped one by one; a byte that is no part of such is a character of Latin-1.
fn character(text: &[u8], byte: fn(&[u8]) -> Option<(u32, usize)>) -> Option<(char, usize)> {
    let (first, length) = byte(text)?;
    let first = u8::try_from(first).ok()?;
    let count = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => 1,
    };
    let at = |index: usize| u8::try_from(byte(text.get(index * length..)?)?.0).ok();
    let bytes: Vec<u8> = (0..count).map_while(at).collect();
    let whole = std::str::from_utf8(&bytes).ok().filter(|_| bytes.len() == count);
    let whole = whole.and_then(|text| text.chars().next());
    Some(whole.map_or((char::from(first), length), |whole| (whole, count * length)))
}

fn backslash(text: &[u8]) -> Option<(char, usize)> {
    let simple = |meant: char| Some((meant, 2));
    match *text.get(1)? {
        b'x' => character(text, |text| digits(text, b"\\x", 2, 16)),
        b'0'..=b'3' => character(text, |text| digits(text, b"\\", 3, 8)),
        b'u' if text.get(2) == Some(&b'{') => {
            let count = text.get(3..)?.iter().take(7).position(|byte| *byte == b'}')?;
            let (meant, length) = digits(text, b"\\u{", count, 16)?;
            Some((char::from_u32(meant)?, length + 1))
        }
        b'u' => unicode(text),
        b'U' => digits(text, b"\\U", 8, 16).and_then(|(meant, length)| Some((char::from_u32(meant)?, length))),
        b'n' => simple('\n'),
        b'r' => simple('\r'),
        b't' => simple('\t'),
        other => simple(char::from(other)).filter(|_| other.is_ascii_punctuation()),
    }
}

/// `\u00e4`, or two of them that stand for one character beyond the first plane.
fn unicode(text: &[u8]) -> Option<(char, usize)> {
    let unit = |text: &[u8]| digits(text, b"\\u", 4, 16).and_then(|(unit, _)| u16::try_from(unit).ok());
    let units: Vec<u16> = [Some(unit(text)?), text.get(6..).and_then(unit)].into_iter().flatten().collect();
    let meant = char::decode_utf16(units).next()?.ok()?;
    Some((meant, 6 * meant.len_utf16()))
}

fn entity(text: &[u8]) -> Option<(char, usize)> {
    const NAMED: &[(&[u8], char)] = &[
        (b"&amp;", '&'),
        (b"&lt;", '<'),
        (b"&gt;", '>'),
        (b"&quot;", '"'),
        (b"&apos;", '\''),
        (b"&nbsp;", ' '),
        (b"&shy;", '\u{ad}'),
    ];
    if let Some((name, meant)) = NAMED.iter().find(|(name, _)| text.starts_with(name)) {
        return Some((*meant, name.len()));
    }
    let (prefix, base): (&[u8], u32) = match text {
        [b'&', b'#', b'x', ..] => (b"&#x", 16),
        [b'&', b'#', b'X', ..] => (b"&#X", 16),
        _ => (b"&#", 10),
    };
    // The last character of all has seven digits.
    let count = text.strip_prefix(prefix)?.iter().take(8).position(|byte| *byte == b';')?;
    let (meant, length) = digits(text, prefix, count, base)?;
    Some((char::from_u32(meant)?, length + 1))
}

/// A number of so many digits behind a prefix, and the length of both.
fn digits(text: &[u8], prefix: &[u8], count: usize, base: u32) -> Option<(u32, usize)> {
    let digits = text.strip_prefix(prefix)?.get(..count).filter(|digits| !digits.is_empty())?;
    let value = digits
        .iter()
        .try_fold(0_u32, |value, byte| value.checked_mul(base)?.checked_add(char::from(*byte).to_digit(base)?))?;
    Some((value, prefix.len() + count))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, reading: Reading) -> String {
        View::read(text.as_bytes(), reading).map_or(text.to_owned(), |view| String::from_utf8(view.bytes).unwrap())
    }

    #[test]
    fn escapes_are_read_and_the_rest_stays() {
        let cases = [
            ("a%2Fb%2fc%C3%A4%E4!", "a/b/cää!"),
            (r"\u00e4\ud83d\ude00\u{1F600}\U0001f600", "ä😀😀😀"),
            (r#"\"\/\\\n\'\xc3\xa4\xe4\303\244"#, "\"/\\\n'äää"),
            ("&amp;&#39;&#x27;&#X2F;&#228;&quot;", "&''/ä\""),
            (
                r"100% %zz \q \u12 \ud83d & &bogus; &#; &#x; &#99999999; \u{} \",
                r"100% %zz \q \u12 \ud83d & &bogus; &#; &#x; &#99999999; \u{} \",
            ),
        ];
        for (text, expected) in cases {
            assert_eq!(read(text, escape), expected, "{text}");
        }
        assert_eq!(read("a=C3=A4=3D=\r\nb=\nc=d=", quoted_printable), "aä=bc=d=");
        assert_eq!(read("a\r\n  b\u{ad}c\u{200b}\u{feff}d\x1b[31me\x1b[0m\0f<wbr>g h", filler), "abcdefg h");
    }

    #[test]
    fn every_stretch_leads_back_to_what_it_was_read_from() {
        let text = "ab%2Fcd\\u00e4e";
        let view = View::read(text.as_bytes(), escape).unwrap();
        let cases = [("ab", "ab"), ("b/c", "b%2Fc"), ("/", "%2F"), ("dä", "d\\u00e4"), ("äe", "\\u00e4e")];
        for (seen, expected) in cases {
            let at = std::str::from_utf8(&view.bytes).unwrap().find(seen).unwrap();
            assert_eq!(&text[view.source(&(at..at + seen.len()))], expected);
        }
        assert!(View::read(b"plain", escape).is_none());
    }
}
