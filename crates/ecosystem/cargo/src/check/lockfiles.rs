//! A lockfile that cargo would write otherwise, or could not write at all.

use std::fs;

use releasekit_core::model::RepoPath;
use releasekit_core::package_manager::Finding;
use releasekit_core::{FileEdit, Label, Result};

use super::Home;
use crate::codes;
use crate::config::LOCKFILE;
use crate::error::Error;
use crate::lock::{Lockfile, Verdict};

/// What is wrong with the lockfile of a workspace, where it has one.
pub(super) async fn findings(home: &Home<'_>) -> Result<Option<Finding>> {
    let Some((file, _)) = tracked(home)? else { return Ok(None) };
    Ok(match (Lockfile { bench: home.bench, file: &file }).judge().await? {
        Verdict::Fits => None,
        Verdict::Stale(output) => Some(stale(&file, output)),
        Verdict::Unsolvable(output) => Some(unsolvable(&file, output)),
    })
}

/// Has cargo make it anew where it is stale.
pub(super) async fn fix(home: &Home<'_>) -> Result<Option<FileEdit>> {
    let Some((file, before)) = tracked(home)? else { return Ok(None) };
    let lock = Lockfile { bench: home.bench, file: &file };
    if matches!(lock.judge().await?, Verdict::Stale(_)) { lock.renew(&before).await } else { Ok(None) }
}

/// The lockfile and its text. What the system ignores is no file of the tree.
fn tracked(home: &Home<'_>) -> Result<Option<(RepoPath, String)>> {
    let Ok(file) = home.root.join(LOCKFILE) else { return Ok(None) };
    if home.request.tree.read(&file)?.is_none() {
        return Ok(None);
    }
    let path = home.bench.folder.join(LOCKFILE);
    let text = fs::read_to_string(&path).map_err(Error::folder(path))?;
    Ok(Some((file, text)))
}

fn stale(file: &RepoPath, output: String) -> Finding {
    let folder = file.parent().unwrap_or_default();
    let help = format!(
        "run `cargo update --workspace` in `{folder}` and commit `{file}`; `releasekit check --fix` does the first half"
    );
    let message = format!("`{file}` does not fit the package files");
    Finding::new(codes::LOCK_STALE, message, Label::file(file.to_string(), ""), help).with_output(output).with_fix()
}

fn unsolvable(file: &RepoPath, output: String) -> Finding {
    let help = "change the requirements that cargo names, then run `cargo update --workspace`";
    let message = format!("cargo can write no `{file}`, for the requirements cannot all be met");
    Finding::new(codes::LOCK_UNSOLVABLE, message, Label::file(file.to_string(), ""), help).with_output(output)
}
