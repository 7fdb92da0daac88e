//! Sdists: gzip-compressed tar archives with one folder, named like the file.

use std::io::Read;

use releasekit_core::model::Member;

use super::metadata::Metadata;
use crate::archive::{Limits, tarball};
use crate::{Error, Result};

/// The file that holds an sdist's metadata.
const PKG_INFO: &str = "PKG-INFO";

/// What an sdist holds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sdist {
    /// Its metadata: the `PKG-INFO` at its top, never one deeper inside.
    pub metadata: Metadata,
    /// Its files, links, and folders that hold nothing, sorted.
    pub members: Vec<Member>,
}

/// Reads an sdist; `file` is its name, for messages, and `stem` the folder all its members lie in. Fails with `Invalid`
/// where it is broken or unsafe, or where it could be read in more than one way.
pub fn read(file: &str, stem: &str, reader: impl Read, limits: Limits) -> Result<Sdist> {
    let mut read = tarball::read(file, stem, reader, limits, &[PKG_INFO])?;
    let text = read.texts.remove(PKG_INFO);
    let text = text.ok_or_else(|| Error::invalid(file, format!("it has no `{stem}/{PKG_INFO}`")))?;
    Ok(Sdist { metadata: Metadata::parse(file, &text)?, members: read.members })
}
