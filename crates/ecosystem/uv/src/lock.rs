//! Lockfiles: the recorded versions of members are edited, and uv is asked whether it accepts the result.
//!
//! `uv lock` itself would also take in whatever third parties have released meanwhile; editing moves the members' lines and
//! nothing else, and `uv lock --check` refuses everything that is not what it would have written.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::Path;

use releasekit_core::ecosystem::BackendContext;
use releasekit_core::model::{RepoPath, Version};
use releasekit_core::package_manager::LockRequest;
use releasekit_core::workspace::Move;
use releasekit_core::{Environment, FileEdit, Result, VersionScheme};
use releasekit_formats::python::Pep440;
use releasekit_formats::python::name::normalize;
use toml_edit::{Document, Table};

use crate::config::LOCKFILE;
use crate::environment;
use crate::error::Error;
use crate::source::{Replacement, Source, requoted};
use crate::tool::{command, empty_folder, help};

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
    let mut edits = Vec::new();
    for lock in locks(&request.folder, &request.root)? {
        let edit = lock.source.edit(lock.replacements(&request.root, &moves));
        if let Some(edit) = &edit {
            let path = edit.path.on_disk(&request.folder);
            fs::write(&path, edit.content.as_deref().unwrap_or_default())
                .map_err(|source| Error::Folder { path, source })?;
        }
        if edit.is_some() || lock.concerns(&request.root) {
            check(context, request, &lock).await?;
        }
        edits.extend(edit);
    }
    Ok(edits)
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
        let document = Document::parse(source.text.as_str()).map_err(|error| Error::Manifest {
            place: source.place(error.span()),
            reason: error.message().to_owned(),
        })?;
        let folder = source.file.parent().unwrap_or_default();
        let tables = document.get("package").and_then(|item| item.as_array_of_tables());
        let packages = tables.into_iter().flatten().filter_map(|table| locked(table, &folder)).collect();
        Ok(Self { source, folder, packages })
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

/// Asks uv whether a lockfile fits: as everybody's uv would see it, then with the user's own settings, which may name the
/// index that the lockfile was made from, then with the network, which members with dynamic dependencies need.
async fn check(context: &BackendContext, request: &LockRequest, lock: &Lock) -> Result<()> {
    let all = &context.environment;
    let empty = empty_folder(context)?;
    let strict = environment::strict(all).with("XDG_CONFIG_HOME", &empty).with("XDG_CONFIG_DIRS", &empty);
    let folder = lock.folder.on_disk(&request.folder);
    let ask = |environment, offline| ask(context, request, &folder, environment, offline);
    let Err(mut refusal) = ask(strict, true).await? else { return Ok(()) };
    for offline in [true, false] {
        let wants_network = refusal.contains("network was disabled") || refusal.contains("not found in the cache");
        if !offline && (!wants_network || request.offline || context.offline) {
            break;
        }
        match ask(environment::locking(all), offline).await? {
            Ok(()) => return Ok(()),
            Err(text) => refusal = text,
        }
    }
    let edited = !request.moves.is_empty();
    Err(Error::LockStale { file: lock.source.file.clone(), edited, output: refusal }.into())
}

/// What uv says of a lockfile; the inner error is its refusal. It may run the build backends of members with dynamic
/// metadata.
async fn ask(
    context: &BackendContext,
    request: &LockRequest,
    folder: &Path,
    environment: Environment,
    offline: bool,
) -> Result<std::result::Result<(), String>> {
    let command = command(folder, environment).args(["lock", "--check"]);
    let command = if offline { command.arg("--offline") } else { command };
    let command = command.timeout(request.timeout).confined(context, request.workplace.clone());
    let output = command.run().await.map_err(help)?;
    Ok(if output.success() { Ok(()) } else { Err(output.stderr_text()) })
}
