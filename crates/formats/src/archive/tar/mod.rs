//! Tar archives that every reader takes for the same: one archive, compressed once, with zeros alone behind its members.
//!
//! The formats of 1979, 1988, GNU and POSIX lie on top of each other in one header, and each reader has its own idea of
//! which of them counts; so whatever could be read by two of them in two ways is refused.

mod block;
mod extended;

use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::GzDecoder;

use self::block::{BLOCK, Block};
use self::extended::Extended;
use super::member::{Bounded, Limits, broken};
use crate::{Error, Result};

/// What a member is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    File,
    Folder,
    /// A symbolic link and where it leads to.
    Symlink(Vec<u8>),
    /// Another name for a member, and which.
    Hardlink(Vec<u8>),
}

/// A member of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) path: Vec<u8>,
    pub(crate) kind: Kind,
    pub(crate) mode: u32,
}

/// A compressed archive that is read from its beginning to its end.
pub(crate) struct Tar<'a, R> {
    file: &'a str,
    reader: Bounded<GzDecoder<BufReader<R>>>,
    limits: Limits,
}

impl<'a, R: Read> Tar<'a, R> {
    /// An archive; `file` is its name, for messages.
    pub(crate) fn new(file: &'a str, reader: R, limits: Limits) -> Self {
        let reader = Bounded::new(GzDecoder::new(BufReader::new(reader)), limits.total);
        Self { file, reader, limits }
    }

    /// Hands each member and its content to `visit`. Fails with `Invalid`, and as `visit` does.
    pub(crate) fn walk(mut self, mut visit: impl FnMut(&Entry, &mut dyn Read) -> Result<()>) -> Result<()> {
        let mut extended = Extended::default();
        while let Some(block) = self.block()? {
            if let Some(part) = block.part() {
                let text = self.text(&block)?;
                extended.add(part, text).map_err(|what| self.harmful(&block, what))?;
                continue;
            }
            let entry = std::mem::take(&mut extended).entry(&block).map_err(|what| self.harmful(&block, what))?;
            self.content(&block, |content| visit(&entry, content))?;
        }
        if extended != Extended::default() {
            return Err(Error::harmful(self.file, "it ends with the name of a member that does not follow"));
        }
        self.end()
    }

    /// The next header; `None` where a block of zeros says that there is no more.
    fn block(&mut self) -> Result<Option<Block>> {
        let mut bytes = [0; BLOCK];
        self.reader.read_exact(&mut bytes).map_err(|error| broken(self.file, &error))?;
        if bytes == [0; BLOCK] {
            return Ok(None);
        }
        if !block::is_header(&bytes) {
            return Err(Error::invalid(self.file, "a header in it is damaged, or none"));
        }
        Block::new(bytes).map(Some).map_err(|what| Error::harmful(self.file, format!("a member {what}")))
    }

    fn harmful(&self, block: &Block, what: &str) -> Error {
        Error::harmful(self.file, format!("member `{}` {what}", block.name().escape_ascii()))
    }

    /// A part of the next member's header that is too long for it.
    fn text(&mut self, block: &Block) -> Result<Vec<u8>> {
        let (file, most) = (self.file, self.limits.metadata);
        let mut text = Vec::new();
        self.content(block, |content| {
            let read = Bounded::new(content, most).read_to_end(&mut text);
            read.map(drop).map_err(|error| broken(file, &error))
        })?;
        Ok(text)
    }

    /// The content of a member, and the zeros that fill its last block.
    fn content(&mut self, block: &Block, visit: impl FnOnce(&mut dyn Read) -> Result<()>) -> Result<()> {
        let file = self.file;
        let mut content = (&mut self.reader).take(block.size);
        visit(&mut content)?;
        io::copy(&mut content, &mut io::sink()).map_err(|error| broken(file, &error))?;
        if content.limit() > 0 {
            return Err(Error::invalid(file, "it is cut off"));
        }
        let mut fill = Vec::new();
        let missing = block.size.next_multiple_of(BLOCK as u64) - block.size;
        let read = (&mut self.reader).take(missing).read_to_end(&mut fill).map_err(|error| broken(file, &error))?;
        if read as u64 != missing || fill.iter().any(|&byte| byte != 0) {
            return Err(Error::harmful(file, "there are bytes between its members"));
        }
        Ok(())
    }

    /// Reads what is behind the last member: blocks of zeros, at least two of them, and no second archive behind those,
    /// neither inside of the compression nor after it.
    fn end(mut self) -> Result<()> {
        let mut buffer = vec![0; BLOCK * 16];
        let mut length = 0;
        loop {
            let count = self.reader.read(&mut buffer).map_err(|error| broken(self.file, &error))?;
            if buffer[..count].iter().any(|&byte| byte != 0) {
                return Err(Error::harmful(self.file, "there are bytes behind its last member"));
            }
            length += count;
            if count == 0 {
                break;
            }
        }
        if length == 0 || length % BLOCK != 0 {
            return Err(Error::invalid(self.file, "it has no end"));
        }
        let mut decoder = self.reader.into_inner();
        let more = decoder.header().is_some_and(|header| header.extra().is_some() || header.comment().is_some());
        let rest = decoder.get_mut().fill_buf().map_err(|error| broken(self.file, &error))?;
        if more || !rest.is_empty() {
            return Err(Error::harmful(self.file, "its compression holds more than the archive"));
        }
        Ok(())
    }
}
