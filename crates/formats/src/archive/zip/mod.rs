//! Zip archives that every reader takes for the same: the members of the directory at the end, in its order, fill the file
//! from its first byte, and their own headers repeat what the directory says.
//!
//! Installers read either the directory or, while it downloads, the headers. A library that reads zips finds its way
//! through what they say differently, which is what must not happen here; so this reader takes no step that has an
//! alternative. It knows what wheels are made of: stored and deflated members, zip64, no comments, no encryption.

mod directory;
mod end;
mod extra;
mod field;
mod header;
mod inflate;

use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

pub(crate) use header::Entry;

use self::inflate::Unpacked;
use super::member::{Limits, broken};
use crate::{Error, Result};

/// An archive of which the directory has been read.
pub(crate) struct Zip<'a, R> {
    file: &'a str,
    reader: BufReader<R>,
    entries: Vec<Entry>,
    /// Where the members end and the directory begins.
    end: u64,
}

impl<'a, R: Read + Seek> Zip<'a, R> {
    /// Reads the directory; `file` is the archive's name, for messages. Fails with `Invalid`.
    pub(crate) fn open(file: &'a str, reader: R, limits: Limits) -> Result<Self> {
        let mut reader = BufReader::new(reader);
        let end = end::find(file, &mut reader)?;
        if end.members > limits.members as u64 {
            return Err(Error::harmful(file, format!("it has more than {} members", limits.members)));
        }
        let entries = directory::read(file, &mut reader, &end)?;
        Ok(Self { file, reader, entries, end: end.offset })
    }

    /// Hands each member and its content to `visit`, which reads it to the end. Fails with `Invalid`, and as `visit` does.
    pub(crate) fn walk(mut self, mut visit: impl FnMut(&Entry, &mut dyn Read) -> Result<()>) -> Result<()> {
        self.reader.seek(SeekFrom::Start(0)).map_err(|error| broken(self.file, &error))?;
        let mut at = 0;
        for entry in &self.entries {
            if entry.offset != at {
                return Err(Error::harmful(self.file, format!("there are bytes before or between members at {at}")));
            }
            let header = header::read(self.file, &mut self.reader, entry)?;
            content(self.file, &mut self.reader, entry, &mut visit)?;
            at = at.saturating_add(header).saturating_add(entry.packed);
        }
        if at == self.end {
            return Ok(());
        }
        Err(Error::harmful(self.file, format!("there are bytes between its members and its directory at {at}")))
    }
}

/// Unpacks one member, whose packed bytes must end where the member does.
fn content(
    file: &str,
    reader: &mut impl BufRead,
    entry: &Entry,
    visit: &mut impl FnMut(&Entry, &mut dyn Read) -> Result<()>,
) -> Result<()> {
    let mut unpacked = Unpacked::new(reader.take(entry.packed), entry);
    visit(entry, &mut unpacked)?;
    io::copy(&mut unpacked, &mut io::sink()).map_err(|error| broken(file, &error))?;
    let problem = unpacked.finish();
    problem.map_or(Ok(()), |what| Err(Error::invalid(file, format!("member `{}` {what}", entry.shown()))))
}
