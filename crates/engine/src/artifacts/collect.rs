//! Artifacts that were built elsewhere: found in a folder, told apart by what they say of themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use releasekit_core::PackageManager;
use releasekit_core::model::PackageId;

use super::check::{Inspected, incomplete};
use super::pins::Pinned;
use super::store::folder_of;
use super::{BuiltFile, Sources, make};
use crate::discover::Member;
use crate::error::{Error, Result};
use crate::failure::Failure;
use crate::observe::Releasing;
use crate::session::Session;
use crate::words::count;

/// Takes the artifacts of the wanted packages from a folder and the folders in it.
///
/// Fails where the folder cannot be read, where a package lacks one or more, and on all that a build would fail on; all
/// faults together. Files of other packages, and files that are no artifacts, are left alone.
pub(super) fn collect(
    session: &Session,
    sources: &Sources,
    wanted: &BTreeSet<PackageId>,
    folder: &Path,
    pinned: &Pinned,
) -> Result<BTreeMap<PackageId, Vec<BuiltFile>>> {
    let mut paths = Vec::new();
    files(folder, &mut paths).map_err(Failure::file("read", folder))?;
    session.phase(format!("reading artifacts in {}", count(paths.len(), "file")));
    let mut found: BTreeMap<&PackageId, Vec<Inspected>> = BTreeMap::new();
    for path in &paths {
        if let Some((package, inspected)) = owner(sources, path)? {
            found.entry(&package.id).or_default().push(inspected);
        }
    }
    let mut complete = BTreeMap::new();
    let mut faults = Vec::new();
    for package in sources.releasing.iter().filter(|package| wanted.contains(&package.id)) {
        match check(sources, package, found.remove(&package.id).unwrap_or_default(), pinned) {
            Ok(files) => drop(complete.insert(package.id.clone(), files)),
            Err(error) => faults.push(error),
        }
    }
    Error::together(faults).map_or(Ok(complete), Err)
}

/// The files below a folder, sorted. Links to files count, links to folders are not entered.
fn files(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<std::io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        if entry.file_type()?.is_dir() {
            files(&entry.path(), found)?;
        } else if entry.path().is_file() {
            found.push(entry.path());
        }
    }
    Ok(())
}

/// The package of the release that an artifact belongs to by its own name.
fn owner<'a>(sources: &'a Sources, path: &Path) -> Result<Option<(&'a Releasing, Inspected)>> {
    let discovery = &sources.snapshot.discovery;
    for workspace in &discovery.workspaces {
        let Some(artifact) = workspace.package_manager().artifact(path)? else { continue };
        let identity = workspace.package_manager().inspect(path)?;
        let name = workspace.files().normalize(identity.name.as_str());
        let same = |member: &&Member| {
            discovery.workspace(member).ecosystem.id == workspace.ecosystem.id
                && workspace.files().normalize(member.id.name.as_str()) == name
        };
        let called: Vec<&PackageId> = discovery.members.iter().filter(same).map(|member| &member.id).collect();
        if called.is_empty() {
            continue;
        }
        let package = whose(sources, path, &called)?;
        return Ok(package.map(|package| (package, (artifact, identity))));
    }
    Ok(None)
}

/// The one of the packages of an artifact's name that it is of, where the release has it. Where several workspaces have a
/// package of that name, the folder says which one is meant, as `build --out` writes it.
fn whose<'a>(sources: &'a Sources, path: &Path, called: &[&PackageId]) -> Result<Option<&'a Releasing>> {
    let released = |id: &PackageId| sources.releasing.iter().find(|package| package.id == *id);
    if let [only] = called {
        return Ok(released(only));
    }
    let lies_with = |id: &&&PackageId| path.parent().is_some_and(|at| at.ends_with(folder_of(Path::new(""), id)));
    if let Some(id) = called.iter().find(lies_with) {
        return Ok(released(id));
    }
    let Some(package) = called.iter().find_map(|id| released(id)) else { return Ok(None) };
    let folders: Vec<String> =
        called.iter().map(|id| format!("`{}`", folder_of(Path::new(""), id).display())).collect();
    let what = format!(
        "whose `{}` is cannot be told, for it lies in none of the folders {}",
        path.display(),
        folders.join(", ")
    );
    Err(incomplete(&package.id, &package.version, what))
}

fn check(sources: &Sources, package: &Releasing, files: Vec<Inspected>, pinned: &Pinned) -> Result<Vec<BuiltFile>> {
    let files = without_copies(package, files)?;
    if files.is_empty() {
        return Err(incomplete(&package.id, &package.version, "the folder has none".to_owned()));
    }
    make::check(sources, package.member, &package.version, files, pinned)
}

/// The same file may lie in several folders; two files of one name are a fault.
fn without_copies(package: &Releasing, files: Vec<Inspected>) -> Result<Vec<Inspected>> {
    let mut kept: Vec<Inspected> = Vec::new();
    for file in files {
        match kept.iter().find(|(known, _)| known.file_name == file.0.file_name) {
            None => kept.push(file),
            Some((known, _)) if known.digests == file.0.digests => {}
            Some((known, _)) => {
                let what = format!("`{}` is there twice, with different contents", known.file_name);
                return Err(incomplete(&package.id, &package.version, what));
            }
        }
    }
    Ok(kept)
}

/// Describes and reads the files of one package.
pub(super) fn inspect(manager: &dyn PackageManager, paths: &[PathBuf]) -> Result<Vec<Inspected>> {
    let mut found = Vec::new();
    for path in paths {
        if let Some(artifact) = manager.artifact(path)? {
            found.push((artifact, manager.inspect(path)?));
        }
    }
    Ok(found)
}
