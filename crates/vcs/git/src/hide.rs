//! Hides from tools what is pinned in an export.
//!
//! Build backends that take a version from git call it a development version where a tracked file differs from HEAD, as those
//! that we pin do. So the export's index takes these files for unchanged.

use std::path::Path;

use releasekit_core::model::RepoPath;

use crate::error::Error;
use crate::repository::Git;

/// How many names a command line takes.
const AT_ONCE: usize = 500;

pub(crate) async fn hide(git: &Git, export: &Path, files: &[RepoPath]) -> Result<(), Error> {
    for files in files.chunks(AT_ONCE) {
        let command = git.program.in_folder(export, ["update-index", "--assume-unchanged", "--"]);
        let command = command.var("GIT_DIR", export.join(".git")).var("GIT_WORK_TREE", export);
        command.args(files.iter().map(RepoPath::as_str)).done("hide what is pinned in the export").await?;
    }
    Ok(())
}
