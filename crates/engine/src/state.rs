//! What a run leaves for the next one: the lock, and for each release its journal, artifacts and receipts.
//!
//! It lies in the repository's private folder, so that it is never committed and linked work trees share it. State may
//! forbid an upload; it never replaces a look at the registry.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use releasekit_core::event::Event;
use releasekit_core::model::CommitId;

use crate::cancel::Cancel;
use crate::durable;
use crate::error::Result;
use crate::failure::Failure;
use crate::journal::Journal;
pub use crate::lock::Holder;
use crate::lock::Lock;
use crate::receipt::{self, Receipt};
use crate::scratch::{self, Scratch};
use crate::session::Session;

/// The folder of a release's artifacts, in that of its state.
const ARTIFACTS: &str = "artifacts";

/// The state of a clone, as one run holds it.
#[derive(Debug)]
pub struct State {
    folder: PathBuf,
    lock: Option<Lock>,
    /// In a dry run, the folder that is thrown away.
    _scratch: Option<Scratch>,
}

/// The state of one release.
#[derive(Debug, Clone)]
pub(crate) struct ReleaseState {
    folder: PathBuf,
}

/// Where a session keeps its state.
pub(crate) fn folder(session: &Session) -> PathBuf {
    session.state_dir.clone().unwrap_or_else(|| session.vcs.private_folder())
}

impl State {
    /// Takes the state for a run that changes the world, after having waited for the run that has it.
    ///
    /// Fails with `Precondition` where it cannot be written, and with `Cancelled`. Removes what killed runs left in the
    /// cache.
    pub async fn take(session: &Session, holder: &Holder, cancel: &Cancel) -> Result<Self> {
        let folder = folder(session);
        let read_only = |source| Failure::StateReadOnly { folder: folder.clone(), source };
        durable::create_dir(&folder).map_err(read_only)?;
        // A file that exists can be opened where none can be made: try both.
        tempfile::tempfile_in(&folder).map_err(read_only)?;
        let wait = |sentence| session.report(Event::Phase(sentence));
        let lock = Lock::take(&folder.join("lock"), holder, cancel, wait).await?;
        scratch::sweep(&session.context.cache);
        Ok(Self { folder, lock: Some(lock), _scratch: None })
    }

    /// A throw-away copy for a dry run, which sees what is there and changes none of it. Takes no lock.
    pub fn copy(session: &Session) -> Result<Self> {
        let scratch = Scratch::create(&session.context.cache, "dry-run")?;
        mirror(&folder(session), scratch.path(), false).map_err(Failure::file("copy the state to", scratch.path()))?;
        Ok(Self { folder: scratch.path().to_owned(), lock: None, _scratch: Some(scratch) })
    }

    /// The open lock, for children that shall hold it too; `None` in a dry run.
    pub(crate) fn hold(&self) -> Option<Arc<fs::File>> {
        self.lock.as_ref().map(Lock::file)
    }

    /// The state of a release, by its commit and what tells it from others that the commit brought.
    pub(crate) fn of_release(&self, commit: &CommitId, run: Option<&str>) -> ReleaseState {
        ReleaseState { folder: self.folder.join(name(commit, run)) }
    }
}

impl ReleaseState {
    /// The state of a release for a command that only reads: nothing is made, nothing locked.
    pub(crate) fn read(session: &Session, commit: &CommitId, run: Option<&str>) -> Self {
        Self { folder: folder(session).join(name(commit, run)) }
    }

    /// Opens its journal.
    pub(crate) fn journal(&self) -> Result<Journal> {
        Journal::open(&self.folder.join("journal.jsonl"))
    }

    /// Where its artifacts lie.
    pub(crate) fn artifacts(&self) -> PathBuf {
        self.folder.join(ARTIFACTS)
    }

    /// Where the list of its artifacts lies.
    pub(crate) fn artifact_list(&self) -> PathBuf {
        self.folder.join("artifacts.json")
    }

    /// Its receipts, ordered by package and registry.
    pub(crate) fn receipts(&self) -> Result<Vec<Receipt>> {
        receipt::read_folder(&self.receipts_folder())
    }

    /// Keeps a receipt.
    pub(crate) fn keep(&self, receipt: &Receipt) -> Result<()> {
        receipt::keep(&self.receipts_folder(), receipt)
    }

    /// Removes the artifacts: what they prove is proven.
    pub(crate) fn drop_artifacts(&self) -> Result<()> {
        match fs::remove_file(self.artifact_list()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Failure::file("remove", self.artifact_list())(error).into());
            }
            _ => {}
        }
        durable::remove_dir(&self.artifacts())
    }

    fn receipts_folder(&self) -> PathBuf {
        self.folder.join("receipts")
    }
}

/// What the folder of a release is called.
fn name(commit: &CommitId, run: Option<&str>) -> String {
    run.map_or_else(|| commit.to_string(), |run| format!("{commit}-{run}"))
}

/// Copies a folder, but artifacts as links to where they lie; a folder that is not there is empty.
fn mirror(from: &Path, to: &Path, artifacts: bool) -> std::io::Result<()> {
    if !from.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_name() == "lock" {
            continue;
        } else if entry.file_type()?.is_dir() {
            fs::create_dir_all(&target)?;
            mirror(&source, &target, artifacts || entry.file_name() == ARTIFACTS)?;
        } else if artifacts {
            std::os::unix::fs::symlink(&source, &target)?;
        } else {
            fs::copy(&source, &target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_shares_nothing_but_artifacts_wherever_it_lies() {
        let folder = tempfile::tempdir().unwrap();
        let (state, copy) = (folder.path().join("artifacts/state"), folder.path().join("copy"));
        fs::create_dir_all(state.join("c0ffee/artifacts/py")).unwrap();
        for file in ["c0ffee/journal.jsonl", "c0ffee/artifacts/py/a.whl", "lock"] {
            fs::write(state.join(file), "x").unwrap();
        }
        fs::create_dir(&copy).unwrap();
        mirror(&state, &copy, false).unwrap();
        assert!(!copy.join("c0ffee/journal.jsonl").is_symlink(), "a dry run would write into the journal");
        assert!(copy.join("c0ffee/artifacts/py/a.whl").is_symlink());
        assert!(!copy.join("lock").exists());
    }
}
