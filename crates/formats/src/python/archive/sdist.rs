//! Sdists: gzip-compressed tar archives with one folder, named like the file.

use std::io::Read;

use releasekit_core::model::Member;

use super::metadata::Metadata;
use crate::archive::member::{Limits, Members, Mode};
use crate::archive::path;
use crate::archive::tar::{Kind, Tar};
use crate::{Error, Result};

/// What an sdist holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sdist {
    /// Its metadata: the `PKG-INFO` at its top, never one deeper inside.
    pub metadata: Metadata,
    /// Its files, links, and folders that hold nothing, sorted.
    pub members: Vec<Member>,
}

/// The permissions that lend a file's runner the rights of its owner.
const SPECIAL: u32 = 0o7000;

/// Reads an sdist; `file` is its name, for messages, and `stem` the folder all its members lie in. Fails with `Invalid`
/// where it is broken or unsafe, or where it could be read in more than one way.
pub fn read(file: &str, stem: &str, reader: impl Read, limits: Limits) -> Result<Sdist> {
    let mut members = Members::new(file, limits);
    let mut metadata = None;
    let pkg_info = format!("{stem}/PKG-INFO");
    Tar::new(file, reader, limits).walk(|entry, content| {
        let path = members.path(&entry.path)?;
        if path != stem && !path.strip_prefix(stem).is_some_and(|rest| rest.starts_with('/')) {
            return Err(Error::invalid(file, format!("`{path}` does not lie in `{stem}/`")));
        }
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
            Kind::File if path == pkg_info => {
                let content = members.slurp(content)?;
                metadata = Some(Metadata::parse(file, &content)?);
                members.add(path, Mode::of(entry.mode), &content);
            }
            Kind::File => members.read(path, Mode::of(entry.mode), content)?,
        }
        Ok(())
    })?;
    let metadata = metadata.ok_or_else(|| Error::invalid(file, format!("it has no `{pkg_info}`")))?;
    Ok(Sdist { metadata, members: members.into_sorted()? })
}

fn leaves(file: &str, path: &str) -> Error {
    Error::harmful(file, format!("link `{path}` leads out of its folder, or to what is not before it"))
}
