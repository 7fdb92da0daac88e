//! The files on disk.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::{fmt, fs, io};

use releasekit_core::model::RepoPath;
use releasekit_core::{Result, Tree};

use super::listing;
use crate::error::Error;

/// The tracked files of a checkout and those that are not ignored, as far as they are on disk.
pub(crate) struct WorkTree {
    repo: gix::ThreadSafeRepository,
    root: PathBuf,
    files: OnceLock<Arc<[RepoPath]>>,
}

impl fmt::Debug for WorkTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorkTree").field("root", &self.root).finish_non_exhaustive()
    }
}

impl WorkTree {
    /// The files below a root, which is absolute and free of links.
    pub(crate) fn new(repo: gix::ThreadSafeRepository, root: PathBuf) -> Self {
        Self { repo, root, files: OnceLock::new() }
    }

    /// The file that a path stands for: links to files are followed inside the checkout, linked folders are not.
    fn file(&self, path: &RepoPath) -> io::Result<Option<PathBuf>> {
        let wanted = path.on_disk(&self.root);
        let file = fs::canonicalize(&wanted)?;
        let folder_is_real = || -> io::Result<bool> {
            let folder = wanted.parent().unwrap_or(Path::new("/"));
            Ok(fs::canonicalize(folder)? == folder)
        };
        let is_inside = file == wanted || (file.starts_with(&self.root) && folder_is_real()?);
        Ok((is_inside && file.is_file()).then_some(file))
    }
}

impl Tree for WorkTree {
    fn read(&self, path: &RepoPath) -> Result<Option<Vec<u8>>> {
        let content = self.file(path).and_then(|file| file.map(fs::read).transpose());
        match content {
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(Error::folder(path.on_disk(&self.root))(error).into()),
            Ok(content) => Ok(content),
        }
    }

    fn files(&self) -> Result<Arc<[RepoPath]>> {
        if let Some(files) = self.files.get() {
            return Ok(files.clone());
        }
        let files: Arc<[RepoPath]> = listing::list(&self.repo.to_thread_local(), &self.root)?.into();
        Ok(self.files.get_or_init(|| files).clone())
    }
}
