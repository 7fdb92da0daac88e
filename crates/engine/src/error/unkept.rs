//! What would be lost if a release branch were made anew.

use releasekit_core::model::CommitId;

/// A commit on a release branch that would be lost if the branch were made anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unkept {
    /// Which.
    pub commit: CommitId,
    /// The first line of its message.
    pub summary: String,
    /// Why it cannot be kept.
    pub why: Why,
}

/// Why a commit cannot be made anew on another release commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It was ours, and is not as we made it.
    Amended,
    /// It changes what the manifest says.
    Manifest,
    /// It is a merge that somebody made by hand.
    MergedByHand,
    /// Its history has nothing in common with the base.
    Unrelated,
    /// Nothing on the branch is ours.
    Foreign,
}

impl Why {
    /// As a message says it behind the commit.
    pub(crate) fn said(self) -> &'static str {
        match self {
            Self::Amended => "is the release commit, amended",
            Self::Manifest => "changes what the manifest says",
            Self::MergedByHand => "is a merge made by hand",
            Self::Unrelated => "has no history in common with the base",
            Self::Foreign => "is not releasekit's",
        }
    }
}
