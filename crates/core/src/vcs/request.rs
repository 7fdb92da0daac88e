//! What is to be made.

use std::path::PathBuf;

use super::history::Tag;
use super::refs::BranchTip;
use crate::edit::FileEdit;
use crate::model::{CommitId, RepoPath, TagName};

/// Whether commits and tags are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sign {
    /// As the user's own settings say.
    #[default]
    Auto,
    /// Always; fails where it cannot be done.
    Require,
    /// Never.
    Never,
}

/// A commit to be made.
#[derive(Debug, Clone)]
pub struct CommitRequest {
    /// The commit it stands on, and whose files it changes.
    pub parent: CommitId,
    /// The changes.
    pub edits: Vec<FileEdit>,
    /// The whole message.
    pub message: String,
    /// Author and committer date, in seconds since 1970, UTC.
    pub time: i64,
    /// Whether to sign.
    pub sign: Sign,
}

/// Commits to be made anew on another parent.
#[derive(Debug, Clone)]
pub struct ReplayRequest {
    /// The commits, parents before children.
    pub commits: Vec<CommitId>,
    /// The parent of the first of them.
    pub onto: CommitId,
    /// Files whose changes are left out.
    pub without: Vec<RepoPath>,
}

/// Tags to be made, all on one commit.
#[derive(Debug, Clone)]
pub struct TagRequest {
    /// The commit.
    pub commit: CommitId,
    /// A branch that holds the commit, where the remote has it. A tag that is a commit goes on top of it.
    pub branch: BranchTip,
    /// Names and messages.
    pub tags: Vec<(TagName, String)>,
    /// The tags' date, in seconds since 1970, UTC.
    pub time: i64,
    /// Whether to sign.
    pub sign: Sign,
}

/// A throw-away checkout to be made.
#[derive(Debug, Clone)]
pub struct ExportRequest {
    /// Which commit.
    pub commit: CommitId,
    /// An empty or absent folder outside of any repository.
    pub into: PathBuf,
    /// Tags that the export has, beside the repository's own.
    pub tags: Vec<Tag>,
}
