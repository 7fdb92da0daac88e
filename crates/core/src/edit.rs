//! A change to a file, as data.

use std::collections::BTreeMap;
use std::fmt;

use crate::model::RepoPath;
use crate::words::count;

/// The new content of one file of the repository. Nothing has been written yet.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FileEdit {
    /// Which file.
    pub path: RepoPath,
    /// What it shall hold; `None` deletes it.
    pub content: Option<Vec<u8>>,
}

impl FileEdit {
    /// Writes a file.
    pub fn write(path: RepoPath, content: impl Into<Vec<u8>>) -> Self {
        Self { path, content: Some(content.into()) }
    }

    /// Deletes a file.
    pub fn delete(path: RepoPath) -> Self {
        Self { path, content: None }
    }
}

/// Two edits that write one file, or files that a file system without regard to case takes for one.
///
/// A file that is deleted under one spelling and written under another is renamed, which is no clash.
pub fn clash(edits: &[FileEdit]) -> Option<(&RepoPath, &RepoPath)> {
    let mut written: BTreeMap<String, &RepoPath> = BTreeMap::new();
    let writes = edits.iter().filter(|edit| edit.content.is_some()).map(|edit| &edit.path);
    writes.into_iter().find_map(|path| Some((written.insert(path.as_str().to_lowercase(), path)?, path)))
}

impl fmt::Debug for FileEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.content {
            Some(content) => write!(f, "write {} ({})", self.path, count(content.len(), "byte")),
            None => write!(f, "delete {}", self.path),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_writes_of_one_file_clash_in_any_case() {
        let path = |text: &str| RepoPath::new(text).expect("a legal path");
        let write = |text: &str| FileEdit::write(path(text), "x");
        assert_eq!(clash(&[write("a"), write("b/A"), write("b/a")]), Some((&path("b/A"), &path("b/a"))));
        assert_eq!(clash(&[write("a"), write("a")]), Some((&path("a"), &path("a"))));
        assert_eq!(clash(&[write("É"), write("é")]), Some((&path("É"), &path("é"))));
        assert_eq!(clash(&[write("a"), write("ab"), FileEdit::delete(path("A"))]), None);
    }
}
