//! Lockfiles that the package files left behind.

use std::collections::BTreeSet;

use releasekit_core::ecosystem::BackendContext;
use releasekit_core::model::RepoPath;
use releasekit_core::package_manager::{CheckRequest, CheckedPackage, Finding};
use releasekit_core::{FileEdit, Label, Result};

use super::desk;
use crate::codes;
use crate::config::LOCKFILE;
use crate::lock::Verdict;

/// One for each lockfile that does not fit.
pub(super) async fn findings(context: &BackendContext, request: &CheckRequest) -> Result<Vec<Finding>> {
    let files = tracked(request, &refreshed(request))?;
    let mut findings = Vec::new();
    if files.is_empty() {
        return Ok(findings);
    }
    let desk = desk(context, request).await?;
    for file in files {
        if let Verdict::Stale(output) = desk.lockfile(&file).judge().await? {
            findings.push(stale(&file, output));
        }
    }
    Ok(findings)
}

/// Has pnpm make those anew that are stale.
pub(super) async fn fix(context: &BackendContext, request: &CheckRequest) -> Result<Vec<FileEdit>> {
    let files = tracked(request, &BTreeSet::new())?;
    let mut edits = Vec::new();
    if files.is_empty() {
        return Ok(edits);
    }
    let desk = desk(context, request).await?;
    for file in files {
        let lockfile = desk.lockfile(&file);
        if matches!(lockfile.judge().await?, Verdict::Stale(_)) {
            edits.extend(lockfile.renew().await?);
        }
    }
    Ok(edits)
}

/// The lockfiles of the workspaces of what is released, without some. What the system ignores is no file of the tree.
fn tracked(request: &CheckRequest, without: &BTreeSet<&RepoPath>) -> Result<Vec<RepoPath>> {
    let homes = homes(request, |_| true);
    let files = homes.into_iter().filter(|home| !without.contains(home)).filter_map(|home| home.join(LOCKFILE).ok());
    let mut found = Vec::new();
    for file in files {
        found.extend(request.tree.read(&file)?.map(|_| file));
    }
    Ok(found)
}

fn homes(request: &CheckRequest, which: impl Fn(&CheckedPackage) -> bool) -> BTreeSet<&RepoPath> {
    let own = request.packages.iter().filter(|one| one.released && one.package.aside.is_none());
    own.filter(|one| which(one)).map(|one| one.package.home_in(&request.root)).collect()
}

/// The roots whose lockfiles are refreshed next, and refused then if they do not fit.
fn refreshed(request: &CheckRequest) -> BTreeSet<&RepoPath> {
    homes(request, |one| request.refreshed && one.package.version_file.is_some())
}

fn stale(file: &RepoPath, output: String) -> Finding {
    let folder = file.parent().unwrap_or_default();
    let help = format!(
        "run `pnpm install --lockfile-only` in `{folder}` and commit `{file}`; `releasekit check --fix` does the first half"
    );
    let message = format!("`{file}` does not fit the package files");
    Finding::new(codes::LOCK_STALE, message, Label::file(file.to_string(), ""), help).with_output(output).with_fix()
}
