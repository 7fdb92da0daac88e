//! Lists the files of a checkout: one look into each folder, the index to know what is tracked, and the ignore files.

use std::collections::BTreeSet;
use std::fs::{self, DirEntry, FileType};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::sync::Arc;

use gix::bstr::{BString, ByteSlice};
use gix::index::entry::{Flags, Mode};
use gix::worktree::stack::state::ignore::Source;
use releasekit_core::model::RepoPath;

use crate::error::Error;

/// What a checkout holds.
#[derive(Debug)]
pub(super) struct Listed {
    pub(super) files: Arc<[RepoPath]>,
    /// Those of the files that are links.
    pub(super) links: Arc<[RepoPath]>,
    /// The submodules, none of which is entered.
    pub(super) nested: Arc<[RepoPath]>,
}

impl Listed {
    /// Adds what is not on disk. What is there all the same is there once.
    pub(super) fn add<'a>(
        &mut self,
        files: impl Iterator<Item = &'a RepoPath>,
        links: &[RepoPath],
        nested: &[RepoPath],
    ) {
        self.files = with(&self.files, files);
        self.links = with(&self.links, links.iter());
        self.nested = with(&self.nested, nested.iter());
    }
}

fn with<'a>(known: &Arc<[RepoPath]>, more: impl Iterator<Item = &'a RepoPath>) -> Arc<[RepoPath]> {
    let more: BTreeSet<RepoPath> = more.cloned().collect();
    if more.is_empty() {
        return Arc::clone(known);
    }
    let all: BTreeSet<RepoPath> = known.iter().cloned().chain(more).collect();
    all.into_iter().collect()
}

/// Tracked files and untracked ones that are not ignored, sorted. Neither submodules, nor other repositories, nor
/// linked folders are entered; names that are no UTF-8 are left out.
pub(super) fn list(repo: &gix::Repository, root: &Path) -> Result<Listed, Error> {
    let index = repo.index_or_empty().map_err(Error::read("the index"))?;
    let excludes = repo.excludes(&index, None, Source::WorktreeThenIdMappingIfNotSkipped);
    let mut listing = Listing {
        index: &index,
        excludes: excludes.map_err(Error::read("the ignore files"))?,
        path: BString::default(),
        files: Vec::new(),
        links: Vec::new(),
        nested: Vec::new(),
    };
    listing.folder(root)?;
    listing.files.sort();
    listing.links.sort();
    listing.nested.sort();
    Ok(Listed { files: listing.files.into(), links: listing.links.into(), nested: listing.nested.into() })
}

struct Listing<'a> {
    index: &'a gix::index::State,
    excludes: gix::AttributeStack<'a>,
    path: BString,
    files: Vec<RepoPath>,
    links: Vec<RepoPath>,
    nested: Vec<RepoPath>,
}

impl Listing<'_> {
    fn folder(&mut self, folder: &Path) -> Result<(), Error> {
        for entry in fs::read_dir(folder).map_err(Error::folder(folder))? {
            let entry = entry.map_err(Error::folder(folder))?;
            let name = entry.file_name();
            if name.as_bytes().eq_ignore_ascii_case(b".git") {
                continue;
            }
            let length = self.path.len();
            if length > 0 {
                self.path.push(b'/');
            }
            self.path.extend_from_slice(name.as_bytes());
            let kind = entry.file_type().map_err(Error::folder(folder))?;
            let result = self.entry(&entry, kind);
            self.path.truncate(length);
            result?;
        }
        Ok(())
    }

    fn entry(&mut self, entry: &DirEntry, kind: FileType) -> Result<(), Error> {
        if kind.is_dir() {
            return self.subfolder(&entry.path());
        }
        if (kind.is_file() || kind.is_symlink())
            && self.is_listed()?
            && let Ok(path) = self.path.to_str()
            && let Ok(path) = RepoPath::new(path)
        {
            if kind.is_symlink() {
                self.links.push(path.clone());
            }
            self.files.push(path);
        }
        Ok(())
    }

    /// The ignore files are asked about untracked files only, and not even read where there are none.
    fn is_listed(&mut self) -> Result<bool, Error> {
        Ok(self.index.entry_by_path(self.path.as_bstr()).is_some() || !self.is_excluded(Mode::FILE)?)
    }

    fn subfolder(&mut self, folder: &Path) -> Result<(), Error> {
        if self.has_tracked() {
            return self.folder(folder);
        }
        let is_submodule =
            self.index.entry_by_path(self.path.as_bstr()).is_some_and(|entry| entry.mode == Mode::COMMIT);
        if is_submodule {
            self.nested.extend(self.path.to_str().ok().and_then(|path| RepoPath::new(path).ok()));
            return Ok(());
        }
        if self.is_excluded(Mode::DIR)? || folder.join(".git").exists() {
            return Ok(());
        }
        self.folder(folder)
    }

    fn is_excluded(&mut self, mode: Mode) -> Result<bool, Error> {
        let platform =
            self.excludes.at_entry(self.path.as_bstr(), Some(mode)).map_err(Error::read("the ignore files"))?;
        Ok(platform.is_excluded())
    }

    fn has_tracked(&mut self) -> bool {
        self.path.push(b'/');
        let entries = self.index.prefixed_entries(self.path.as_bstr());
        let has =
            entries.is_some_and(|entries| entries.iter().any(|entry| !entry.flags.contains(Flags::SKIP_WORKTREE)));
        self.path.pop();
        has
    }
}
