//! The lockfile of a workspace of text: every member with its version.

use std::fs;
use std::path::Path;

use releasekit_core::diagnostic::Label;
use releasekit_core::model::RepoPath;
use releasekit_core::package_manager::{CheckRequest, Finding};
use releasekit_core::{BackendError, FileEdit, Result};

use super::error::{FAULT, invalid};
use super::lines::{PACKAGE_FILE, value};

/// The file, at the root of its workspace. A workspace without one gets none.
const LOCKFILE: &str = "lock.txt";

/// What a lockfile says of the package files in a folder, and what it should say; `None` where there is none.
struct Lock {
    path: RepoPath,
    is: String,
    should: String,
}

fn read(folder: &Path, root: &RepoPath) -> Result<Option<Lock>> {
    let path = root.join(LOCKFILE).map_err(|error| invalid(error.to_string()))?;
    let Ok(is) = fs::read_to_string(path.on_disk(folder)) else { return Ok(None) };
    let mut lines = Vec::new();
    members(&root.on_disk(folder), &mut lines).map_err(|error| invalid(error.to_string()))?;
    lines.sort();
    Ok(Some(Lock { path, is, should: lines.concat() }))
}

fn members(folder: &Path, lines: &mut Vec<String>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            members(&path, lines)?;
        } else if path.ends_with(PACKAGE_FILE) {
            let text = fs::read_to_string(path)?;
            lines.push(format!("{} = {}\n", value(&text, "name"), value(&text, "version")));
        }
    }
    Ok(())
}

/// The edit that the package files in a folder ask for; it is written there too, as tools do.
pub(super) fn refresh(folder: &Path, root: &RepoPath) -> Result<Vec<FileEdit>> {
    let Some(lock) = read(folder, root)?.filter(|lock| lock.is != lock.should) else { return Ok(Vec::new()) };
    fs::write(lock.path.on_disk(folder), &lock.should).map_err(|error| invalid(error.to_string()))?;
    Ok(vec![FileEdit::write(lock.path, lock.should)])
}

/// Says where a lockfile does not fit.
pub(super) fn findings(request: &CheckRequest) -> Result<Vec<Finding>, BackendError> {
    let stale = read(&request.folder, &request.root)?.filter(|lock| lock.is != lock.should);
    let finding = |lock: Lock| {
        let place = Label::file(lock.path.as_str(), "it does not say what the package files say");
        Finding::new(FAULT, "the lockfile is stale", place, "lock again").with_fix()
    };
    Ok(stale.map(finding).into_iter().collect())
}

/// The edit that mends it.
pub(super) fn fix(request: &CheckRequest) -> Result<Vec<FileEdit>> {
    refresh(&request.folder, &request.root)
}
