//! A change to a file, as data.

use std::fmt;

use crate::model::RepoPath;

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

impl fmt::Debug for FileEdit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.content {
            Some(content) => write!(f, "write {} ({} bytes)", self.path, content.len()),
            None => write!(f, "delete {}", self.path),
        }
    }
}
