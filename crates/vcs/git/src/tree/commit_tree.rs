//! The files of a commit, read from the object database as they are asked for.

use std::fmt;
use std::sync::{Arc, OnceLock};

use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::objs::tree::EntryKind;
use gix::objs::{Kind, TreeRefIter};
use releasekit_core::model::RepoPath;
use releasekit_core::{Result, Tree};

use super::find_entry;
use crate::error::Error;
use crate::object::read;

/// How many links are followed from one file to the next.
const MOST_LINKS: usize = 8;

/// The files of a commit.
pub(crate) struct CommitTree {
    repo: gix::ThreadSafeRepository,
    root: ObjectId,
    files: OnceLock<Arc<[RepoPath]>>,
}

impl fmt::Debug for CommitTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommitTree").field("root", &self.root).finish_non_exhaustive()
    }
}

impl CommitTree {
    /// The files below a root tree.
    pub(crate) fn new(repo: gix::ThreadSafeRepository, root: ObjectId) -> Self {
        Self { repo, root, files: OnceLock::new() }
    }

    fn find(&self, path: &RepoPath) -> Result<Option<Vec<u8>>, Error> {
        let repo = self.repo.to_thread_local();
        let mut path = path.clone();
        for _ in 0..MOST_LINKS {
            match find_entry(&repo, self.root, &path)? {
                Some((EntryKind::Blob | EntryKind::BlobExecutable, id)) => {
                    return read(&repo, id, Kind::Blob).map(Some);
                }
                Some((EntryKind::Link, id)) => {
                    let target = read(&repo, id, Kind::Blob)?;
                    let folder = path.parent().unwrap_or_default();
                    let Some(next) = target.to_str().ok().and_then(|target| folder.join(target).ok()) else {
                        return Ok(None);
                    };
                    path = next;
                }
                _ => return Ok(None),
            }
        }
        Ok(None)
    }

    fn list(&self) -> Result<Arc<[RepoPath]>, Error> {
        let repo = self.repo.to_thread_local();
        let mut files = Vec::new();
        let mut folders = vec![(String::new(), self.root)];
        while let Some((prefix, tree)) = folders.pop() {
            let bytes = read(&repo, tree, Kind::Tree)?;
            for entry in TreeRefIter::from_bytes(&bytes, repo.object_hash()) {
                let entry = entry.map_err(Error::read("a tree"))?;
                let Ok(name) = entry.filename.to_str() else { continue };
                match entry.mode.kind() {
                    EntryKind::Tree => folders.push((format!("{prefix}{name}/"), entry.oid.to_owned())),
                    EntryKind::Commit => {}
                    _ => files.extend(RepoPath::new(format!("{prefix}{name}"))),
                }
            }
        }
        files.sort();
        Ok(files.into())
    }
}

impl Tree for CommitTree {
    fn read(&self, path: &RepoPath) -> Result<Option<Vec<u8>>> {
        Ok(self.find(path)?)
    }

    fn files(&self) -> Result<Arc<[RepoPath]>> {
        if let Some(files) = self.files.get() {
            return Ok(files.clone());
        }
        let files = self.list()?;
        Ok(self.files.get_or_init(|| files).clone())
    }
}
