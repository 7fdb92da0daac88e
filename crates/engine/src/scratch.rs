//! Throw-away folders in the user's cache. Whoever works in one shares a lock beside it; the next start removes those
//! whose lock nobody has, so that a killed run leaves nothing behind.
//!
//! Only what bears our mark is ever locked or removed, in a folder of our own, and never through a link: the cache may be
//! any folder that a user names.

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use releasekit_core::confinement::Workplace;
use tempfile::Builder;

use crate::durable;
use crate::error::Result;
use crate::failure::Failure;
use crate::lock::is_alive;

/// Where in the cache they lie.
const FOLDER: &str = "scratch";

/// How the name of a lock of ours begins; the process that made it follows. A name is there from the first moment on,
/// which content is not.
const MARK: &str = "releasekit-";

/// How long the last processes of a run that is gone have to end. They are being killed.
const DYING: Duration = Duration::from_secs(10);

const POLL: Duration = Duration::from_millis(10);

/// A folder that is removed when it is dropped.
#[derive(Debug)]
pub(crate) struct Scratch {
    folder: PathBuf,
    lock: PathBuf,
    /// Shares the lock until the folder is gone.
    held: File,
}

impl Scratch {
    /// Makes an empty folder. Fails with `Precondition` where the cache cannot be written, or our folder in it is a link.
    pub(crate) fn create(cache: &Path, purpose: &str) -> Result<Self> {
        let parent = cache.join(FOLDER);
        fs::create_dir_all(&parent).map_err(Failure::file("make the folder", &parent))?;
        refuse_link(cache).and_then(|()| refuse_link(&parent)).map_err(Failure::file("write in", &parent))?;
        loop {
            let (held, lock) = lock_new(&parent, purpose).map_err(Failure::file("write in", &parent))?;
            // Whoever sweeps at this very moment may have taken the file for one that nobody holds.
            if is_at(&held, &lock) {
                let folder = lock.with_extension("d");
                fs::create_dir(&folder).map_err(Failure::file("make the folder", &folder))?;
                return Ok(Self { folder, lock, held });
            }
        }
    }

    /// The folder.
    pub(crate) fn path(&self) -> &Path {
        &self.folder
    }

    /// A folder in it.
    pub(crate) fn beside(&self, name: &str) -> Result<PathBuf> {
        let folder = self.folder.join(name);
        fs::create_dir_all(&folder).map_err(Failure::file("make the folder", &folder))?;
        Ok(folder)
    }

    /// The workplace that it is.
    pub(crate) fn workplace(&self) -> Workplace {
        Workplace { folder: self.folder.clone(), lock: self.lock.clone() }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What was told to end may not have ended yet; whoever does, frees the lock last.
        let alone = wait_for(DYING, || matches!(self.held.try_lock(), Ok(())));
        // What cannot be removed now is swept by a later start.
        if alone && durable::remove_all(&self.folder).is_ok() {
            drop(fs::remove_file(&self.lock));
        }
    }
}

fn wait_for(limit: Duration, holds: impl Fn() -> bool) -> bool {
    let until = Instant::now() + limit;
    loop {
        if holds() {
            return true;
        }
        if Instant::now() >= until {
            return false;
        }
        thread::sleep(POLL);
    }
}

fn refuse_link(folder: &Path) -> io::Result<()> {
    match fs::symlink_metadata(folder)?.is_dir() {
        true => Ok(()),
        false => Err(io::Error::other(format!("`{}` is a link", folder.display()))),
    }
}

fn lock_new(parent: &Path, purpose: &str) -> io::Result<(File, PathBuf)> {
    let prefix = format!("{MARK}{}-{purpose}-", std::process::id());
    let (file, path) = Builder::new().prefix(&prefix).suffix(".lock").tempfile_in(parent)?.keep()?;
    file.lock_shared()?;
    Ok((file, path))
}

fn is_at(file: &File, path: &Path) -> bool {
    let same = |here: &fs::Metadata, there: &fs::Metadata| (here.dev(), here.ino()) == (there.dev(), there.ino());
    matches!((file.metadata(), fs::symlink_metadata(path)), (Ok(here), Ok(there)) if same(&here, &there))
}

/// Removes the folders that nobody works in. Never fails: what cannot be removed stays for the next start.
pub(crate) fn sweep(cache: &Path) {
    let folder = cache.join(FOLDER);
    if refuse_link(cache).and_then(|()| refuse_link(&folder)).is_err() {
        return;
    }
    let Ok(entries) = fs::read_dir(&folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        let Some(maker) = maker(&path) else { continue };
        if let Err(error) = sweep_one(&path, maker) {
            tracing::debug!(?path, %error, "not swept");
        }
    }
}

fn sweep_one(lock: &Path, maker: u32) -> io::Result<()> {
    let file = durable::open(lock, File::options().read(true).write(true))?;
    let free = || match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    };
    let limit = if is_alive(maker) { Duration::ZERO } else { DYING };
    let until = Instant::now() + limit;
    while !free()? {
        if Instant::now() >= until {
            return Ok(());
        }
        thread::sleep(POLL);
    }
    // Two that sweep at once have opened the same file; the second one has nothing left to do.
    if is_at(&file, lock) {
        durable::remove_dir(&lock.with_extension("d")).map_err(io::Error::other)?;
        fs::remove_file(lock)?;
    }
    Ok(())
}

/// The process that made a lock; `None` where it is no lock of ours.
fn maker(lock: &Path) -> Option<u32> {
    let name = lock.file_name().and_then(OsStr::to_str)?;
    let (process, _) = name.strip_suffix(".lock")?.strip_prefix(MARK)?.split_once('-')?;
    process.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

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

    /// A lock like that of a process which is gone.
    fn left_behind(cache: &Path) -> (PathBuf, File) {
        let scratch = std::mem::ManuallyDrop::new(Scratch::create(cache, "export").unwrap());
        fs::write(scratch.path().join("file"), "x").unwrap();
        let lock = cache.join(FOLDER).join(format!("{MARK}{}-export-abcdef.lock", i32::MAX));
        fs::rename(scratch.path(), lock.with_extension("d")).unwrap();
        fs::rename(&scratch.lock, &lock).unwrap();
        (lock, scratch.held.try_clone().unwrap())
    }

    #[test]
    fn what_a_killed_run_left_is_swept_once_its_last_process_has_ended() {
        let cache = tempfile::tempdir().unwrap();
        let (_, held) = left_behind(cache.path());
        let dying = thread::spawn(move || {
            thread::sleep(Duration::from_millis(200));
            rustix::fs::flock(&held, rustix::fs::FlockOperation::Unlock).unwrap();
        });
        assert_eq!(entries(cache.path()), 2);
        sweep(cache.path());
        dying.join().unwrap();
        assert_eq!(entries(cache.path()), 0);
    }

    #[test]
    fn what_is_not_ours_stays() {
        let cache = tempfile::tempdir().unwrap();
        let scratch = cache.path().join(FOLDER);
        for file in ["nginx.d/site.conf", "lib.d/x", "uv.lock", "Cargo.lock", "nginx.lock", "notes.txt"] {
            let path = scratch.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "keep").unwrap();
        }
        // One of ours that is a link to somebody else's file.
        fs::write(cache.path().join("precious"), "keep").unwrap();
        symlink(cache.path().join("precious"), scratch.join("releasekit-1-link.lock")).unwrap();
        fs::create_dir(scratch.join("releasekit-1-link.d")).unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            scratch.join("releasekit-1-fifo.lock"),
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
            0,
        )
        .unwrap();
        let before = entries(cache.path());
        sweep(cache.path());
        assert_eq!(entries(cache.path()), before);
    }

    #[test]
    fn nothing_is_swept_or_made_through_a_link() {
        let (cache, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let held = left_behind(elsewhere.path()).1;
        rustix::fs::flock(&held, rustix::fs::FlockOperation::Unlock).unwrap();
        symlink(elsewhere.path().join(FOLDER), cache.path().join(FOLDER)).unwrap();
        let before = entries(elsewhere.path());
        sweep(cache.path());
        let error = Scratch::create(cache.path(), "export").unwrap_err();
        assert!(error.to_string().contains("is a link"), "{error}");
        assert_eq!(entries(elsewhere.path()), before);
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
