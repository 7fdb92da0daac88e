//! The content of one member, and whether it is what the archive says.

use std::io::{self, BufRead, Read, Take};

use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::header::{Entry, Method};

/// Reads a member's content, and sees whether it ends where it should.
pub(super) struct Unpacked<R> {
    packed: Take<R>,
    /// What unpacks it; `None` where it is not packed.
    inflate: Option<Decompress>,
    /// Whether the packed bytes said that they end.
    ended: bool,
    crc: Crc,
    size: u64,
    expected: (u32, u64),
}

impl<R: BufRead> Unpacked<R> {
    pub(super) fn new(packed: Take<R>, entry: &Entry) -> Self {
        let inflate = (entry.method == Method::Deflated).then(|| Decompress::new(false));
        Self { packed, ended: inflate.is_none(), inflate, crc: Crc::new(), size: 0, expected: (entry.crc, entry.size) }
    }

    /// What is wrong with what was read, when all was read.
    pub(super) fn finish(self) -> Option<&'static str> {
        if !self.ended {
            return Some("is cut off");
        }
        if self.packed.limit() > 0 {
            return Some("ends before its packed bytes do");
        }
        ((self.crc.sum(), self.size) != self.expected).then_some("is not what its checksum and size say")
    }

    fn unpack(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(inflate) = &mut self.inflate else { return self.packed.read(buffer) };
        while !self.ended && !buffer.is_empty() {
            let input = self.packed.fill_buf()?;
            let (read, written) = (inflate.total_in(), inflate.total_out());
            let status = inflate.decompress(input, buffer, FlushDecompress::None).map_err(io::Error::other)?;
            let (read, written) = (inflate.total_in() - read, inflate.total_out() - written);
            self.packed.consume(read as usize);
            self.ended = status == Status::StreamEnd;
            if written > 0 || read == 0 {
                return Ok(written as usize);
            }
        }
        Ok(0)
    }
}

impl<R: BufRead> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.unpack(buffer)?;
        self.crc.update(&buffer[..count]);
        self.size += count as u64;
        Ok(count)
    }
}
