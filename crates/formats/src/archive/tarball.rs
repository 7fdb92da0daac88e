//! Compressed tar archives with one folder in which everything lies: sdists, crates, npm's packages.

use std::collections::BTreeMap;
use std::io::Read;

use releasekit_core::model::Member;

use super::member::{Limits, Members, Mode};
use super::path;
use super::tar::{Kind, Tar};
use crate::{Error, Result};

/// What an archive holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tarball {
    /// The files that were asked for and are there, by their paths in the folder.
    pub texts: BTreeMap<String, Vec<u8>>,
    /// Its files, links, and folders that hold nothing, sorted; paths begin with the folder's name.
    pub members: Vec<Member>,
}

/// The permissions that lend a file's runner the rights of its owner.
const SPECIAL: u32 = 0o7000;

/// Reads an archive; `file` is its name, for messages, `stem` the folder all its members lie in, `wanted` the files that
/// are read as a whole, by their paths in it. Fails with `Invalid` where it is broken or unsafe, or where it could be read
/// in more than one way.
pub fn read(file: &str, stem: &str, reader: impl Read, limits: Limits, wanted: &[&str]) -> Result<Tarball> {
    let mut members = Members::new(file, limits);
    let mut texts = BTreeMap::new();
    Tar::new(file, reader, limits).walk(|entry, content| {
        let path = members.path(&entry.path)?;
        let below = if path == stem { "" } else { below(file, stem, &path)? };
        match &entry.kind {
            Kind::Folder => members.add_folder(path),
            Kind::Symlink(target) => {
                let inside = std::str::from_utf8(target).ok().filter(|to| path::stays_inside(stem, &path, to));
                members.add_link(path.clone(), "link", inside.ok_or_else(|| leaves(file, &path))?);
            }
            Kind::Hardlink(target) => {
                let earlier = std::str::from_utf8(target).ok().filter(|to| members.file(to).is_some());
                members.add_link(path.clone(), "hard link", earlier.ok_or_else(|| leaves(file, &path))?);
            }
            Kind::File if entry.mode & SPECIAL != 0 => {
                return Err(Error::harmful(file, format!("member `{path}` would run with the rights of its owner")));
            }
            Kind::File if wanted.contains(&below) => {
                let text = members.slurp(content)?;
                members.add(path.clone(), Mode::of(entry.mode), &text);
                texts.insert(below.to_owned(), text);
            }
            Kind::File => members.read(path, Mode::of(entry.mode), content)?,
        }
        Ok(())
    })?;
    Ok(Tarball { texts, members: members.into_sorted()? })
}

/// The path in the folder of the archive.
fn below<'a>(file: &str, stem: &str, path: &'a str) -> Result<&'a str> {
    let below = path.strip_prefix(stem).and_then(|rest| rest.strip_prefix('/'));
    below.ok_or_else(|| Error::invalid(file, format!("`{path}` does not lie in `{stem}/`")))
}

fn leaves(file: &str, path: &str) -> Error {
    Error::harmful(file, format!("link `{path}` leads out of its folder, or to what is not before it"))
}
