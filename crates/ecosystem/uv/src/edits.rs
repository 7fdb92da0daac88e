//! The edits that move packages: their versions, and the requirements on them that the new versions leave.

use std::collections::BTreeMap;

use releasekit_core::codes::REQUIREMENT_AHEAD;
use releasekit_core::model::{RepoPath, Version};
use releasekit_core::workspace::{EditRequest, Move};
use releasekit_core::{BackendError, Diagnostic, FileEdit, Requirements, Result, Tree, VersionScheme};
use releasekit_formats::manifest::{Replacement, Source, requoted};
use releasekit_formats::python::name::normalize;
use releasekit_formats::python::{Pep440, Pep508};

use crate::dynamic::{self, Absent, Spelling, VersionPlace};
use crate::error::Error;
use crate::homes::homes;
use crate::internal::Siblings;
use crate::maturin;
use crate::pyproject::{Entry, PyProject};

/// Replacements of several files.
#[derive(Debug, Default)]
pub(crate) struct Rewrites(BTreeMap<RepoPath, (Source, Vec<Replacement>)>);

impl Rewrites {
    pub(crate) fn add(&mut self, source: &Source, replacement: Replacement) {
        let entry = self.0.entry(source.file.clone()).or_insert_with(|| (source.clone(), Vec::new()));
        entry.1.push(replacement);
    }

    /// Writes another requirement in the place of one, in its quotes.
    pub(crate) fn rewrite(&mut self, source: &Source, entry: &Entry, text: &str) {
        let raw = &source.text[entry.text.span.clone()];
        self.add(source, (entry.text.span.clone(), requoted(raw, text)));
    }

    /// The edits, ordered by path; files that stay as they are have none.
    pub(crate) fn into_edits(self) -> Vec<FileEdit> {
        self.0.into_values().filter_map(|(source, replacements)| source.edit(replacements)).collect()
    }
}

/// Plans all moves at once. A move that leads nowhere, because only its tag is new, gives no edit.
pub(crate) fn edits(request: &EditRequest) -> Result<Vec<FileEdit>> {
    let mut faults = Vec::new();
    let mut changes = Rewrites::default();
    let real = request.moves.iter().filter(|moved| moved.from.as_ref() != Some(&moved.to));
    let moves: BTreeMap<String, &Move> = real.map(|moved| (normalize(moved.name.as_str()), moved)).collect();
    let homes = homes(request.tree.as_ref(), &request.root, &request.packages, &mut faults)?;
    for home in &homes.all {
        let siblings = homes.siblings(home);
        for (package, manifest) in home.manifests() {
            let in_file =
                package.map(|index| &request.packages[index]).filter(|package| package.version_file.is_some());
            if let Some(moved) = in_file.and_then(|package| moves.get(&normalize(package.name.as_str()))) {
                version(request.tree.as_ref(), manifest, moved, &mut changes, &mut faults)?;
            }
            requirements(manifest, &siblings, &moves, &mut changes, &mut faults);
        }
    }
    BackendError::raise(faults)?;
    Ok(changes.into_edits())
}

/// Whether a version as written is this one, however it is spelled.
fn is(literal: &str, version: &Version) -> bool {
    Pep440.parse(literal).is_ok_and(|written| Pep440.compare(&written, version).is_eq())
}

fn version(
    tree: &dyn Tree,
    manifest: &PyProject,
    moved: &Move,
    changes: &mut Rewrites,
    faults: &mut Vec<Error>,
) -> Result<()> {
    let Some(project) = &manifest.project else { return Ok(()) };
    match dynamic::version(tree, manifest, project)? {
        Ok(place) if !is(&place.literal, &moved.to) => {
            write(tree, (manifest, &place), &moved.to, changes)?;
        }
        Ok(_) => {}
        Err(Absent::Unread(reason) | Absent::InFile(reason)) => {
            faults.push(Error::PyProject { place: manifest.source.place(None), reason })
        }
        Err(Absent::InTags) => {}
    }
    Ok(())
}

/// Writes a version in the place of another one, and where it is a crate's into the lockfile that records that.
pub(crate) fn write(
    tree: &dyn Tree,
    (manifest, place): (&PyProject, &VersionPlace),
    version: &Version,
    changes: &mut Rewrites,
) -> Result<()> {
    let version = place.spelled(version)?;
    changes.add(&place.source, place.replacement(&version));
    if place.spelling == Spelling::Crate
        && let Some((lock, replaced)) = maturin::locked(tree, manifest, version.as_str())?
    {
        replaced.into_iter().for_each(|replacement| changes.add(&lock, replacement));
    }
    Ok(())
}

fn requirements(
    manifest: &PyProject,
    siblings: &Siblings<'_>,
    moves: &BTreeMap<String, &Move>,
    changes: &mut Rewrites,
    faults: &mut Vec<Error>,
) {
    for entry in &manifest.requirements {
        if siblings.required(manifest, entry).is_none() {
            continue;
        }
        let Some(moved) = moves.get(&entry.name) else { continue };
        match moved_to(&entry.text.value, &moved.to) {
            Ok(Some(text)) => changes.rewrite(&manifest.source, entry, &text),
            Ok(None) => {}
            Err(source) => {
                faults.push(Error::Value { place: manifest.source.place(Some(entry.text.span.clone())), source });
            }
        }
    }
}

/// The requirement where it has to move. One that asks for more than is planned is never lowered: whoever declares it waits.
fn moved_to(requirement: &str, version: &Version) -> Result<Option<String>, BackendError> {
    if Pep508.satisfies(requirement, version)? {
        return Ok(None);
    }
    match Pep508.rewrite(requirement, version) {
        Err(error) if error.code() == REQUIREMENT_AHEAD => Ok(None),
        rewritten => rewritten.map(Some),
    }
}
