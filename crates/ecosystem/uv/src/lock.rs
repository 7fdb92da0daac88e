//! Lockfiles: the recorded versions of members are edited, and uv is asked whether it accepts the result.
//!
//! `uv lock` itself would also take in whatever third parties have released meanwhile; editing moves the members' lines and
//! nothing else, and `uv lock --check` refuses everything that is not what it would have written.

mod file;
mod judge;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use releasekit_core::ecosystem::BackendContext;
use releasekit_core::event::Event;
use releasekit_core::model::RepoPath;
use releasekit_core::package_manager::LockRequest;
use releasekit_core::workspace::Move;
use releasekit_core::{FileEdit, Result};
use releasekit_formats::manifest::{Source, demo, files_named};

use crate::config::LOCKFILE;
use crate::error::Error;

pub(crate) use file::Lock;
pub(crate) use judge::{Bench, Verdict};

/// Folders in which no lockfile of the repository lies.
const PASSED_OVER: &[&str] = &[".git", ".venv", "node_modules"];

/// What moved, by the folder of each package.
type Moves<'a> = BTreeMap<&'a RepoPath, &'a Move>;

/// Brings the lockfiles in line, and has uv accept them.
pub(crate) async fn refresh(context: &BackendContext, request: &LockRequest) -> Result<Vec<FileEdit>> {
    let moves: Moves<'_> = request.moves.iter().map(|(package, moved)| (&package.path, moved)).collect();
    let homes: BTreeSet<&RepoPath> = request.moves.iter().filter_map(|(package, _)| package.home.as_ref()).collect();
    let bench = Bench {
        context,
        folder: &request.folder,
        workplace: request.workplace.as_ref(),
        offline: request.offline,
        timeout: request.timeout,
    };
    let (mut edits, mut concerned) = (Vec::new(), Vec::new());
    for lock in locks(&request.folder)? {
        let edit = lock.edit(&moves);
        if let Some(edit) = &edit {
            let path = edit.path.on_disk(&request.folder);
            fs::write(&path, edit.content.as_deref().unwrap_or_default())
                .map_err(|source| Error::Folder { path, source })?;
        }
        if edit.is_some() || homes.contains(&lock.folder) || lock.takes(|folder| moves.contains_key(folder)) {
            concerned.push(lock);
        }
        edits.extend(edit);
    }
    // One may take what another workspace's edits have moved, so all are written before the first is judged.
    for lock in concerned {
        let accepted = bench.judge(lock.file()).await.and_then(|verdict| accepted(verdict, &lock));
        match accepted {
            // That of a demo, or of another project that nobody releases, may have been stale for long.
            Err(error) if !request.roots.contains(&lock.folder) => {
                context.reporter.report(Event::warning_of(&error));
            }
            accepted => accepted?,
        }
    }
    Ok(edits)
}

fn accepted(verdict: Verdict, lock: &Lock) -> Result<()> {
    match verdict {
        Verdict::Fits => Ok(()),
        Verdict::Stale(output) | Verdict::Unsolvable(output) => {
            Err(Error::LockStale { file: lock.file().clone(), output }.into())
        }
    }
}

/// The lockfiles at these roots, and those beside them, other than of demos, that take packages from there.
pub(crate) fn of_homes(folder: &Path, homes: &BTreeSet<&RepoPath>) -> Result<Vec<RepoPath>> {
    let inside = |taken: &RepoPath| homes.iter().any(|home| taken.starts_with(home));
    let beside = |lock: &Lock| demo(&lock.folder, &RepoPath::root(), &[]).is_none() && lock.takes(inside);
    let concerned = locks(folder)?.into_iter().filter(|lock| homes.contains(&lock.folder) || beside(lock));
    Ok(concerned.map(|lock| lock.source.file).collect())
}

/// The edit that moves the versions which a lockfile records of packages in these folders, `None` where it records none
/// that move. Whether uv accepts the result is not asked.
///
/// Fails with `Invalid` where the text is no TOML.
pub fn lockfile_edit(file: RepoPath, text: &str, moves: &[(RepoPath, Move)]) -> Result<Option<FileEdit>> {
    let moves = moves.iter().map(|(folder, moved)| (folder, moved)).collect();
    let lock = Lock::parse(Source::new(file, text))?;
    Ok(lock.edit(&moves))
}

/// The lockfiles of a checkout, those at the top first.
fn locks(folder: &Path) -> Result<Vec<Lock>> {
    let files = files_named(folder, LOCKFILE, |name| PASSED_OVER.contains(&name));
    let files = files.map_err(|(path, source)| Error::Folder { path, source })?;
    files.into_iter().filter_map(|file| read(folder, file).transpose()).collect()
}

/// Reads a lockfile; `None` of a link that leads to no file of the checkout. What uv finds behind a link is edited there, for
/// nothing is written over a link.
fn read(folder: &Path, file: RepoPath) -> Result<Option<Lock>> {
    let path = file.on_disk(folder);
    let Some(place) = place(folder, &file) else { return Ok(None) };
    let text = fs::read_to_string(&path).map_err(|source| Error::Folder { path, source })?;
    let mut lock = Lock::parse(Source::new(file, &text))?;
    lock.place = place;
    Ok(Some(lock))
}

/// Where in a checkout the file is that a path leads to.
fn place(folder: &Path, file: &RepoPath) -> Option<RepoPath> {
    let path = file.on_disk(folder);
    if !path.is_symlink() {
        return Some(file.clone());
    }
    let real = path.canonicalize().ok().filter(|real| real.is_file())?;
    let below = real.strip_prefix(folder.canonicalize().ok()?).ok()?.to_str()?;
    RepoPath::new(below).ok()
}
