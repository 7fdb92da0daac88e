//! One header of a tar archive.

/// The length of a header, and what all lengths are multiples of.
pub(super) const BLOCK: usize = 512;

/// A part of a member's header that has a header of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// POSIX: records for the next member.
    Records,
    /// POSIX: records for all members that follow.
    GlobalRecords,
    /// GNU: the next member's name.
    LongName,
    /// GNU: where the next member leads to.
    LongLink,
}

/// Which fields the second half of a header has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Old,
    Posix,
    Gnu,
}

/// A header.
#[derive(Debug)]
pub(super) struct Block {
    bytes: [u8; BLOCK],
    format: Format,
    pub(super) size: u64,
    pub(super) mode: u32,
}

impl Block {
    /// Reads a header. An error says why readers would not agree on it.
    pub(super) fn new(bytes: [u8; BLOCK]) -> Result<Self, &'static str> {
        let format = match &bytes[257..265] {
            b"ustar\x0000" => Format::Posix,
            b"ustar  \0" => Format::Gnu,
            b"\0\0\0\0\0\0\0\0" => Format::Old,
            _ => return Err("has a header of no known format"),
        };
        let size = octal(&bytes[124..136]).ok_or("has a size that is no number")?;
        let mode = octal(&bytes[100..108]).ok_or("has a mode that is no number")?;
        let block = Self { bytes, format, size, mode: mode as u32 };
        if block.has_stowaway() {
            return Err("has bytes in its header that are in no field");
        }
        Ok(block)
    }

    /// Whether there are bytes where some readers see a field and others do not.
    fn has_stowaway(&self) -> bool {
        // A POSIX prefix ends 12 bytes before the header does; GNU's formats keep there what no backend writes, and some
        // readers take it for a prefix.
        let unused = match self.format {
            Format::Posix => 500,
            Format::Gnu => 345,
            Format::Old => 257,
        };
        let behind_end = |field: &[u8]| field.iter().skip_while(|&&byte| byte != 0).any(|&byte| byte != 0);
        self.bytes[unused..].iter().any(|&byte| byte != 0)
            || behind_end(&self.bytes[..100])
            || behind_end(&self.bytes[157..257])
            || (self.format == Format::Posix && behind_end(&self.bytes[345..500]))
    }

    /// The letter that says what it is.
    pub(super) fn letter(&self) -> u8 {
        self.bytes[156]
    }

    /// Which part of the next member's header this is, if it is one.
    pub(super) fn part(&self) -> Option<Part> {
        match self.letter() {
            b'x' => Some(Part::Records),
            b'g' => Some(Part::GlobalRecords),
            b'L' => Some(Part::LongName),
            b'K' => Some(Part::LongLink),
            _ => None,
        }
    }

    /// The name, as far as it is in the header.
    pub(super) fn name(&self) -> Vec<u8> {
        let name = text(&self.bytes[..100]);
        let prefix = if self.format == Format::Posix { text(&self.bytes[345..500]) } else { &[] };
        if prefix.is_empty() { name.to_owned() } else { [prefix, b"/", name].concat() }
    }

    /// Where it leads to, as far as that is in the header.
    pub(super) fn link(&self) -> Vec<u8> {
        text(&self.bytes[157..257]).to_owned()
    }
}

/// Whether these bytes are a header, as its checksum says; it counts itself as blanks.
pub(super) fn is_header(bytes: &[u8; BLOCK]) -> bool {
    let sum = |bytes: &[u8]| bytes.iter().map(|&byte| u64::from(byte)).sum::<u64>();
    octal(&bytes[148..156]) == Some(sum(&bytes[..148]) + 8 * u64::from(b' ') + sum(&bytes[156..]))
}

/// What is before the first zero.
fn text(field: &[u8]) -> &[u8] {
    field.split(|&byte| byte == 0).next().unwrap_or_default()
}

/// An octal number: blanks, digits, then blanks or zeros; nothing at all is 0.
fn octal(field: &[u8]) -> Option<u64> {
    let field = field.trim_ascii_start();
    let end = field.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(field.len());
    let (digits, rest) = field.split_at(end);
    if !rest.iter().all(|byte| matches!(byte, 0 | b' ')) {
        return None;
    }
    let digit = |number: Option<u64>, byte: &u8| match byte {
        b'0'..=b'7' => number?.checked_mul(8)?.checked_add(u64::from(byte - b'0')),
        _ => None,
    };
    digits.iter().fold(Some(0), digit)
}
