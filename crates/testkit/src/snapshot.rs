//! What a folder holds, to show that something left it exactly as it was.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use sha2::{Digest, Sha256, Sha512};

/// What one path is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A file, by its size and its sha256 in hexadecimal.
    File(u64, String),
    /// A symbolic link, by where it points.
    Link(PathBuf),
    /// A folder.
    Folder,
}

/// One path of a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What it is.
    pub kind: Kind,
    /// The permission bits.
    pub mode: u32,
    /// When it was last written, where the snapshot looks at times.
    pub modified: Option<SystemTime>,
}

/// Everything below a folder, by path.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snapshot {
    entries: BTreeMap<PathBuf, Entry>,
}

impl Snapshot {
    /// Looks at everything below a folder, without times; a folder that is not there is empty.
    pub fn of(root: &Path) -> Self {
        Self::take(root, false)
    }

    /// Looks at everything below a folder, times included.
    pub fn with_times(root: &Path) -> Self {
        Self::take(root, true)
    }

    /// Looks at what a user sees of a checkout: the files with their times, and the bytes of git's index and `HEAD`.
    pub fn of_checkout(root: &Path) -> Self {
        let seen = ["index", "HEAD", "config"].map(|name| Path::new(".git").join(name));
        Self::with_times(root).only(|path| !path.starts_with(".git") || seen.iter().any(|kept| kept == path))
    }

    /// Keeps the paths that are of interest; they are relative to the root.
    #[must_use]
    pub fn only(mut self, keep: impl Fn(&Path) -> bool) -> Self {
        self.entries.retain(|path, _| keep(path));
        self
    }

    /// The paths with what they are.
    pub fn entries(&self) -> &BTreeMap<PathBuf, Entry> {
        &self.entries
    }

    /// Says what is different in a later snapshot, one line per path.
    pub fn changes(&self, later: &Self) -> Vec<String> {
        let gone = self.entries.keys().filter(|path| !later.entries.contains_key(*path));
        let mut lines: Vec<_> = gone.map(|path| format!("gone: {}", path.display())).collect();
        for (path, now) in &later.entries {
            match self.entries.get(path) {
                None => lines.push(format!("new: {}", path.display())),
                Some(before) if before != now => lines.push(format!("{}: {before:?} is now {now:?}", path.display())),
                Some(_) => {}
            }
        }
        lines
    }

    /// Panics with the differences unless a later snapshot is the same.
    #[track_caller]
    pub fn assert_same(&self, later: &Self) {
        let changes = self.changes(later);
        assert!(changes.is_empty(), "what should be untouched has changed:\n{}", changes.join("\n"));
    }

    fn take(root: &Path, times: bool) -> Self {
        let mut snapshot = Self::default();
        if root.exists() {
            snapshot.add(root, Path::new(""), times);
        }
        snapshot
    }

    fn add(&mut self, root: &Path, folder: &Path, times: bool) {
        let items = fs::read_dir(root.join(folder)).expect("a folder of a test can be read");
        for item in items {
            let path = folder.join(item.expect("a folder of a test can be read").file_name());
            let entry = look(&root.join(&path), times);
            let deeper = entry.kind == Kind::Folder;
            self.entries.insert(path.clone(), entry);
            if deeper {
                self.add(root, &path, times);
            }
        }
    }
}

fn look(path: &Path, times: bool) -> Entry {
    let metadata = fs::symlink_metadata(path).expect("a file of a test can be read");
    let kind = if metadata.is_symlink() {
        Kind::Link(fs::read_link(path).expect("a link of a test can be read"))
    } else if metadata.is_dir() {
        Kind::Folder
    } else {
        Kind::File(metadata.len(), sha256(&fs::read(path).expect("a file of a test can be read")))
    };
    // A folder's time moves when git takes and drops a lock beside its index, which nobody would call a change.
    let timed = times && !metadata.is_dir();
    let modified = timed.then(|| metadata.modified().expect("the file system keeps times"));
    Entry { kind, mode: metadata.permissions().mode() & 0o7777, modified }
}

/// The sha256 of bytes, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The sha512 of bytes, in hexadecimal.
pub fn sha512(bytes: &[u8]) -> String {
    hex(&Sha512::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes everything");
        text
    })
}
