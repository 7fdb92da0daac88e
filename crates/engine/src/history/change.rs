//! What a commit says to a package, and why it may not count.

use std::sync::Arc;

use releasekit_core::model::{Bump, CommitId, Version};
use releasekit_core::policy::{BumpSource, Policy};

use crate::commit::ParsedCommit;

/// What a commit that touched a package says; a squash may say several things.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The commit.
    pub commit: CommitId,
    /// What it says, taken apart. A commit that touched many packages is a change of each.
    pub parsed: Arc<ParsedCommit>,
    /// What a trailer says of how far it moves the package, whatever its type.
    pub level: Option<Level>,
}

impl Change {
    /// The first line of what it says.
    pub fn summary(&self) -> &str {
        &self.parsed.title
    }

    /// How far it moves the package.
    pub fn bump(&self, policy: &Policy) -> Bump {
        match &self.level {
            Some(level) => level.bump,
            None if policy.counts(BumpSource::Commits) => self.parsed.bump(policy),
            None => Bump::None,
        }
    }
}

/// How far a trailer says that a commit moves a package.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// How far; `none` where it skips the package.
    pub bump: Bump,
    /// The trailer as it was written.
    pub line: String,
}

/// A version that a trailer asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedVersion {
    /// The commit.
    pub commit: CommitId,
    /// The trailer as it was written.
    pub line: String,
    /// The version.
    pub version: Version,
}

/// Why a commit does not count whatever it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Idle {
    /// It is a merge, and what it brought speaks.
    Merge,
    /// It is a merge, and what it brought was there before: released, or on the line that it came to.
    Known,
    /// It is undone, or undoes something, and both are in the range.
    Reverted,
}
