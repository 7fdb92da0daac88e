//! Lockfiles that uv would write otherwise, or could not write at all.

use std::collections::BTreeSet;

use releasekit_core::model::RepoPath;
use releasekit_core::package_manager::{CheckRequest, CheckedPackage, Finding};
use releasekit_core::{FileEdit, Label, Result};

use crate::codes;
use crate::lock::{Bench, Verdict, of_homes};

/// One for each lockfile that does not fit.
pub(super) async fn findings(bench: &Bench<'_>, request: &CheckRequest) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let refreshed = refreshed(request);
    for file in of_homes(&request.folder, &homes(request))? {
        if file.parent().is_some_and(|home| refreshed.contains(&home)) {
            continue;
        }
        match bench.judge(&file).await? {
            Verdict::Fits => {}
            Verdict::Stale(output) => findings.push(stale(&file, output)),
            Verdict::Unsolvable(output) => findings.push(unsolvable(&file, output)),
        }
    }
    Ok(findings)
}

/// Has uv make those anew that are stale.
pub(super) async fn fix(bench: &Bench<'_>, request: &CheckRequest) -> Result<Vec<FileEdit>> {
    let mut edits = Vec::new();
    for file in of_homes(&request.folder, &homes(request))? {
        if matches!(bench.judge(&file).await?, Verdict::Stale(_)) {
            edits.extend(bench.renew(&file).await?);
        }
    }
    Ok(edits)
}

/// The roots of the packages that are looked at; what nobody releases may have any lockfile.
fn homes(request: &CheckRequest) -> BTreeSet<&RepoPath> {
    let packages = request.packages.iter().map(|one| &one.package).filter(|package| package.aside.is_none());
    packages.map(|package| package.home_in(&request.root)).collect()
}

/// The roots whose lockfiles are refreshed next, and refused then if they do not fit.
fn refreshed(request: &CheckRequest) -> BTreeSet<&RepoPath> {
    let moves = |one: &&CheckedPackage| one.released && one.package.version_file.is_some();
    let packages = request.packages.iter().filter(|_| request.refreshed).filter(moves).map(|one| &one.package);
    packages.filter(|package| package.aside.is_none()).filter_map(|package| package.home.as_ref()).collect()
}

fn stale(file: &RepoPath, output: String) -> Finding {
    let folder = file.parent().unwrap_or_default();
    let help = format!("run `uv lock` in `{folder}` and commit `{file}`; `releasekit check --fix` does the first half");
    let place = Label::file(file.to_string(), "");
    Finding::new(codes::LOCK_STALE, format!("`{file}` does not fit the package files"), place, help)
        .with_output(output)
        .with_fix()
}

fn unsolvable(file: &RepoPath, output: String) -> Finding {
    let help = "change the requirements that uv names, then run `uv lock`";
    let message = format!("uv can write no `{file}`, for the requirements cannot all be met");
    Finding::new(codes::LOCK_UNSOLVABLE, message, Label::file(file.to_string(), ""), help).with_output(output)
}
