//! What a walk over the history cannot know by itself: whose a folder is, which merges speak, and which commits name packages.

use std::fmt;

use super::TouchingCommit;
use crate::model::RepoPath;

/// Answers what a walk asks about files and messages. The same question has the same answer; questions come from several
/// threads.
pub trait Judge: fmt::Debug + Send + Sync {
    /// The names of files that say whose the folder around them is.
    fn package_files(&self) -> &[&str];

    /// Whose a folder is by such a file in it, whatever commit the file is of: the indices of scopes, ascending, none where it
    /// is nobody's that the request knows. `None` where the file says nothing of that, and what holds above the folder holds
    /// in it too.
    fn owners(&self, file: &RepoPath, content: &[u8]) -> Option<Vec<usize>>;

    /// Whether a merge with this message is to be told.
    fn speaks(&self, message: &str) -> bool;

    /// Whether a commit with this message, be it a merge, is to be told wherever it lies in the range of a scope, even of one
    /// that it does not touch.
    fn addresses(&self, message: &str) -> bool {
        let _ = message;
        false
    }

    /// A commit that may be told, as soon as a walk knows it, perhaps more than once: its message can be read while the walk
    /// goes on. What it touches may still turn out otherwise. A walk need not say so.
    fn prepare(&self, commit: &TouchingCommit) {
        let _ = commit;
    }
}
