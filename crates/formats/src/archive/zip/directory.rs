//! The directory at the end of an archive.

use std::io::{self, Read, Seek, SeekFrom};

use super::end::End;
use super::extra;
use super::field::Fields;
use super::header::{Entry, Method, method};
use crate::archive::member::broken;
use crate::{Error, Result};

const CENTRAL: [u8; 4] = *b"PK\x01\x02";
const CENTRAL_LENGTH: usize = 46;
const UNIX: u8 = 3;

/// What external attributes say of folders, in the half that DOS has left behind.
const DOS_FOLDER: u32 = 0x10;
const TYPE: u32 = 0o170_000;
const FILE: u32 = 0o100_000;
const LINK: u32 = 0o120_000;
const FOLDER: u32 = 0o040_000;
const SPECIAL: u32 = 0o7000;

/// Reads all of it, and nothing is to be left over.
pub(super) fn read(file: &str, reader: &mut (impl Read + Seek), end: &End) -> Result<Vec<Entry>> {
    reader.seek(SeekFrom::Start(end.offset)).map_err(|error| broken(file, &error))?;
    let mut entries = Vec::new();
    let mut bounded = reader.take(end.size);
    for _ in 0..end.members {
        let entry = entry(&mut bounded).map_err(|error| broken(file, &error))?;
        entries.push(entry.map_err(|what| Error::harmful(file, what))?);
    }
    if bounded.limit() > 0 {
        return Err(Error::harmful(file, "its directory is longer than its members"));
    }
    Ok(entries)
}

fn entry(reader: &mut impl Read) -> io::Result<Result<Entry, String>> {
    let mut fields = Fields::<CENTRAL_LENGTH>::read(reader)?;
    if !fields.begins(CENTRAL) {
        return Ok(Err("its directory has something between its members".to_owned()));
    }
    let _version = fields.u8();
    let system = fields.u8();
    let _needed = fields.u16();
    let (flags, packing) = (fields.u16(), fields.u16());
    let _time = fields.u32();
    let (crc, packed, size) = (fields.u32(), fields.u32(), fields.u32());
    let [name, more, comment] = [(); 3].map(|()| usize::from(fields.u16()));
    let disk = fields.u16();
    let _internal = fields.u16();
    let (attributes, offset) = (fields.u32(), fields.u32());
    let (mut name, mut more) = (vec![0; name], vec![0; more]);
    reader.read_exact(&mut name)?;
    reader.read_exact(&mut more)?;
    let shown = name.escape_ascii().to_string();
    let read = || {
        let method = method(flags, packing, &name)?;
        if comment != 0 || disk != 0 {
            return Err("has a comment, or lies on another disk".to_owned());
        }
        let numbers = extra::put([size, packed, offset], &extra::large(&more)?);
        let [size, packed, offset] = numbers.ok_or("has more or fewer large sizes than it asks for")?;
        if method == Method::Stored && size != packed {
            return Err("has two sizes, though it is not packed".to_owned());
        }
        let (bits, is_unix) = (attributes >> 16, system == UNIX);
        let entry = Entry { name, bits, is_unix, flags, method, crc, packed, size, offset };
        kind(&entry, attributes).map_or(Ok(entry), |what| Err(what.to_owned()))
    };
    Ok(read().map_err(|what: String| format!("member `{shown}` {what}")))
}

/// What is wrong with its type: a link, a device, or a folder by one sign and a file by another.
fn kind(entry: &Entry, attributes: u32) -> Option<&'static str> {
    let expected = if entry.is_folder() { FOLDER } else { FILE };
    let doubtful = "is neither a file nor a folder, or does not say which";
    match entry.bits & TYPE {
        LINK => return Some("is a link, which wheels cannot hold"),
        0 => {}
        found if found == expected => {}
        _ => return Some(doubtful),
    }
    if entry.is_folder() {
        return (entry.size != 0).then_some("is a folder with content");
    }
    if entry.bits & SPECIAL != 0 {
        return Some("would run with the rights of its owner");
    }
    (attributes & DOS_FOLDER != 0).then_some(doubtful)
}
