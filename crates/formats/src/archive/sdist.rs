//! Sdists: gzip-compressed tar archives with one folder, named like the file.

use std::io::{self, Read};

use flate2::read::GzDecoder;
use releasekit_core::model::Member;
use tar::{Archive, Entry, EntryType};

use super::member::{Bounded, Limits, Members};
use super::metadata::Metadata;
use crate::{Error, Result};

/// What an sdist holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sdist {
    /// Its metadata: the `PKG-INFO` at its top, never one deeper inside.
    pub metadata: Metadata,
    /// Its files, sorted.
    pub members: Vec<Member>,
}

/// Reads an sdist; `file` is its name, for messages, and `stem` the folder all its members lie in. Fails with `Invalid`
/// where it is broken or unsafe.
pub fn read(file: &str, stem: &str, reader: impl Read, limits: Limits) -> Result<Sdist> {
    let mut archive = Archive::new(Bounded::new(GzDecoder::new(reader), limits.total));
    let mut members = Members::new(file, limits);
    let mut metadata = None;
    let pkg_info = format!("{stem}/PKG-INFO");
    let entries = archive.entries().map_err(|error| members.broken(&error))?;
    for entry in entries {
        let mut entry = entry.map_err(|error| members.broken(&error))?;
        let kind = entry.header().entry_type();
        if kind == EntryType::XGlobalHeader {
            continue;
        }
        let path = members.path(&entry.path_bytes())?;
        if path != stem && !path.strip_prefix(stem).is_some_and(|rest| rest.starts_with('/')) {
            return Err(Error::invalid(file, format!("`{path}` does not lie in `{stem}/`")));
        }
        let is_file = matches!(kind, EntryType::Regular | EntryType::Continuous);
        if is_file && path == pkg_info {
            let content = members.slurp(&mut entry)?;
            metadata = Some(Metadata::parse(file, &content)?);
            members.add(path, false, &content);
        } else {
            add(file, &mut members, path, &mut entry)?;
        }
    }
    // What comes after the last member holds the checksum, which shows whether the file is whole.
    io::copy(&mut archive.into_inner(), &mut io::sink()).map_err(|error| members.broken(&error))?;
    let metadata = metadata.ok_or_else(|| Error::invalid(file, format!("it has no `{pkg_info}`")))?;
    Ok(Sdist { metadata, members: members.into_sorted() })
}

fn add<R: Read>(file: &str, members: &mut Members<'_>, path: String, entry: &mut Entry<'_, R>) -> Result<()> {
    match entry.header().entry_type() {
        EntryType::Regular | EntryType::Continuous => {
            let mode = entry.header().mode().map_err(|error| members.broken(&error))?;
            members.read(path, mode & 0o111 != 0, entry)
        }
        EntryType::Symlink | EntryType::Link => {
            let target = entry.link_name_bytes().unwrap_or_default().into_owned();
            members.add_link(path, &target);
            Ok(())
        }
        EntryType::Directory => Ok(()),
        _ => Err(Error::harmful(file, format!("member `{path}` is no file, folder or link"))),
    }
}
