//! What a forge does in a repository by itself: commits that it signs, and workflows that it starts.

use crate::edit::FileEdit;
use crate::model::{BranchName, CommitId};

/// A commit that the forge is to make.
///
/// Best on a branch of its own, to which the real one is pushed then: a change request does not see what lies between, and
/// forges that know no lease move nothing that somebody else could move.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ForgeCommitRequest {
    /// The branch that it is made on.
    pub branch: BranchName,
    /// What it stands on, and whose files it changes.
    pub parent: CommitId,
    /// The changes, no path twice.
    pub edits: Vec<FileEdit>,
    /// The whole message.
    pub message: String,
}

impl ForgeCommitRequest {
    /// A commit on a branch that is at `parent`, or is not there yet.
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
