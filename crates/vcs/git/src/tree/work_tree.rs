//! The files on disk.

use std::fs::OpenOptions;
use std::io::Read;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::{fmt, io};

use gix::objs::Kind;
use releasekit_core::model::RepoPath;
use releasekit_core::{Result, Tree};
use rustix::fs::OFlags;

use super::entries::Entries;
use super::link::{Entry, on_disk, resolve};
use super::listing::{self, Listed};
use super::sparse;
use crate::error::Error;
use crate::object;

/// The tracked files of a checkout and those that are not ignored, as they are on disk; what a sparse checkout leaves out as
/// the index has it.
pub(crate) struct WorkTree {
    repo: gix::ThreadSafeRepository,
    root: PathBuf,
    listed: OnceLock<Listed>,
    left_out: OnceLock<Entries>,
}

impl fmt::Debug for WorkTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkTree").field("root", &self.root).finish_non_exhaustive()
    }
}

impl WorkTree {
    /// The files below a root, which is absolute and free of links.
    pub(crate) fn new(repo: gix::ThreadSafeRepository, root: PathBuf) -> Self {
        Self { repo, root, listed: OnceLock::new(), left_out: OnceLock::new() }
    }

    /// The file that a path stands for. Links to files are followed to files that git tracks; linked folders are not
    /// entered. Fails where a link leads elsewhere.
    fn file(&self, path: &RepoPath) -> Result<Option<PathBuf>, Error> {
        let found = resolve(path, |path| on_disk(&self.root, path))?;
        if found.entry != Entry::File {
            return Ok(None);
        }
        if found.linked {
            let folder = path.parent().unwrap_or_default();
            if resolve(&folder, |path| on_disk(&self.root, path))?.linked {
                return Ok(None);
            }
            self.require_tracked(path, &found.path)?;
        }
        Ok(Some(found.path.on_disk(&self.root)))
    }

    /// What a link leads to is read only where it is part of the repository: other files in a checkout may be anybody's,
    /// such as the credentials that a job has put there.
    fn require_tracked(&self, link: &RepoPath, end: &RepoPath) -> Result<(), Error> {
        let repo = self.repo.to_thread_local();
        let index = repo.index_or_empty().map_err(Error::read("the index"))?;
        if index.entry_by_path(end.as_str().into()).is_some() {
            return Ok(());
        }
        let link = link.to_string();
        Err(Error::LinkOutside { path: link.clone(), link, leads: "to a file that git does not track" })
    }

    fn listed(&self) -> Result<&Listed, Error> {
        if let Some(listed) = self.listed.get() {
            return Ok(listed);
        }
        let mut listed = listing::list(&self.repo.to_thread_local(), &self.root)?;
        let Entries { files, links, nested } = self.left_out()?;
        listed.add(files.iter().map(|(path, _)| path), links, nested);
        Ok(self.listed.get_or_init(|| listed))
    }

    fn left_out(&self) -> Result<&Entries, Error> {
        if let Some(left_out) = self.left_out.get() {
            return Ok(left_out);
        }
        let left_out = sparse::left_out(&self.repo.to_thread_local())?;
        Ok(self.left_out.get_or_init(|| left_out))
    }

    /// The content of a plain file that the checkout leaves out.
    fn read_left_out(&self, path: &RepoPath) -> Result<Option<Vec<u8>>, Error> {
        let left_out = self.left_out()?;
        let found = left_out.files.binary_search_by(|(file, _)| file.cmp(path));
        let file = found.ok().map(|index| left_out.files[index].1).filter(|_| !left_out.links.contains(path));
        file.map(|id| object::read(&self.repo.to_thread_local(), id, Kind::Blob)).transpose()
    }
}

/// Reads a plain file; nothing waits here for a pipe that took the file's place meanwhile, and no link is followed.
fn read_plain(file: &Path) -> io::Result<Option<Vec<u8>>> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let mut file = OpenOptions::new().read(true).custom_flags(flags.bits().cast_signed()).open(file)?;
    if !file.metadata()?.is_file() {
        return Ok(None);
    }
    let mut content = Vec::new();
    file.read_to_end(&mut content)?;
    Ok(Some(content))
}

impl Tree for WorkTree {
    fn read(&self, path: &RepoPath) -> Result<Option<Vec<u8>>> {
        let Some(file) = self.file(path)? else { return Ok(self.read_left_out(path)?) };
        match read_plain(&file) {
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
                Ok(self.read_left_out(path)?)
            }
            Err(error) => Err(Error::folder(path.on_disk(&self.root))(error).into()),
            Ok(content) => Ok(content),
        }
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
