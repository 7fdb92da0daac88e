//! The files of a commit, read from the object database as they are asked for.

use std::fmt;
use std::iter;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use gix::ObjectId;
use gix::objs::Kind;
use gix::objs::tree::EntryKind;
use releasekit_core::model::RepoPath;
use releasekit_core::{Result, Tree};

use super::entries::Entries;
use super::link::{Entry, resolve};
use super::listing::Listed;
use super::{find_entry, find_file};
use crate::error::Error;
use crate::history::graph::Cache;
use crate::history::trees::Trees;
use crate::object::{read, read_packed};
use crate::packs::Reader;
use crate::recent::Recent;

/// The files of a commit.
pub(crate) struct CommitTree {
    repo: gix::ThreadSafeRepository,
    known: Arc<Cache>,
    root: ObjectId,
    contents: OnceLock<Contents>,
    /// Package files are read once to find packages and once to read them.
    read: Mutex<Recent<ObjectId, Arc<[u8]>>>,
}

/// What is kept of files that were read.
const KEPT: usize = 1024 * 1024;

/// What a root tree holds.
struct Contents {
    listed: Listed,
    /// The content of each listed file, or where it leads.
    files: Vec<ObjectId>,
}

impl fmt::Debug for CommitTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommitTree").field("root", &self.root).finish_non_exhaustive()
    }
}

impl CommitTree {
    /// The files below a root tree.
    pub(crate) fn new(repo: gix::ThreadSafeRepository, known: Arc<Cache>, root: ObjectId) -> Self {
        Self { repo, known, root, contents: OnceLock::new(), read: Mutex::new(Recent::new(KEPT)) }
    }

    fn find(&self, path: &RepoPath) -> Result<Option<Vec<u8>>, Error> {
        if self.contents.get().is_some_and(|contents| contents.lacks(path)) {
            return Ok(None);
        }
        let repo = self.repo.to_thread_local();
        let plain = |path: &RepoPath| match self.contents.get() {
            Some(contents) => Ok(contents.file(path)),
            None => find_file(&mut self.trees(&repo), self.root, path),
        };
        if let Some(id) = plain(path)? {
            return self.content(&repo, id).map(Some);
        }
        let mut trees = self.trees(&repo);
        let mut look = |path: &RepoPath| look(&mut trees, self.root, path);
        let found = resolve(path, &mut look)?;
        if !found.linked || resolve(&path.parent().unwrap_or_default(), &mut look)?.linked {
            return Ok(None);
        }
        plain(&found.path)?.map(|id| self.content(&repo, id)).transpose()
    }

    fn content(&self, repo: &gix::Repository, id: ObjectId) -> Result<Vec<u8>, Error> {
        let recent = || self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(content) = recent().get(&id) {
            return Ok(content.to_vec());
        }
        let content = read_packed(&mut self.reader(repo), id, Kind::Blob)?;
        recent().add(id, Arc::from(&*content), content.len());
        Ok(content.to_vec())
    }

    fn trees<'r>(&'r self, repo: &'r gix::Repository) -> Trees<'r> {
        Trees::new(repo, self.known.packs(repo))
    }

    fn reader<'r>(&'r self, repo: &'r gix::Repository) -> Reader<'r> {
        Reader::new(repo, self.known.packs(repo))
    }

    fn list(&self) -> Result<Contents, Error> {
        let repo = self.repo.to_thread_local();
        let mut entries = Entries::default();
        entries.tree(&mut self.reader(&repo), String::new(), self.root)?;
        let Entries { mut files, mut links, mut nested } = entries;
        files.sort();
        links.sort();
        nested.sort();
        let (paths, files): (Vec<_>, Vec<_>) = files.into_iter().unzip();
        Ok(Contents { listed: Listed { files: paths.into(), links: links.into(), nested: nested.into() }, files })
    }

    fn listed(&self) -> Result<&Listed, Error> {
        if let Some(contents) = self.contents.get() {
            return Ok(&contents.listed);
        }
        let contents = self.list()?;
        Ok(&self.contents.get_or_init(|| contents).listed)
    }
}

impl Contents {
    /// Whether no file and no link has this path, and no link stands above it.
    fn lacks(&self, path: &RepoPath) -> bool {
        let is_link = |path: RepoPath| self.listed.links.binary_search(&path).is_ok();
        self.listed.files.binary_search(path).is_err()
            && !iter::successors(path.parent(), RepoPath::parent).any(is_link)
    }

    /// The content of a plain file, which is listed: to look it up in the trees would read them again.
    fn file(&self, path: &RepoPath) -> Option<ObjectId> {
        let index = self.listed.files.binary_search(path).ok()?;
        self.listed.links.binary_search(path).is_err().then(|| self.files[index])
    }
}

fn look(trees: &mut Trees<'_>, root: ObjectId, path: &RepoPath) -> Result<Entry, Error> {
    Ok(match find_entry(trees, root, path)? {
        None => Entry::Nothing,
        Some((EntryKind::Blob | EntryKind::BlobExecutable, _)) => Entry::File,
        Some((EntryKind::Tree, _)) => Entry::Folder,
        Some((EntryKind::Commit, _)) => Entry::Other,
        Some((EntryKind::Link, id)) => Entry::Link(read(trees.repo(), id, Kind::Blob)?),
    })
}

impl Tree for CommitTree {
    fn read(&self, path: &RepoPath) -> Result<Option<Vec<u8>>> {
        Ok(self.find(path)?)
    }

    fn files(&self) -> Result<Arc<[RepoPath]>> {
        Ok(Arc::clone(&self.listed()?.files))
    }

    fn links(&self) -> Result<Arc<[RepoPath]>> {
        Ok(Arc::clone(&self.listed()?.links))
    }

    fn nested(&self) -> Result<Arc<[RepoPath]>> {
        Ok(Arc::clone(&self.listed()?.nested))
    }
}
