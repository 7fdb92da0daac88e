//! The lockfile of a workspace of text: every member with its version.

use std::fs;
use std::path::Path;

use releasekit_core::diagnostic::Label;
use releasekit_core::model::{Package, RepoPath};
use releasekit_core::package_manager::{CheckRequest, Finding};
use releasekit_core::workspace::Move;
use releasekit_core::{BackendError, ErrorKind, FileEdit, Result};

use super::error::{FAULT, invalid};
use super::lines::{PACKAGE_FILE, value, values};

/// The file, at the root of its workspace. A workspace without one gets none.
const LOCKFILE: &str = "lock.txt";

/// What a lockfile says of the package files in a folder, and what it should say: once packages have moved, and before.
struct Lock {
    path: RepoPath,
    is: String,
    should: String,
    was: String,
}

/// A lockfile; `None` where there is none.
fn read(folder: &Path, root: &RepoPath, moves: &[(Package, Move)]) -> Result<Option<Lock>> {
    let path = root.join(LOCKFILE).map_err(|error| invalid(error.to_string()))?;
    let Ok(is) = fs::read_to_string(path.on_disk(folder)) else { return Ok(None) };
    let mut lines = Vec::new();
    members(&root.on_disk(folder), &mut lines).map_err(|error| invalid(error.to_string()))?;
    lines.sort();
    let text = |version: &dyn Fn(&(String, String)) -> String| -> String {
        lines.iter().map(|member| format!("{} = {}\n", member.0, version(member))).collect()
    };
    let (should, was) = (text(&|(_, version)| version.clone()), text(&|(name, version)| before(name, version, moves)));
    Ok(Some(Lock { path, is, should, was }))
}

/// The version of a package with its move taken back.
fn before(name: &str, version: &str, moves: &[(Package, Move)]) -> String {
    let moved = moves.iter().find(|(package, step)| package.name.as_str() == name && step.to.as_str() == version);
    moved.and_then(|(_, step)| step.from.as_ref()).map_or_else(|| version.to_owned(), ToString::to_string)
}

fn members(folder: &Path, lines: &mut Vec<(String, String)>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            members(&path, lines)?;
        } else if path.ends_with(PACKAGE_FILE) {
            let text = fs::read_to_string(path)?;
            lines.push((value(&text, "name").to_owned(), value(&text, "version").to_owned()));
        }
    }
    Ok(())
}

/// The edit that moves in a folder ask for; it is written there too, as tools do.
pub(super) fn refresh(folder: &Path, root: &RepoPath, moves: &[(Package, Move)]) -> Result<Vec<FileEdit>> {
    let Some(lock) = read(folder, root, moves)?.filter(|lock| lock.is != lock.should) else { return Ok(Vec::new()) };
    if lock.is != lock.was {
        return Err(BackendError::new(FAULT, "the lockfile was stale before").with_kind(ErrorKind::Precondition));
    }
    write(folder, lock)
}

fn write(folder: &Path, lock: Lock) -> Result<Vec<FileEdit>> {
    fs::write(lock.path.on_disk(folder), &lock.should).map_err(|error| invalid(error.to_string()))?;
    Ok(vec![FileEdit::write(lock.path, lock.should)])
}

fn stale(request: &CheckRequest) -> Result<Option<Lock>> {
    Ok(read(&request.folder, &request.root, &[])?.filter(|lock| lock.is != lock.should))
}

/// Says where a lockfile does not fit, and which files are named and missing.
pub(super) fn findings(request: &CheckRequest) -> Result<Vec<Finding>, BackendError> {
    let finding = |lock: Lock| {
        let place = Label::file(lock.path.as_str(), "it does not say what the package files say");
        Finding::new(FAULT, "the lockfile is stale", place, "lock again").with_fix()
    };
    let is_judged_later = request.refreshed && request.packages.iter().any(|checked| checked.released);
    let stale = if is_judged_later { None } else { stale(request)? };
    let mut findings: Vec<Finding> = stale.map(finding).into_iter().collect();
    for checked in &request.packages {
        let file = &checked.package.manifest;
        let text = fs::read_to_string(file.on_disk(&request.folder)).map_err(|error| invalid(error.to_string()))?;
        let folder = checked.package.path.on_disk(&request.folder);
        for missing in values(&text, "readme").filter(|readme| !folder.join(readme).exists()) {
            let place = Label::file(file.as_str(), format!("`{missing}` is not there"));
            findings.push(Finding::new(FAULT, "a file is missing", place, "add it"));
        }
    }
    Ok(findings)
}

/// The edit that mends it.
pub(super) fn fix(request: &CheckRequest) -> Result<Vec<FileEdit>> {
    stale(request)?.map_or(Ok(Vec::new()), |lock| write(&request.folder, lock))
}
