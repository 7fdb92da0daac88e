//! Throw-away folders in the user's cache. Whoever holds one has a lock beside it; the next start removes those that
//! nobody holds, so that a killed run leaves nothing behind for long.

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use tempfile::Builder;

use crate::durable;
use crate::error::Result;
use crate::publish::PublishError;

/// Where in the cache they lie.
const FOLDER: &str = "scratch";

/// A folder that is removed when it is dropped.
#[derive(Debug)]
pub struct Scratch {
    folder: PathBuf,
    lock: PathBuf,
    /// Holds the lock until the folder is gone.
    _held: File,
}

impl Scratch {
    /// Makes an empty folder. Fails with `Precondition` where the cache cannot be written.
    pub fn create(cache: &Path, purpose: &str) -> Result<Self> {
        let parent = cache.join(FOLDER);
        fs::create_dir_all(&parent).map_err(PublishError::file("make the folder", &parent))?;
        loop {
            let (held, lock) = lock_new(&parent, purpose).map_err(PublishError::file("write in", &parent))?;
            // Whoever sweeps at this very moment may have taken the file for one that nobody holds.
            if is_at(&held, &lock) {
                let folder = lock.with_extension("d");
                fs::create_dir(&folder).map_err(PublishError::file("make the folder", &folder))?;
                return Ok(Self { folder, lock, _held: held });
            }
        }
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.folder
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed now is swept by a later start.
        if fs::remove_dir_all(&self.folder).is_ok() {
            drop(fs::remove_file(&self.lock));
        }
    }
}

fn lock_new(parent: &Path, purpose: &str) -> io::Result<(File, PathBuf)> {
    let file = Builder::new().prefix(&format!("{purpose}-")).suffix(".lock").tempfile_in(parent)?;
    let (file, path) = file.keep()?;
    file.lock()?;
    Ok((file, path))
}

fn is_at(file: &File, path: &Path) -> bool {
    let same = |here: &fs::Metadata, there: &fs::Metadata| (here.dev(), here.ino()) == (there.dev(), there.ino());
    matches!((file.metadata(), fs::metadata(path)), (Ok(here), Ok(there)) if same(&here, &there))
}

/// Removes the folders that nobody holds. Never fails: what cannot be removed stays for the next start.
pub fn sweep(cache: &Path) {
    let Ok(entries) = fs::read_dir(cache.join(FOLDER)) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let swept = match path.extension().and_then(OsStr::to_str) {
            Some("lock") => sweep_one(&path),
            // A lock is made before its folder: without one the folder is what a child that outlived us made anew.
            Some("d") if !path.with_extension("lock").exists() => fs::remove_dir_all(&path),
            _ => Ok(()),
        };
        if let Err(error) = swept {
            tracing::debug!(?path, %error, "not swept");
        }
    }
}

fn sweep_one(lock: &Path) -> io::Result<()> {
    let file = File::options().read(true).write(true).open(lock)?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => return Ok(()),
        Err(TryLockError::Error(error)) => return Err(error),
        Ok(()) => {}
    }
    durable::remove_dir(&lock.with_extension("d")).map_err(io::Error::other)?;
    fs::remove_file(lock)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(cache: &Path) -> usize {
        fs::read_dir(cache.join(FOLDER)).unwrap().count()
    }

    #[test]
    fn a_folder_lasts_as_long_as_it_is_held() {
        let cache = tempfile::tempdir().unwrap();
        let scratch = Scratch::create(cache.path(), "export").unwrap();
        fs::write(scratch.path().join("file"), "x").unwrap();
        sweep(cache.path());
        assert!(scratch.path().join("file").exists());
        drop(scratch);
        assert_eq!(entries(cache.path()), 0);
    }

    #[test]
    fn what_a_killed_run_left_is_swept() {
        let cache = tempfile::tempdir().unwrap();
        let scratch = Scratch::create(cache.path(), "export").unwrap();
        fs::write(scratch.path().join("file"), "x").unwrap();
        let Scratch { folder, .. } = &scratch;
        let folder = folder.clone();
        // A killed process closes its files and removes nothing.
        let killed = std::mem::ManuallyDrop::new(scratch);
        rustix::fs::flock(&killed._held, rustix::fs::FlockOperation::Unlock).unwrap();
        sweep(cache.path());
        assert!(!folder.exists());
        assert_eq!(entries(cache.path()), 0);
        // A child of the killed process may go on writing.
        fs::create_dir_all(folder.join("out")).unwrap();
        sweep(cache.path());
        assert_eq!(entries(cache.path()), 0);
    }

    #[test]
    fn a_cache_that_cannot_be_written_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cache");
        fs::write(&file, "no folder").unwrap();
        let error = Scratch::create(&file, "export").unwrap_err();
        assert_eq!(releasekit_core::Diagnostic::code(&error), crate::codes::FILE_FAILED);
    }
}
