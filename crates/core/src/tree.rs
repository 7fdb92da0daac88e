//! The files of a repository, wherever they lie: on disk, in a revision, or in memory.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::edit::FileEdit;
use crate::error::Result;
use crate::model::RepoPath;

/// A read-only view of the files under version control. Submodules and symlinked folders are not entered.
///
/// A link to a file is followed as long as it stays among these files. One that leads elsewhere, be it the last of a chain or
/// a folder above the file, is refused by name: what it leads to belongs to the machine, and nothing of it is read.
pub trait Tree: fmt::Debug + Send + Sync {
    /// The content of a file, `None` where there is no such file. Fails where a link leads out.
    fn read(&self, path: &RepoPath) -> Result<Option<Vec<u8>>>;

    /// The paths of all files, sorted. A work tree lists tracked and unignored files.
    fn files(&self) -> Result<Arc<[RepoPath]>>;

    /// Those of the files that are links, wherever they lead, sorted. A tree that knows no links has none.
    fn links(&self) -> Result<Arc<[RepoPath]>> {
        Ok(Arc::default())
    }

    /// The folders that are repositories of their own, such as submodules, sorted; what lies in them is not listed.
    fn nested(&self) -> Result<Arc<[RepoPath]>> {
        Ok(Arc::default())
    }
}

/// A tree with edits over it: reads see the edits.
#[derive(Debug)]
pub struct Overlay {
    below: Arc<dyn Tree>,
    edits: BTreeMap<RepoPath, Option<Vec<u8>>>,
}

impl Overlay {
    /// Lays edits over a tree; a later edit of a path wins.
    pub fn new(below: Arc<dyn Tree>, edits: impl IntoIterator<Item = FileEdit>) -> Self {
        Self { below, edits: edits.into_iter().map(|edit| (edit.path, edit.content)).collect() }
    }
}

impl Tree for Overlay {
    fn read(&self, path: &RepoPath) -> Result<Option<Vec<u8>>> {
        match self.edits.get(path) {
            Some(content) => Ok(content.clone()),
            None => self.below.read(path),
        }
    }

    fn files(&self) -> Result<Arc<[RepoPath]>> {
        let below = self.below.files()?;
        let kept = below.iter().filter(|path| !self.edits.contains_key(*path)).cloned();
        let written = self.edits.iter().filter(|(_, content)| content.is_some()).map(|(path, _)| path.clone());
        let mut files: Vec<_> = kept.chain(written).collect();
        files.sort();
        Ok(files.into())
    }

    fn links(&self) -> Result<Arc<[RepoPath]>> {
        let below = self.below.links()?;
        Ok(below.iter().filter(|path| !self.edits.contains_key(*path)).cloned().collect())
    }

    fn nested(&self) -> Result<Arc<[RepoPath]>> {
        self.below.nested()
    }
}

/// A tree in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryTree(BTreeMap<RepoPath, Vec<u8>>);

impl MemoryTree {
    /// Holds these files.
    pub fn new<C: Into<Vec<u8>>>(files: impl IntoIterator<Item = (RepoPath, C)>) -> Self {
        Self(files.into_iter().map(|(path, content)| (path, content.into())).collect())
    }
}

impl Tree for MemoryTree {
    fn read(&self, path: &RepoPath) -> Result<Option<Vec<u8>>> {
        Ok(self.0.get(path).cloned())
    }

    fn files(&self) -> Result<Arc<[RepoPath]>> {
        Ok(self.0.keys().cloned().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> RepoPath {
        RepoPath::new(text).expect("a legal path")
    }

    #[test]
    fn an_overlay_shows_writes_and_hides_deletions() {
        let below = Arc::new(MemoryTree::new([(path("a"), "1"), (path("b"), "2")]));
        let tree = Overlay::new(below, [FileEdit::delete(path("a")), FileEdit::write(path("c"), "3")]);
        assert_eq!(&*tree.files().expect("memory"), [path("b"), path("c")]);
        assert_eq!(tree.read(&path("a")).expect("memory"), None);
        assert_eq!(tree.read(&path("b")).expect("memory"), Some(b"2".to_vec()));
        assert_eq!(tree.read(&path("c")).expect("memory"), Some(b"3".to_vec()));
    }
}
