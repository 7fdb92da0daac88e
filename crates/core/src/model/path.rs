//! Paths inside a repository.

use std::borrow::Borrow;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A path from the repository root: `/` between parts, no `.` or `..`, never absolute; the root itself is empty.
///
/// No part is one of [`Self::OWN`] in any spelling that a file system may take for it, for what lies there is a version
/// control system's own and in no commit.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Default)]
#[serde(try_from = "String", into = "String")]
pub struct RepoPath(String);

/// A path that would leave the repository, leads into a version control system's own folder, or is not a path.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a path inside the repository")]
pub struct InvalidPath(pub String);

impl InvalidPath {
    /// What to do about it.
    pub const HELP: &str = "write a relative path that stays inside the repository and has no part such as `.git`";
}

impl RepoPath {
    /// The folders in which version control systems keep what is their own: one list for all, since a path is read before
    /// it is known which of them has the repository, and an export may be in the hands of another.
    pub const OWN: [&str; 2] = [".git", ".hg"];

    /// The longest path that systems take, in bytes. A commit may hold longer ones, with a folder for every second byte,
    /// and whoever looks at a path's folders looks at all of them.
    pub const LONGEST: usize = 4096;

    /// The repository root.
    pub const fn root() -> Self {
        Self(String::new())
    }

    /// Reads a path; `.` and a trailing `/` are dropped, `..` is resolved and may not climb out. A part of [`Self::OWN`]
    /// is refused wherever it stands, and so is what is longer than [`Self::LONGEST`].
    pub fn new(text: impl AsRef<str>) -> Result<Self, InvalidPath> {
        let text = text.as_ref();
        let invalid = || InvalidPath(text.to_owned());
        if text.len() > Self::LONGEST || text.starts_with('/') || text.contains(['\0', '\\']) {
            return Err(invalid());
        }
        // Nearly all paths are plain, and a repository has very many.
        if text.split('/').all(|part| !matches!(part, "" | "." | "..") && !is_own(part)) {
            return Ok(Self(text.to_owned()));
        }
        let mut parts: Vec<&str> = Vec::new();
        for part in text.split('/') {
            match part {
                "" | "." => {}
                ".." => drop(parts.pop().ok_or_else(invalid)?),
                part if is_own(part) => return Err(invalid()),
                part => parts.push(part),
            }
        }
        Ok(Self(parts.join("/")))
    }

    /// The path of something below this one.
    pub fn join(&self, below: impl AsRef<str>) -> Result<Self, InvalidPath> {
        let below = below.as_ref();
        if below.starts_with('/') {
            return Err(InvalidPath(below.to_owned()));
        }
        Self::new(format!("{}/{below}", if self.0.is_empty() { "." } else { &self.0 }))
    }

    /// Whether this is the repository root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The text, empty for the root.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last part; `None` for the root.
    pub fn file_name(&self) -> Option<&str> {
        self.0.rsplit('/').next().filter(|name| !name.is_empty())
    }

    /// The folder above; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        if self.is_root() {
            return None;
        }
        Some(Self(self.0.rsplit_once('/').map_or_else(String::new, |(parent, _)| parent.to_owned())))
    }

    /// This path seen from `folder`, where it lies inside it.
    pub fn strip_prefix(&self, folder: &Self) -> Option<&str> {
        if folder.is_root() {
            return Some(&self.0);
        }
        let rest = self.0.strip_prefix(&folder.0)?;
        if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
    }

    /// Whether this path is `folder` or lies below it.
    pub fn starts_with(&self, folder: &Self) -> bool {
        self.strip_prefix(folder).is_some()
    }

    /// The innermost folder that holds, or is, both of these.
    #[must_use]
    pub fn around(&self, other: &Self) -> Self {
        let mut folders = std::iter::successors(Some(self.clone()), Self::parent);
        folders.find(|folder| other.starts_with(folder)).unwrap_or_default()
    }

    /// The path on disk of a checkout at `root`.
    pub fn on_disk(&self, root: &Path) -> PathBuf {
        if self.is_root() { root.to_owned() } else { root.join(&self.0) }
    }
}

/// Whether some file system takes a name for one of a version control system's own: without regard to case, HFS+ without
/// the characters that it ignores, NTFS with dots, spaces or a stream behind it, or by its short name. This is git's rule
/// for its own folder, for all systems at once.
fn is_own(part: &str) -> bool {
    // Every spelling begins with the dot, is a short name, or has characters that are not seen.
    if part.is_ascii() && !part.starts_with('.') && !part.contains('~') {
        return false;
    }
    let seen: String = part.chars().filter(|char| !is_ignored_by_hfs(*char)).collect::<String>().to_ascii_lowercase();
    let rest = |own: &&str| {
        let short = || seen.strip_prefix(own.trim_start_matches('.'))?.strip_prefix("~1");
        seen.strip_prefix(own).or_else(short)
    };
    let is_nothing = |rest: &str| rest.chars().all(|char| matches!(char, '.' | ' '));
    RepoPath::OWN.iter().filter_map(rest).any(|rest| rest.split(':').next().is_some_and(is_nothing))
}

fn is_ignored_by_hfs(char: char) -> bool {
    matches!(char, '\u{200c}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{206a}'..='\u{206f}' | '\u{feff}')
}

impl TryFrom<String> for RepoPath {
    type Error = InvalidPath;

    fn try_from(text: String) -> Result<Self, InvalidPath> {
        Self::new(text)
    }
}

impl From<RepoPath> for String {
    fn from(path: RepoPath) -> Self {
        if path.is_root() { ".".to_owned() } else { path.0 }
    }
}

impl Borrow<str> for RepoPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_root() { "." } else { &self.0 })
    }
}

impl fmt::Debug for RepoPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_normalised_and_cannot_leave_the_repository() {
        let cases = [("", Some(".")), (".", Some(".")), ("a/./b/", Some("a/b")), ("a/../b", Some("b"))];
        for (text, expected) in cases {
            assert_eq!(RepoPath::new(text).ok().map(|path| path.to_string()).as_deref(), expected, "{text}");
        }
        for text in ["/etc", "..", "a/../../b", "a\\b", "a\0b"] {
            assert!(RepoPath::new(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_folder_is_found_around_two_paths() {
        let cases = [
            ("a/b/c", "a/b", "a/b"),
            ("a/b", "a/b/c", "a/b"),
            ("a/b", "a/c", "a"),
            ("a/b", "ab", "."),
            (".", "a", "."),
        ];
        for (one, other, around) in cases {
            let [one, other] = [one, other].map(|text| RepoPath::new(text).expect("a legal path"));
            assert_eq!(one.around(&other).to_string(), around, "{one} {other}");
        }
    }

    #[test]
    fn no_part_is_gits_own_folder_in_any_spelling() {
        let own = [
            ".git",
            ".GIT",
            ".git.",
            ".git . ",
            "git~1",
            "GIT~1",
            ".git:x",
            ".git::$INDEX",
            ".g\u{200c}it",
            "\u{feff}.git",
            ".hg",
            "HG~1",
        ];
        for part in own {
            for text in [part.to_owned(), format!("{part}/config"), format!("a/{part}"), format!("a/{part}/../b")] {
                assert!(RepoPath::new(&text).is_err(), "{text:?}");
                assert!(RepoPath::root().join(&text).is_err(), "{text:?}");
                assert!(RepoPath::try_from(text.clone()).is_err(), "{text:?}");
            }
        }
        for text in
            [".github", ".gitignore", "git", "git~2", ".git-x", "x.git", ". git", ".gitx:y", "a.git/b", ".hgtags"]
        {
            assert!(RepoPath::new(text).is_ok(), "{text:?}");
        }
    }

    #[test]
    fn a_prefix_ends_at_a_separator() {
        let path = RepoPath::new("packages/core-extra/x").expect("legal");
        assert!(!path.starts_with(&RepoPath::new("packages/core").expect("legal")));
        assert_eq!(path.strip_prefix(&RepoPath::new("packages/core-extra").expect("legal")), Some("x"));
        assert_eq!(path.strip_prefix(&RepoPath::root()), Some("packages/core-extra/x"));
    }

    #[test]
    fn a_path_that_no_system_takes_is_none() {
        assert!(RepoPath::new("a/".repeat(2048)).is_ok());
        assert!(RepoPath::new("a/".repeat(2049)).is_err());
        let below = RepoPath::new("a".repeat(4000)).expect("legal").join("b".repeat(100));
        assert!(below.is_err());
    }
}
