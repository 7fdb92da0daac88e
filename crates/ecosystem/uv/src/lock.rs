//! Lockfiles: the recorded versions of members are edited, and uv is asked whether it accepts the result.
//!
//! `uv lock` itself would also take in whatever third parties have released meanwhile; editing moves the members' lines and
//! nothing else, and `uv lock --check` refuses everything that is not what it would have written.

mod judge;

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::Path;

use releasekit_core::ecosystem::BackendContext;
use releasekit_core::model::{RepoPath, Version};
use releasekit_core::package_manager::LockRequest;
use releasekit_core::workspace::Move;
use releasekit_core::{FileEdit, Result, VersionScheme};
use releasekit_formats::python::Pep440;
use releasekit_formats::python::name::normalize;
use toml_edit::{Document, Table};

use crate::config::LOCKFILE;
use crate::error::Error;
use crate::source::{Replacement, Source, requoted};

pub(crate) use judge::{Bench, Verdict};

/// Folders in which no lockfile of the repository lies.
const PASSED_OVER: &[&str] = &[".git", ".venv", "node_modules"];

/// The kinds of sources that are folders beside the lockfile.
const LOCAL: &[&str] = &["editable", "directory", "virtual"];

/// A lockfile on disk.
#[derive(Debug)]
struct Lock {
    source: Source,
    folder: RepoPath,
    packages: Vec<Locked>,
}

/// A package that a lockfile takes from a folder.
#[derive(Debug)]
struct Locked {
    name: String,
    version: Option<(String, Range<usize>)>,
    folder: RepoPath,
}

/// Brings the lockfiles in line, and has uv accept them.
pub(crate) async fn refresh(context: &BackendContext, request: &LockRequest) -> Result<Vec<FileEdit>> {
    let moves: BTreeMap<String, &Move> =
        request.moves.iter().map(|moved| (normalize(moved.name.as_str()), moved)).collect();
    let bench = Bench {
        context,
        folder: &request.folder,
        workplace: request.workplace.as_ref(),
        offline: request.offline,
        timeout: request.timeout,
    };
    let mut edits = Vec::new();
    for lock in locks(&request.folder, &request.root)? {
        let edit = lock.source.edit(lock.replacements(&request.root, &moves));
        if let Some(edit) = &edit {
            let path = edit.path.on_disk(&request.folder);
            fs::write(&path, edit.content.as_deref().unwrap_or_default())
                .map_err(|source| Error::Folder { path, source })?;
        }
        if edit.is_some() || lock.concerns(&request.root) {
            accepted(bench.judge(lock.file()).await?, &lock)?;
        }
        edits.extend(edit);
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

/// The lockfiles of a workspace, and those beside it that take packages of it.
pub(crate) fn of_workspace(folder: &Path, root: &RepoPath) -> Result<Vec<RepoPath>> {
    let concerned = locks(folder, root)?.into_iter().filter(|lock| lock.concerns(root));
    Ok(concerned.map(|lock| lock.source.file).collect())
}

/// The edit that moves the versions which a lockfile records of a workspace's packages, `None` where it records none
/// that move. Whether uv accepts the result is not asked.
///
/// Fails with `Invalid` where the text is no TOML.
pub fn lockfile_edit(file: RepoPath, text: &str, root: &RepoPath, moves: &[Move]) -> Result<Option<FileEdit>> {
    let moves = moves.iter().map(|moved| (normalize(moved.name.as_str()), moved)).collect();
    let lock = Lock::parse(Source::new(file, text))?;
    Ok(lock.source.edit(lock.replacements(root, &moves)))
}

impl Lock {
    fn parse(source: Source) -> Result<Self> {
        let document = Document::parse(source.text.as_str()).map_err(|error| Error::PyProject {
            place: source.place(error.span()),
            reason: error.message().to_owned(),
        })?;
        let folder = source.file.parent().unwrap_or_default();
        let tables = document.get("package").and_then(|item| item.as_array_of_tables());
        let packages = tables.into_iter().flatten().filter_map(|table| locked(table, &folder)).collect();
        Ok(Self { source, folder, packages })
    }

    fn file(&self) -> &RepoPath {
        &self.source.file
    }

    /// Moves the versions of entries that stand where their packages did. An entry with any other version was stale
    /// before; uv refuses it, or never reads this lockfile.
    fn replacements(&self, root: &RepoPath, moves: &BTreeMap<String, &Move>) -> Vec<Replacement> {
        let mut replacements = Vec::new();
        for package in self.packages.iter().filter(|package| package.folder.starts_with(root)) {
            let (Some(moved), Some((version, span))) = (moves.get(&package.name), &package.version) else { continue };
            let is = |other: &Version| Pep440.parse(version).is_ok_and(|it| Pep440.compare(&it, other).is_eq());
            if !is(&moved.to) && moved.from.as_ref().is_none_or(is) {
                replacements.push((span.clone(), requoted(&self.source.text[span.clone()], moved.to.as_str())));
            }
        }
        replacements
    }

    /// Whether it is the workspace's own, or takes packages of the workspace from outside of its folder.
    fn concerns(&self, root: &RepoPath) -> bool {
        let from_outside =
            |package: &Locked| package.folder.starts_with(root) && !package.folder.starts_with(&self.folder);
        self.folder == *root || self.packages.iter().any(from_outside)
    }
}

fn locked(table: &Table, folder: &RepoPath) -> Option<Locked> {
    let source = table.get("source")?.as_table_like()?;
    let path = LOCAL.iter().find_map(|kind| source.get(kind))?.as_str()?;
    let version = table.get("version").and_then(|item| Some((item.as_str()?.to_owned(), item.span()?)));
    Some(Locked { name: normalize(table.get("name")?.as_str()?), version, folder: folder.join(path).ok()? })
}

/// The lockfiles at and below the root, the root's first.
fn locks(folder: &Path, root: &RepoPath) -> Result<Vec<Lock>> {
    let mut files = Vec::new();
    let mut waiting = vec![root.clone()];
    while let Some(at) = waiting.pop() {
        let path = at.on_disk(folder);
        let unusable = |source| Error::Folder { path: path.clone(), source };
        for entry in fs::read_dir(&path).map_err(unusable)? {
            let entry = entry.map_err(unusable)?;
            let Some(below) = entry.file_name().to_str().and_then(|name| at.join(name).ok()) else { continue };
            let kind = entry.file_type().map_err(unusable)?;
            let name = below.file_name().unwrap_or_default();
            if kind.is_dir() && !PASSED_OVER.contains(&name) {
                waiting.push(below);
            } else if kind.is_file() && name == LOCKFILE {
                files.push(below);
            }
        }
    }
    files.sort_by_key(|file| (file.as_str().matches('/').count(), file.clone()));
    files.into_iter().map(|file| read(folder, file)).collect()
}

fn read(folder: &Path, file: RepoPath) -> Result<Lock> {
    let path = file.on_disk(folder);
    let text = fs::read_to_string(&path).map_err(|source| Error::Folder { path, source })?;
    Lock::parse(Source::new(file, &text))
}
