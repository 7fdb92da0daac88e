//! Little-endian numbers one after another.

use std::io::{self, Read};

/// A record of fixed length that is taken apart from its beginning.
#[derive(Debug)]
pub(super) struct Fields<const N: usize> {
    bytes: [u8; N],
    at: usize,
}

impl<const N: usize> Fields<N> {
    /// Reads a record whole.
    pub(super) fn read(reader: &mut impl Read) -> io::Result<Self> {
        let mut bytes = [0; N];
        reader.read_exact(&mut bytes)?;
        Ok(Self { bytes, at: 0 })
    }

    /// Whether the record begins with a mark, which is then behind.
    pub(super) fn begins(&mut self, mark: [u8; 4]) -> bool {
        self.at = mark.len();
        self.bytes.starts_with(&mark)
    }

    pub(super) fn u8(&mut self) -> u8 {
        self.number(1) as u8
    }

    pub(super) fn u16(&mut self) -> u16 {
        self.number(2) as u16
    }

    pub(super) fn u32(&mut self) -> u32 {
        self.number(4) as u32
    }

    pub(super) fn u64(&mut self) -> u64 {
        self.number(8)
    }

    fn number(&mut self, length: usize) -> u64 {
        let bytes = &self.bytes[self.at..self.at + length];
        self.at += length;
        bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
    }
}
