//! One run per clone: a lock that lasts as long as anyone holds the open file, uploading children included.

use std::fs::{File, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rustix::process::{Pid, test_kill_process};
use serde::{Deserialize, Serialize};

use crate::cancel::Cancel;
use crate::durable;
use crate::error::Result;
use crate::failure::Failure;

/// No lock of ours is longer.
const LONGEST: u64 = 4096;

/// How often a waiting run looks again.
const PAUSE: Duration = Duration::from_millis(200);

/// Who works on a clone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The command, `releasekit publish`.
    pub command: String,
    /// Its process.
    pub process: u32,
    /// Since when.
    pub since: Timestamp,
}

/// The right to work on a clone. Given up when the last clone of the open file is closed.
#[derive(Debug, Clone)]
pub(crate) struct Lock(Arc<File>);

impl Lock {
    /// Takes the lock, after having waited for whoever has it; `wait` is told once for what.
    pub(crate) async fn take(path: &Path, holder: &Holder, cancel: &Cancel, wait: impl Fn(String)) -> Result<Self> {
        let file = open(path).map_err(|source| read_only(path, source))?;
        let mut told = false;
        while !try_lock(&file).map_err(|source| read_only(path, source))? {
            if !told {
                wait(describe(path));
                told = true;
            }
            cancel.or(tokio::time::sleep(PAUSE)).await?;
        }
        sign(&file, holder).map_err(|source| read_only(path, source))?;
        Ok(Self(Arc::new(file)))
    }

    /// The open file, for children that shall hold it too.
    pub(crate) fn file(&self) -> Arc<File> {
        self.0.clone()
    }
}

fn read_only(path: &Path, source: std::io::Error) -> Failure {
    Failure::StateReadOnly { folder: path.parent().map_or_else(PathBuf::new, Path::to_owned), source }
}

/// Opens the lock, never through a link. A file that has something else in it is not ours to write to.
fn open(path: &Path) -> std::io::Result<File> {
    let file = durable::open(path, File::options().read(true).write(true).create(true).truncate(false))?;
    let mut text = Vec::new();
    (&file).take(LONGEST).read_to_end(&mut text)?;
    let ours = text.is_empty() || serde_json::from_slice::<Holder>(&text).is_ok();
    if ours { Ok(file) } else { Err(std::io::Error::other("`lock` in it is not ours")) }
}

fn try_lock(file: &File) -> std::io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

fn sign(mut file: &File, holder: &Holder) -> std::io::Result<()> {
    let text = serde_json::to_vec(holder).expect("a holder is always JSON");
    file.set_len(0)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(&text)
}

/// What a waiting run waits for, as a sentence.
fn describe(path: &Path) -> String {
    let holder = std::fs::read(path).ok().and_then(|text| serde_json::from_slice::<Holder>(&text).ok());
    match holder {
        Some(holder) if is_alive(holder.process) => {
            format!("waiting for `{}` (process {}, since {}) to end", holder.command, holder.process, holder.since)
        }
        Some(holder) => {
            format!("waiting for an upload that `{}` (process {}) left running", holder.command, holder.process)
        }
        None => "waiting for another run on this clone to end".to_owned(),
    }
}

/// Whether a process is there.
pub(crate) fn is_alive(process: u32) -> bool {
    let pid = i32::try_from(process).ok().and_then(Pid::from_raw);
    pid.is_some_and(|pid| !matches!(test_kill_process(pid), Err(rustix::io::Errno::SRCH)))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn holder(process: u32) -> Holder {
        Holder { command: "releasekit publish".to_owned(), process, since: Timestamp::UNIX_EPOCH }
    }

    async fn take(path: &Path, told: &Mutex<Vec<String>>, cancel: &Cancel) -> Result<Lock> {
        let wait = |sentence| told.lock().unwrap().push(sentence);
        Lock::take(path, &holder(std::process::id()), cancel, wait).await
    }

    #[tokio::test]
    async fn a_second_run_waits_for_the_last_holder_and_says_for_what() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let told = Mutex::new(Vec::new());
        let first = take(&path, &told, &Cancel::never()).await.unwrap();
        let child = first.file().try_clone().unwrap();
        drop(first);
        let freed = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            assert_eq!(told.lock().unwrap().len(), 1, "the child's file still holds it");
            drop(child);
        };
        let never = Cancel::never();
        let (second, ()) = tokio::join!(take(&path, &told, &never), freed);
        second.unwrap();
        let said = told.lock().unwrap().join("\n");
        assert!(said.starts_with("waiting for `releasekit publish` (process "), "{said}");
    }

    #[tokio::test]
    async fn an_orphan_upload_is_called_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let gone = i32::MAX as u32;
        let _lock = Lock::take(&path, &holder(gone), &Cancel::never(), drop).await.unwrap();
        assert_eq!(
            describe(&path),
            format!("waiting for an upload that `releasekit publish` (process {gone}) left running")
        );
    }

    #[tokio::test]
    async fn a_file_of_somebody_else_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (path, precious) = (folder.path().join("lock"), folder.path().join("precious"));
        let told = Mutex::new(Vec::new());
        std::fs::write(&precious, "").unwrap();
        std::os::unix::fs::symlink(&precious, &path).unwrap();
        let linked = take(&path, &told, &Cancel::never()).await.unwrap_err();
        std::fs::remove_file(&path).unwrap();
        std::fs::write(&path, "the user's own").unwrap();
        let foreign = take(&path, &told, &Cancel::never()).await.unwrap_err();
        for error in [linked, foreign] {
            assert_eq!(releasekit_core::Diagnostic::code(&error), crate::codes::STATE_READ_ONLY);
        }
        assert_eq!(std::fs::read_to_string(&precious).unwrap(), "");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "the user's own");
    }

    #[tokio::test]
    async fn waiting_can_be_stopped() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lock");
        let told = Mutex::new(Vec::new());
        let _first = take(&path, &told, &Cancel::never()).await.unwrap();
        let (canceller, cancel) = crate::cancel::channel();
        canceller.cancel();
        assert!(take(&path, &told, &cancel).await.is_err());
    }
}
