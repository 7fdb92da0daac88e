//! Archives written byte by byte, so that they can say what no library would.

use flate2::write::GzEncoder;
use flate2::{Compression, Crc, GzBuilder};
use std::io::Write;

use super::archives::Zip;

/// What a member's header and its entry in the directory say.
#[derive(Debug, Clone)]
pub(crate) struct Says {
    pub(crate) name: Vec<u8>,
    pub(crate) flags: u16,
    pub(crate) method: u16,
    pub(crate) crc: u32,
    pub(crate) packed: u32,
    pub(crate) size: u32,
    pub(crate) extra: Vec<u8>,
}

/// One member; `before` and `data` are the bytes in front of its header and behind it.
#[derive(Debug, Clone)]
pub(crate) struct Raw {
    pub(crate) local: Says,
    pub(crate) central: Says,
    pub(crate) before: Vec<u8>,
    pub(crate) data: Vec<u8>,
    pub(crate) system: u8,
    pub(crate) attributes: u32,
    pub(crate) comment: Vec<u8>,
}

/// A zip archive: members, and what else there is.
#[derive(Debug, Clone)]
pub(crate) struct RawZip {
    pub(crate) members: Vec<Raw>,
    /// In which order the directory lists them.
    pub(crate) order: Vec<usize>,
    pub(crate) before_directory: Vec<u8>,
    pub(crate) behind_directory: Vec<u8>,
    /// Added to the count of members that the end gives first.
    pub(crate) miscount: u16,
    pub(crate) comment: Vec<u8>,
    pub(crate) tail: Vec<u8>,
    /// Whether the end is preceded by its zip64 form, and how far off that is.
    pub(crate) large: Option<u64>,
}

/// A member that is stored as it is.
pub(crate) fn member(path: &str, mode: u32, content: &[u8]) -> Raw {
    let mut crc = Crc::new();
    crc.update(content);
    let size = content.len() as u32;
    let (name, flags) = (path.as_bytes().to_vec(), if path.is_ascii() { 0 } else { 1 << 11 });
    let says = Says { name, flags, method: 0, crc: crc.sum(), packed: size, size, extra: Vec::new() };
    let attributes = (0o100_000 | mode) << 16;
    let (local, central) = (says.clone(), says);
    Raw { local, central, before: Vec::new(), data: content.to_vec(), system: 3, attributes, comment: Vec::new() }
}

impl Raw {
    /// Changes header and directory in the same way.
    pub(crate) fn both(mut self, change: impl Fn(&mut Says)) -> Self {
        change(&mut self.local);
        change(&mut self.central);
        self
    }

    /// Packs it; `more` is put behind the packed bytes, and counted.
    pub(crate) fn deflated(mut self, more: &[u8]) -> Self {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&self.data).expect("memory");
        self.data = [&encoder.finish().expect("memory"), more].concat();
        let packed = self.data.len() as u32;
        self.both(|says| (says.method, says.packed) = (8, packed))
    }
}

impl RawZip {
    pub(crate) fn new(wheel: &Zip) -> Self {
        let members = wheel.clone().recorded().0;
        let members: Vec<Raw> = members.iter().map(|(path, mode, content)| member(path, *mode, content)).collect();
        let order = (0..members.len()).collect();
        let none = Vec::new;
        Self {
            members,
            order,
            before_directory: none(),
            behind_directory: none(),
            miscount: 0,
            comment: none(),
            tail: none(),
            large: None,
        }
    }

    /// Changes the first member, a module.
    pub(crate) fn first(mut self, change: impl Fn(&mut Raw)) -> Self {
        change(&mut self.members[0]);
        self
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut offsets = Vec::new();
        for member in &self.members {
            bytes.extend(&member.before);
            offsets.push(bytes.len() as u32);
            bytes.extend(b"PK\x03\x04\x14\x00");
            bytes.extend(says(&member.local));
            bytes.extend([&member.local.name[..], &member.local.extra, &member.data].concat());
        }
        bytes.extend(&self.before_directory);
        let directory = bytes.len();
        for &index in &self.order {
            let member = &self.members[index];
            bytes.extend([b'P', b'K', 1, 2, 20, member.system, 20, 0]);
            bytes.extend(says(&member.central));
            bytes.extend((member.comment.len() as u16).to_le_bytes());
            bytes.extend([0; 4]);
            bytes.extend(member.attributes.to_le_bytes());
            bytes.extend(offsets[index].to_le_bytes());
            bytes.extend([&member.central.name[..], &member.central.extra, &member.comment].concat());
        }
        bytes.extend(&self.behind_directory);
        self.end(&mut bytes, directory);
        bytes.extend(&self.tail);
        bytes
    }

    fn end(&self, bytes: &mut Vec<u8>, directory: usize) {
        let (at, count) = (bytes.len(), self.order.len());
        if let Some(off) = self.large {
            bytes.extend(b"PK\x06\x06");
            bytes.extend(44_u64.to_le_bytes());
            bytes.extend([45, 3, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            for number in [count as u64, count as u64, (at - directory) as u64, directory as u64 + off] {
                bytes.extend(number.to_le_bytes());
            }
            bytes.extend([b'P', b'K', 6, 7, 0, 0, 0, 0]);
            bytes.extend((at as u64).to_le_bytes());
            bytes.extend(1_u32.to_le_bytes());
        }
        bytes.extend([b'P', b'K', 5, 6, 0, 0, 0, 0]);
        bytes.extend((count as u16 + self.miscount).to_le_bytes());
        bytes.extend((count as u16).to_le_bytes());
        bytes.extend(((at - directory) as u32).to_le_bytes());
        bytes.extend((directory as u32).to_le_bytes());
        bytes.extend((self.comment.len() as u16).to_le_bytes());
        bytes.extend(&self.comment);
    }
}

/// The fields that header and directory have in common, from the flags to the length of the extra field.
fn says(says: &Says) -> Vec<u8> {
    let mut bytes = [says.flags.to_le_bytes(), says.method.to_le_bytes(), [0; 2], [0x21, 0]].concat();
    for number in [says.crc, says.packed, says.size] {
        bytes.extend(number.to_le_bytes());
    }
    bytes.extend((says.name.len() as u16).to_le_bytes());
    bytes.extend((says.extra.len() as u16).to_le_bytes());
    bytes
}

/// A tar header of 512 bytes and its content, filled up to a whole block.
pub(crate) fn block(name: &[u8], letter: u8, content: &[u8], change: impl Fn(&mut [u8])) -> Vec<u8> {
    let mut header = vec![0; 512];
    header[..name.len()].copy_from_slice(name);
    header[100..108].copy_from_slice(b"0000644\0");
    header[124..136].copy_from_slice(format!("{:011o}\0", content.len()).as_bytes());
    header[156] = letter;
    header[257..265].copy_from_slice(b"ustar\x0000");
    change(&mut header);
    header[148..156].fill(b' ');
    let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    header.extend(content);
    header.resize(header.len().next_multiple_of(512), 0);
    header
}

/// A POSIX record.
pub(crate) fn record(key: &str, value: &str) -> Vec<u8> {
    let rest = key.len() + value.len() + 3;
    let length = (rest..).find(|length| length.to_string().len() + rest == *length).expect("some length fits");
    format!("{length} {key}={value}\n").into_bytes()
}

/// Compresses in one member.
pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

/// Compresses with something beside the content.
pub(crate) fn gzip_with(builder: GzBuilder, bytes: &[u8]) -> Vec<u8> {
    let mut encoder = builder.write(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}
