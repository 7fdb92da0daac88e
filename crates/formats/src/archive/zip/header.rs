//! One member, as the directory and its own header agree on it.

use std::io::{self, Read};

use super::extra;
use super::field::Fields;
use crate::archive::member::{Mode, broken};
use crate::{Error, Result};

const LOCAL: [u8; 4] = *b"PK\x03\x04";
const LOCAL_LENGTH: usize = 30;

/// The flags that members may have: how hard it was packed, and that its name is UTF-8.
const FLAGS: u16 = 0b1000_0000_0110;
const UTF8: u16 = 1 << 11;
const DESCRIPTOR: u16 = 1 << 3;

/// How the bytes of a member are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Method {
    Stored,
    Deflated,
}

/// A member of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: Vec<u8>,
    /// Type and permissions, as Unix writes them.
    pub(crate) bits: u32,
    /// Whether a system that has such permissions wrote them.
    pub(crate) is_unix: bool,
    pub(super) flags: u16,
    pub(super) method: Method,
    pub(super) crc: u32,
    pub(super) packed: u64,
    pub(super) size: u64,
    pub(super) offset: u64,
}

impl Entry {
    /// Whether it is a folder, by its name.
    pub(crate) fn is_folder(&self) -> bool {
        self.name.ends_with(b"/")
    }

    /// Who may run it.
    pub(crate) fn mode(&self) -> Mode {
        match Mode::of(self.bits) {
            Mode::Executable if !self.is_unix => Mode::Doubtful,
            mode => mode,
        }
    }

    /// Its name for messages.
    pub(super) fn shown(&self) -> String {
        self.name.escape_ascii().to_string()
    }
}

/// Checks flags, method and name, which directory and header have in common.
pub(super) fn method(flags: u16, method: u16, name: &[u8]) -> Result<Method, &'static str> {
    if flags & DESCRIPTOR != 0 {
        return Err("says its size behind its content, which readers find in different ways");
    }
    if flags & !FLAGS != 0 {
        return Err("is encrypted, or packed in a way that wheels are not");
    }
    if flags & UTF8 == 0 && !name.is_ascii() {
        return Err("has a name that is not marked as UTF-8");
    }
    match method {
        0 => Ok(Method::Stored),
        8 => Ok(Method::Deflated),
        _ => Err("is packed in a way that wheels are not"),
    }
}

/// Reads a member's own header, which must say what the directory does, and gives its length.
pub(super) fn read(file: &str, reader: &mut impl Read, entry: &Entry) -> Result<u64> {
    let checked = check(reader, entry).map_err(|error| broken(file, &error))?;
    checked.map_err(|what| Error::harmful(file, format!("member `{}` {what}", entry.shown())))
}

fn check(reader: &mut impl Read, entry: &Entry) -> io::Result<Result<u64, String>> {
    let mut fields = Fields::<LOCAL_LENGTH>::read(reader)?;
    let marked = fields.begins(LOCAL);
    let _version = fields.u16();
    let (flags, packing) = (fields.u16(), fields.u16());
    let _time = fields.u32();
    let (crc, packed, size) = (fields.u32(), fields.u32(), fields.u32());
    let lengths = [usize::from(fields.u16()), usize::from(fields.u16())];
    let (mut name, mut more) = (vec![0; lengths[0]], vec![0; lengths[1]]);
    reader.read_exact(&mut name)?;
    reader.read_exact(&mut more)?;
    let sizes = match extra::large(&more) {
        Ok(large) => extra::put([size, packed], &large),
        Err(what) => return Ok(Err(what)),
    };
    let same = marked
        && (flags, crc, sizes, &name) == (entry.flags, entry.crc, Some([entry.size, entry.packed]), &entry.name)
        && method(flags, packing, &name) == Ok(entry.method);
    let length = (LOCAL_LENGTH + name.len() + more.len()) as u64;
    Ok(if same { Ok(length) } else { Err("has another header than the directory says".to_owned()) })
}
