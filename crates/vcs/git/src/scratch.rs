//! Throw-away folders in the user's cache.
//!
//! They lie where those of the engine lie, and are made by its rules: each beside a lock that bears our mark and the
//! process that made it, shared by whoever works in the folder. So the next start sweeps what a killed run left.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// Where in the cache they lie.
const FOLDER: &str = "scratch";

/// A folder that goes when dropped.
#[derive(Debug)]
pub(crate) struct Scratch {
    folder: PathBuf,
    lock: PathBuf,
    /// Holds the lock until the folder is gone.
    _held: File,
}

impl Scratch {
    /// The folder.
    pub(crate) fn path(&self) -> &Path {
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

/// Makes an empty folder.
pub(crate) fn folder(cache: &Path) -> Result<Scratch, Error> {
    let parent = cache.join(FOLDER);
    fs::create_dir_all(&parent).map_err(Error::folder(&parent))?;
    loop {
        let (held, lock) = lock_new(&parent).map_err(Error::folder(&parent))?;
        // Whoever sweeps at this very moment may have taken the file for one that nobody holds.
        if is_at(&held, &lock) {
            let folder = lock.with_extension("d");
            fs::create_dir(&folder).map_err(Error::folder(&folder))?;
            return Ok(Scratch { folder, lock, _held: held });
        }
    }
}

fn lock_new(parent: &Path) -> io::Result<(File, PathBuf)> {
    let prefix = format!("releasekit-{}-git-", std::process::id());
    let (file, path) = tempfile::Builder::new().prefix(&prefix).suffix(".lock").tempfile_in(parent)?.keep()?;
    file.lock_shared()?;
    Ok((file, path))
}

fn is_at(file: &File, path: &Path) -> bool {
    let same = |here: &fs::Metadata, there: &fs::Metadata| (here.dev(), here.ino()) == (there.dev(), there.ino());
    matches!((file.metadata(), fs::symlink_metadata(path)), (Ok(here), Ok(there)) if same(&here, &there))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_goes_with_its_lock_and_is_held_until_then() {
        let cache = tempfile::tempdir().expect("the temporary folder is writable");
        let scratch = folder(cache.path()).expect("the cache is writable");
        fs::write(scratch.path().join("file"), "x").expect("it is ours");
        let name = scratch.lock.file_name().expect("it has one").to_string_lossy().into_owned();
        assert!(name.starts_with(&format!("releasekit-{}-git-", std::process::id())), "{name}");
        let lock = File::open(&scratch.lock).expect("it is there");
        assert!(lock.try_lock().is_err(), "who sweeps sees that it is held");
        drop(scratch);
        assert_eq!(fs::read_dir(cache.path().join(FOLDER)).expect("it is there").count(), 0);
    }
}
