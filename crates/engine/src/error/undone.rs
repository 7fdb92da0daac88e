//! How far a command came that the forge stopped.

use releasekit_core::model::BranchName;

/// What the forge left undone of a release branch, and what is done of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undone {
    /// Whether it may be pushed was to be looked up.
    NotPushed,
    /// Its change request is not as it should be.
    NotOpened {
        /// Whether it was pushed just now; else it was there.
        pushed: bool,
    },
    /// Its change request is to be closed.
    NotClosed,
    /// A commit for it is to be made, and signed.
    NotSigned,
}

impl Undone {
    /// A sentence that goes on with why.
    pub(super) fn said(self, branch: &BranchName) -> String {
        match self {
            Self::NotPushed => format!("`{branch}` was not pushed, for its pull request cannot be looked at"),
            Self::NotOpened { pushed: true } => {
                format!("`{branch}` is pushed, and its pull request is not as it should be")
            }
            Self::NotOpened { pushed: false } => {
                format!("`{branch}` is there as it should be, and its pull request is not")
            }
            Self::NotSigned => format!("no release branch was pushed, for its commit cannot be made on `{branch}`"),
            Self::NotClosed => {
                format!("nothing is left to be released, and the pull request of `{branch}` is still open")
            }
        }
    }
}
