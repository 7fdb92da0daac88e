//! Members of archives: safe paths, bounded reading, digests of content.

use std::collections::BTreeMap;
use std::io::{self, Read};

use releasekit_core::model::{DigestAlgorithm, Member};

use super::{digest, path};
use crate::{Error, Result};

/// How much an archive may hold before it is taken for an attack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// How many members.
    pub members: usize,
    /// Bytes of the names of all members.
    pub names: usize,
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
        Self { members: 200_000, names: 64 << 20, total, metadata: 16 * MIB }
    }
}

/// A reader that fails with `QuotaExceeded` when there is more to read than it may.
#[derive(Debug)]
pub(crate) struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R> Bounded<R> {
    pub(crate) fn new(inner: R, limit: u64) -> Self {
        Self { inner, left: limit }
    }

    pub(crate) fn left(&self) -> u64 {
        self.left
    }

    pub(crate) fn into_inner(self) -> R {
        self.inner
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| io::Error::from(io::ErrorKind::QuotaExceeded))?;
        Ok(count)
    }
}

/// What is known of a member's own bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content {
    /// SHA-256 in hexadecimal.
    pub(crate) digest: String,
    pub(crate) size: u64,
}

/// Who may run a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Plain,
    Executable,
    /// Its mode says so, but was not written by a system that has modes: installers disagree on whether that counts.
    Doubtful,
}

impl Mode {
    /// The mode that these permission bits mean.
    pub(crate) fn of(bits: u32) -> Self {
        if bits & 0o111 == 0 { Self::Plain } else { Self::Executable }
    }
}

#[derive(Debug)]
enum Found {
    Folder,
    File(Mode, Content),
    /// A link; the digest says of which kind and where to, and cannot equal one of a file.
    Link(String),
}

/// The members of one archive as they are found.
#[derive(Debug)]
pub(crate) struct Members<'a> {
    file: &'a str,
    limits: Limits,
    names: usize,
    found: BTreeMap<String, Found>,
}

impl<'a> Members<'a> {
    pub(crate) fn new(file: &'a str, limits: Limits) -> Self {
        Self { file, limits, names: 0, found: BTreeMap::new() }
    }

    /// Checks a member's path: text, relative, inside, `/` between parts, and new.
    pub(crate) fn path(&mut self, raw: &[u8]) -> Result<String> {
        let harmful = |what: &str| Error::harmful(self.file, format!("member `{}` {what}", shown(raw)));
        let path = std::str::from_utf8(raw).map_err(|_| harmful("is not named in UTF-8"))?;
        if let Some(fault) = path::fault(path) {
            return Err(harmful(fault));
        }
        if self.found.contains_key(path) {
            return Err(harmful("is listed twice"));
        }
        self.names += path.len();
        if self.found.len() >= self.limits.members || self.names > self.limits.names {
            let most = self.limits.members;
            return Err(Error::harmful(self.file, format!("it has more than {most} members, or names without end")));
        }
        Ok(path.to_owned())
    }

    /// Adds a file with content of which all is known.
    pub(crate) fn add(&mut self, path: String, mode: Mode, content: &[u8]) {
        let content = Content { digest: digest::sha256(content), size: content.len() as u64 };
        self.found.insert(path, Found::File(mode, content));
    }

    /// Adds a folder.
    pub(crate) fn add_folder(&mut self, path: String) {
        self.found.insert(path, Found::Folder);
    }

    /// Adds a link of that kind.
    pub(crate) fn add_link(&mut self, path: String, kind: &str, target: &str) {
        self.found.insert(path, Found::Link(format!("{kind}:{}", digest::sha256(target.as_bytes()))));
    }

    /// Reads a file to its end and adds it.
    pub(crate) fn read(&mut self, path: String, mode: Mode, mut reader: impl Read) -> Result<()> {
        let hashed = digest::reader(&mut reader, &[DigestAlgorithm::Sha256])?;
        let hashed = hashed.map_err(|error| self.broken(&error))?;
        let digest = hashed.digests.into_iter().map(|digest| digest.value).collect();
        self.found.insert(path, Found::File(mode, Content { digest, size: hashed.size }));
        Ok(())
    }

    /// Reads a file as a whole, within the limit for metadata.
    pub(crate) fn slurp(&self, reader: impl Read) -> Result<Vec<u8>> {
        let mut content = Vec::new();
        let mut bounded = Bounded::new(reader, self.limits.metadata);
        bounded.read_to_end(&mut content).map_err(|error| self.broken(&error))?;
        Ok(content)
    }

    /// The failure that a reader's error stands for.
    pub(crate) fn broken(&self, error: &io::Error) -> Error {
        broken(self.file, error)
    }

    /// The files found so far.
    pub(crate) fn files(&self) -> impl Iterator<Item = (&str, &Content)> {
        self.found.iter().filter_map(|(path, found)| match found {
            Found::File(_, content) => Some((path.as_str(), content)),
            _ => None,
        })
    }

    /// A file's content, where there is such a file.
    pub(crate) fn file(&self, path: &str) -> Option<&Content> {
        match self.found.get(path) {
            Some(Found::File(_, content)) => Some(content),
            _ => None,
        }
    }

    /// Compares a file as if it had this content.
    pub(crate) fn recount(&mut self, path: &str, content: &[u8]) {
        if let Some(Found::File(_, found)) = self.found.get_mut(path) {
            found.digest = digest::sha256(content);
        }
    }

    /// Leaves a file out of what is compared.
    pub(crate) fn forget(&mut self, path: &str) {
        self.found.remove(path);
    }

    /// All that was added, sorted: files, links, and folders that hold nothing. Fails where two of them cannot lie side by
    /// side on every system.
    pub(crate) fn into_sorted(self) -> Result<Vec<Member>> {
        let is_folder = |found: &Found| matches!(found, Found::Folder);
        let of = |folders: bool| {
            self.found.iter().filter(move |(_, found)| is_folder(found) == folders).map(|(path, _)| path.as_str())
        };
        if let Some(path) = path::find_twin(of(false)) {
            let what = format!("member `{path}` is another one on systems that ignore case or Unicode forms");
            return Err(Error::harmful(self.file, what));
        }
        if let Some(path) = path::find_nested(of(false), of(true)) {
            return Err(Error::harmful(self.file, format!("member `{path}` is a file with others below it")));
        }
        let holds = |folder: &str| {
            let start = format!("{folder}/");
            self.found.range(start.clone()..).next().is_some_and(|(path, _)| path.starts_with(&start))
        };
        let kept = self.found.iter().filter(|(path, found)| !is_folder(found) || !holds(path));
        Ok(kept.map(|(path, found)| member(path, found)).collect())
    }
}

fn member(path: &str, found: &Found) -> Member {
    let (executable, digest) = match found {
        Found::Folder => (false, "folder".to_owned()),
        Found::File(Mode::Doubtful, content) => (true, format!("doubtful:{}", content.digest)),
        Found::File(mode, content) => (*mode == Mode::Executable, content.digest.clone()),
        Found::Link(digest) => (false, digest.clone()),
    };
    Member { path: path.to_owned(), executable, digest }
}

/// The failure that a reader's error stands for.
pub(crate) fn broken(file: &str, error: &io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::QuotaExceeded => Error::harmful(file, "it unpacks to far more than it should"),
        io::ErrorKind::UnexpectedEof => Error::invalid(file, "it is cut off"),
        _ => Error::invalid(file, error.to_string()),
    }
}

/// A name as far as a message can bear it.
fn shown(raw: &[u8]) -> String {
    const MOST: usize = 200;
    let more = if raw.len() > MOST { "…" } else { "" };
    format!("{}{more}", raw[..raw.len().min(MOST)].escape_ascii())
}
