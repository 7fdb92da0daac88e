//! What a commit says to a package, and why it may not count.

use releasekit_core::model::CommitId;

use crate::commit::ParsedCommit;

/// What a commit that touched a package says; a squash may say several things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The commit.
    pub commit: CommitId,
    /// The first line of what it says.
    pub summary: String,
    /// The same, taken apart.
    pub parsed: ParsedCommit,
}

/// Why a commit does not count whatever it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idle {
    /// It is a merge, and what it brought speaks.
    Merge,
    /// It is undone, or undoes something, and both are in the range.
    Reverted,
}
