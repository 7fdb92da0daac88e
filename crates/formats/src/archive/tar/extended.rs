//! What stands before a member's header because it did not fit into it.

use std::collections::BTreeMap;

use super::block::{Block, Part};
use super::{Entry, Kind};

/// Records that say where, how large, when and whose a member is; others, such as those of sparse files, change what is
/// read as its content for some readers.
const KNOWN: &[&str] =
    &["atime", "comment", "ctime", "gid", "gname", "linkpath", "mtime", "path", "size", "uid", "uname"];

/// What is known of the next member.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Extended {
    /// Which parts have been seen.
    parts: Vec<Part>,
    path: Option<Vec<u8>>,
    link: Option<Vec<u8>>,
    size: Option<Vec<u8>>,
}

impl Extended {
    /// Takes in a part. An error says why readers would not agree on it.
    pub(super) fn add(&mut self, part: Part, text: Vec<u8>) -> Result<(), &'static str> {
        let is_records = |part: &Part| matches!(part, Part::Records | Part::GlobalRecords);
        if self.parts.contains(&part) || self.parts.iter().any(|seen| is_records(seen) || is_records(&part)) {
            return Err("has its name in more than one form");
        }
        match part {
            Part::GlobalRecords => return global(&text),
            Part::Records => {
                let mut records = records(&text).ok_or("has a record that is none, or there twice")?;
                if records.keys().any(|key| !KNOWN.contains(key)) {
                    return Err("has a record that only some readers know");
                }
                let mut take = |key| records.remove(key).map(<[u8]>::to_owned);
                (self.path, self.link, self.size) = (take("path"), take("linkpath"), take("size"));
            }
            Part::LongName => self.path = Some(ended(text)),
            Part::LongLink => self.link = Some(ended(text)),
        }
        self.parts.push(part);
        Ok(())
    }

    /// The member that has this header.
    pub(super) fn entry(self, block: &Block) -> Result<Entry, &'static str> {
        if self.size.is_some_and(|size| size != block.size.to_string().as_bytes()) {
            return Err("has two sizes");
        }
        let path = self.path.unwrap_or_else(|| block.name());
        let link = self.link.unwrap_or_else(|| block.link());
        let is_link = matches!(block.letter(), b'1' | b'2');
        if link.is_empty() == is_link {
            return Err("leads nowhere, or is no link and leads somewhere");
        }
        // Some readers see a folder where the name ends so, and in the old form where its own header's does.
        let like_folder = path.ends_with(b"/") || (block.letter() == 0 && block.name().ends_with(b"/"));
        let kind = match block.letter() {
            b'0' | 0 if !like_folder => Kind::File,
            b'1' => Kind::Hardlink(link),
            b'2' => Kind::Symlink(link),
            b'5' => Kind::Folder,
            _ => return Err("is no file, folder or link"),
        };
        if kind != Kind::File && block.size != 0 {
            return Err("has content, but is no file");
        }
        let path = if kind == Kind::Folder { path.strip_suffix(b"/").unwrap_or(&path).to_owned() } else { path };
        Ok(Entry { path, kind, mode: block.mode })
    }
}

/// Records for all members may say nothing of them.
fn global(text: &[u8]) -> Result<(), &'static str> {
    match records(text) {
        Some(records) if records.keys().all(|&key| key == "comment") => Ok(()),
        _ => Err("has records for all members that say more than a comment"),
    }
}

/// Reads `LENGTH KEY=VALUE` lines, where the length is that of the line. `None` where one is not so, or a key is there twice.
fn records(mut text: &[u8]) -> Option<BTreeMap<&str, &[u8]>> {
    let mut records = BTreeMap::new();
    while !text.is_empty() {
        let blank = text.iter().take(8).position(|&byte| byte == b' ')?;
        let digits = text[..blank].iter().all(u8::is_ascii_digit);
        let length: usize = std::str::from_utf8(&text[..blank]).ok().filter(|_| digits)?.parse().ok()?;
        let (line, rest) = text.split_at_checked(length)?;
        let line = line.get(blank + 1..)?.strip_suffix(b"\n")?;
        let equals = line.iter().position(|&byte| byte == b'=')?;
        let key = std::str::from_utf8(&line[..equals]).ok()?;
        if records.insert(key, &line[equals + 1..]).is_some() {
            return None;
        }
        text = rest;
    }
    Some(records)
}

/// A GNU name without the zero at its end.
fn ended(mut text: Vec<u8>) -> Vec<u8> {
    if text.last() == Some(&0) {
        text.pop();
    }
    text
}
