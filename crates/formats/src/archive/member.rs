//! Members of archives: safe paths, bounded reading, digests of content.

use std::collections::BTreeSet;
use std::io::{self, Read};

use releasekit_core::model::Member;

use super::digest;
use crate::{Error, Result};

/// How much an archive may hold before it is taken for an attack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// How many members.
    pub members: usize,
    /// Unpacked bytes of all members.
    pub total: u64,
    /// Unpacked bytes of a file that is read as a whole.
    pub metadata: u64,
}

impl Limits {
    /// What an archive of that many packed bytes may hold: 64 MiB and 200 times its size, at most 4 GiB.
    pub fn for_size(packed: u64) -> Self {
        const MIB: u64 = 1024 * 1024;
        let total = (64 * MIB).saturating_add(packed.saturating_mul(200)).min(4096 * MIB);
        Self { members: 200_000, total, metadata: 16 * MIB }
    }
}

/// A reader that fails with `QuotaExceeded` when there is more to read than it may.
#[derive(Debug)]
pub(super) struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R> Bounded<R> {
    pub(super) fn new(inner: R, limit: u64) -> Self {
        Self { inner, left: limit }
    }

    pub(super) fn left(&self) -> u64 {
        self.left
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| io::Error::from(io::ErrorKind::QuotaExceeded))?;
        Ok(count)
    }
}

/// The members of one archive as they are found.
#[derive(Debug)]
pub(super) struct Members<'a> {
    file: &'a str,
    limits: Limits,
    paths: BTreeSet<String>,
    found: Vec<Member>,
}

impl<'a> Members<'a> {
    pub(super) fn new(file: &'a str, limits: Limits) -> Self {
        Self { file, limits, paths: BTreeSet::new(), found: Vec::new() }
    }

    /// Checks a file's path: relative, inside, `/` between parts, and new.
    pub(super) fn path(&mut self, raw: &[u8]) -> Result<String> {
        let harmful = |what: &str| Error::harmful(self.file, format!("member `{}` {what}", raw.escape_ascii()));
        let path = std::str::from_utf8(raw).map_err(|_| harmful("is not named in UTF-8"))?;
        let path = path.strip_prefix("./").unwrap_or(path).trim_end_matches('/');
        let drive = path.as_bytes().get(1) == Some(&b':');
        let leaves = path.split('/').any(|part| matches!(part, "" | "." | ".."));
        if leaves || drive || path.contains(['\\', '\0']) {
            return Err(harmful("would leave its folder"));
        }
        if !self.paths.insert(path.to_owned()) {
            return Err(harmful("is listed twice"));
        }
        if self.paths.len() > self.limits.members {
            return Err(Error::harmful(self.file, format!("it has more than {} members", self.limits.members)));
        }
        Ok(path.to_owned())
    }

    /// Adds a file with content of which all is known.
    pub(super) fn add(&mut self, path: String, executable: bool, content: &[u8]) {
        self.found.push(Member { path, executable, digest: digest::sha256(content) });
    }

    /// Adds a link. Its digest cannot equal one of a file.
    pub(super) fn add_link(&mut self, path: String, target: &[u8]) {
        self.found.push(Member { path, executable: false, digest: format!("link:{}", digest::sha256(target)) });
    }

    /// Reads a file to its end and adds it.
    pub(super) fn read(&mut self, path: String, executable: bool, reader: &mut impl Read) -> Result<()> {
        let hashed = digest::reader(reader, &[releasekit_core::model::DigestAlgorithm::Sha256])?;
        let hashed = hashed.map_err(|error| self.broken(&error))?;
        let digest = hashed.digests.into_iter().map(|digest| digest.value).collect();
        self.found.push(Member { path, executable, digest });
        Ok(())
    }

    /// Reads a file as a whole, within the limit for metadata.
    pub(super) fn slurp(&self, reader: impl Read) -> Result<Vec<u8>> {
        let mut content = Vec::new();
        let mut bounded = Bounded::new(reader, self.limits.metadata);
        bounded.read_to_end(&mut content).map_err(|error| self.broken(&error))?;
        Ok(content)
    }

    /// The failure that a reader's error stands for.
    pub(super) fn broken(&self, error: &io::Error) -> Error {
        if error.kind() == io::ErrorKind::QuotaExceeded {
            return Error::harmful(self.file, "it unpacks to far more than it should");
        }
        Error::invalid(self.file, error.to_string())
    }

    /// All that was added, sorted.
    pub(super) fn into_sorted(mut self) -> Vec<Member> {
        self.found.sort();
        self.found
    }
}
