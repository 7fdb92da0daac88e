//! What a forge does in a repository by itself: commits that it signs, and workflows that it starts.

use crate::edit::FileEdit;
use crate::model::{BranchName, CommitId};

/// A commit that the forge is to make.
///
/// The branch moves to the commit. A branch whose change request shall not see what lies between is made anew elsewhere: the
/// commit is made on a branch of its own, and the real one is pushed to it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ForgeCommitRequest {
    /// The branch that it goes on top of.
    pub branch: BranchName,
    /// Where the branch is, and whose files it changes.
    pub parent: CommitId,
    /// The changes, no path twice.
    pub edits: Vec<FileEdit>,
    /// The whole message.
    pub message: String,
}

impl ForgeCommitRequest {
    /// A commit on a branch that is at `parent`.
    pub fn new(branch: BranchName, parent: CommitId, edits: Vec<FileEdit>, message: impl Into<String>) -> Self {
        Self { branch, parent, edits, message: message.into() }
    }
}

/// A workflow to be started, of this repository or another one of the same forge.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DispatchRequest {
    /// Which repository, `owner/name`.
    pub repository: String,
    /// What the workflow waits for.
    pub event: String,
    /// What it is told: a JSON object.
    pub payload: String,
}

impl DispatchRequest {
    /// Starts what waits for an event in a repository.
    pub fn new(repository: impl Into<String>, event: impl Into<String>, payload: impl Into<String>) -> Self {
        Self { repository: repository.into(), event: event.into(), payload: payload.into() }
    }
}
