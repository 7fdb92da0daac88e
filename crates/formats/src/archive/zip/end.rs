//! The records at the end of an archive, which say where its directory is.

use std::io::{self, Read, Seek, SeekFrom};

use super::field::Fields;
use crate::archive::member::broken;
use crate::{Error, Result};

const END: [u8; 4] = *b"PK\x05\x06";
const END64: [u8; 4] = *b"PK\x06\x06";
const LOCATOR: [u8; 4] = *b"PK\x06\x07";
const END_LENGTH: u64 = 22;
const END64_LENGTH: u64 = 56;
const LOCATOR_LENGTH: u64 = 20;

/// Where the directory is, and how much of it there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct End {
    pub(super) members: u64,
    pub(super) size: u64,
    pub(super) offset: u64,
}

/// Reads the records, which must be the last bytes of the file with the directory right before them.
pub(super) fn find(file: &str, reader: &mut (impl Read + Seek)) -> Result<End> {
    let length = reader.seek(SeekFrom::End(0)).map_err(|error| broken(file, &error))?;
    let found = read(reader, length).map_err(|error| broken(file, &error))?;
    match found {
        Some(end) => end.map_err(|what| Error::harmful(file, what)),
        None if has_mark(reader, length).map_err(|error| broken(file, &error))? => {
            Err(Error::harmful(file, "there are bytes behind its end, or a comment"))
        }
        None => Err(Error::invalid(file, "it is no zip archive, or cut off")),
    }
}

/// The records; `None` where the file does not end with one, an inner error where there are two ways to read them.
fn read(reader: &mut (impl Read + Seek), length: u64) -> io::Result<Option<Result<End, &'static str>>> {
    let Some(at) = length.checked_sub(END_LENGTH) else { return Ok(None) };
    reader.seek(SeekFrom::Start(at))?;
    let mut fields = Fields::<{ END_LENGTH as usize }>::read(reader)?;
    if !fields.begins(END) {
        return Ok(None);
    }
    let disks = fields.u16() | fields.u16();
    let counts = [fields.u16(), fields.u16()];
    let end = End { members: counts[0].into(), size: fields.u32().into(), offset: fields.u32().into() };
    if fields.u16() != 0 || disks != 0 || counts[0] != counts[1] {
        return Ok(Some(Err("the record at its end counts other disks or members, or has a comment")));
    }
    let (end, at) = match large(reader, at)? {
        None => (end, at),
        Some(Some((large, at))) if agree(end, large) => (large, at),
        Some(_) => return Ok(Some(Err("the two records at its end disagree"))),
    };
    let fits = end.offset.checked_add(end.size) == Some(at);
    Ok(Some(if fits { Ok(end) } else { Err("its directory is not right before its end") }))
}

/// The zip64 record and where it begins; an inner `None` where it is not as it must be.
fn large(reader: &mut (impl Read + Seek), end: u64) -> io::Result<Option<Option<(End, u64)>>> {
    let Some(at) = end.checked_sub(LOCATOR_LENGTH) else { return Ok(None) };
    reader.seek(SeekFrom::Start(at))?;
    let mut locator = Fields::<{ LOCATOR_LENGTH as usize }>::read(reader)?;
    if !locator.begins(LOCATOR) {
        return Ok(None);
    }
    let (disk, offset, disks) = (locator.u32(), locator.u64(), locator.u32());
    if disk != 0 || disks > 1 || at.checked_sub(END64_LENGTH) != Some(offset) {
        return Ok(Some(None));
    }
    reader.seek(SeekFrom::Start(offset))?;
    let mut fields = Fields::<{ END64_LENGTH as usize }>::read(reader)?;
    let marked = fields.begins(END64);
    let rest = fields.u64();
    let _versions = fields.u32();
    let disks = fields.u32() | fields.u32();
    let counts = [fields.u64(), fields.u64()];
    let large = End { members: counts[0], size: fields.u64(), offset: fields.u64() };
    // The length leaves out itself and the mark.
    let whole = marked && rest == END64_LENGTH - 12 && disks == 0 && counts[0] == counts[1];
    Ok(Some(whole.then_some((large, offset))))
}

/// Whether the short record says the same, or says by its largest number that the long one does.
fn agree(short: End, long: End) -> bool {
    let same = |short: u64, most: u64, long: u64| short == long || short == most;
    same(short.members, u16::MAX.into(), long.members)
        && same(short.size, u32::MAX.into(), long.size)
        && same(short.offset, u32::MAX.into(), long.offset)
}

/// Whether the mark of an end is where a reader that looks for one would find it.
fn has_mark(reader: &mut (impl Read + Seek), length: u64) -> io::Result<bool> {
    const FAR: u64 = END_LENGTH + u16::MAX as u64;
    reader.seek(SeekFrom::Start(length.saturating_sub(FAR)))?;
    let mut tail = Vec::new();
    reader.take(FAR).read_to_end(&mut tail)?;
    Ok(tail.windows(END.len()).any(|window| window == END))
}
