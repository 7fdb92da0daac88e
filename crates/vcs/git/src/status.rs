//! What differs from HEAD in the work tree.

use std::collections::BTreeSet;

use gix::bstr::ByteSlice;
use releasekit_core::model::RepoPath;

use crate::error::Error;
use crate::repository::Git;

/// Tracked files that differ from HEAD and untracked ones that are not ignored, sorted. What changed inside a
/// submodule is not looked at. A name that is no UTF-8 is shown with replacement characters.
pub(crate) async fn status(git: &Git) -> Result<Vec<RepoPath>, Error> {
    let args = ["status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "--ignore-submodules=dirty"];
    let output = git.command(args).ok("compare the work tree with HEAD").await?;
    Ok(paths(&output.stdout).into_iter().collect())
}

/// The paths in the output of `git status --porcelain=v1 -z --no-renames`.
pub(crate) fn paths(output: &[u8]) -> BTreeSet<RepoPath> {
    let entries = output.split(|byte| *byte == 0).filter_map(|entry| entry.get(3..));
    entries.filter_map(|path| RepoPath::new(path.to_str_lossy()).ok()).collect()
}
