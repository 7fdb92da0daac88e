//! Tracked files that a sparse checkout leaves out: what they hold stands in the index.

use std::collections::BTreeMap;

use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::index::entry::{Flags, Mode};
use gix::objs::tree::EntryKind;
use gix::objs::{Kind, TreeRefIter};
use releasekit_core::model::RepoPath;

use crate::error::Error;
use crate::object::read;

/// What a checkout leaves out, by path.
#[derive(Debug, Default)]
pub(super) struct LeftOut {
    pub(super) files: BTreeMap<RepoPath, ObjectId>,
    pub(super) links: Vec<RepoPath>,
    pub(super) nested: Vec<RepoPath>,
}

impl LeftOut {
    /// Reads the index. One that is sparse itself names folders, whose files stand in their trees.
    pub(super) fn of(repo: &gix::Repository) -> Result<Self, Error> {
        let index = repo.index_or_empty().map_err(Error::read("the index"))?;
        let mut left_out = Self::default();
        let skipped = index.entries().iter().filter(|entry| entry.flags.contains(Flags::SKIP_WORKTREE));
        for entry in skipped {
            let Ok(path) = entry.path(&index).to_str() else { continue };
            match entry.mode {
                Mode::DIR => left_out.folder(repo, path.trim_end_matches('/'), entry.id)?,
                Mode::COMMIT => left_out.nested.extend(RepoPath::new(path)),
                mode => left_out.file(path, entry.id, mode == Mode::SYMLINK),
            }
        }
        Ok(left_out)
    }

    fn folder(&mut self, repo: &gix::Repository, path: &str, tree: ObjectId) -> Result<(), Error> {
        let bytes = read(repo, tree, Kind::Tree)?;
        for entry in TreeRefIter::from_bytes(&bytes, repo.object_hash()) {
            let entry = entry.map_err(Error::read("a tree"))?;
            let Ok(name) = entry.filename.to_str() else { continue };
            let path = format!("{path}/{name}");
            match entry.mode.kind() {
                EntryKind::Tree => self.folder(repo, &path, entry.oid.to_owned())?,
                EntryKind::Commit => self.nested.extend(RepoPath::new(&path)),
                kind => self.file(&path, entry.oid.to_owned(), kind == EntryKind::Link),
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &str, id: ObjectId, is_link: bool) {
        let Ok(path) = RepoPath::new(path) else { return };
        if is_link {
            self.links.push(path.clone());
        }
        self.files.insert(path, id);
    }
}
