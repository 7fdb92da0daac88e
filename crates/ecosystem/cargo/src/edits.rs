//! The edits that move packages: their versions, and the requirements on them that the new versions leave.

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::codes::REQUIREMENT_AHEAD;
use releasekit_core::model::{Package, PackageName, RepoPath, Version};
use releasekit_core::workspace::EditRequest;
use releasekit_core::{BackendError, Diagnostic, FileEdit, Requirements, Result, VersionScheme};
use releasekit_formats::cargo;
use releasekit_formats::manifest::toml::Spanned;
use releasekit_formats::manifest::{Replacement, Source, requoted};
use releasekit_formats::semver::SemVer;

use crate::error::Error;
use crate::homes::homes;
use crate::manifest::Manifest;
use crate::members::Folders;
use crate::need::{Need, Neighbours};
use crate::package;

/// Replacements of several files. A place is replaced once, for what a root says is said of all who inherit it.
#[derive(Debug, Default)]
pub(crate) struct Rewrites(BTreeMap<RepoPath, (Source, BTreeSet<ByPlace>)>);

/// Where a replacement begins and ends, and the text.
type ByPlace = (usize, usize, String);

impl Rewrites {
    /// Writes another text in the place of a string, in its quotes.
    pub(crate) fn rewrite(&mut self, source: &Source, place: &Spanned, text: &str) {
        let entry = self.0.entry(source.file.clone()).or_insert_with(|| (source.clone(), BTreeSet::new()));
        let raw = &source.text[place.span.clone()];
        entry.1.insert((place.span.start, place.span.end, requoted(raw, text)));
    }

    /// The edits, ordered by path; files that stay as they are have none.
    pub(crate) fn into_edits(self) -> Vec<FileEdit> {
        let edit = |(source, places): (Source, BTreeSet<ByPlace>)| {
            let replacement = |(start, end, text): ByPlace| -> Replacement { (start..end, text) };
            source.edit(places.into_iter().map(replacement).collect())
        };
        self.0.into_values().filter_map(edit).collect()
    }
}

/// The versions of some packages by their names.
pub(crate) type Versions<'v> = BTreeMap<&'v str, &'v Version>;

/// Plans all moves at once. A move that leads nowhere, because only its tag is new, gives no edit.
pub(crate) fn edits(request: &EditRequest) -> Result<Vec<FileEdit>> {
    let mut faults = Vec::new();
    let real = request.moves.iter().filter(|moved| moved.from.as_ref() != Some(&moved.to));
    let moves: Versions<'_> = real.map(|moved| (moved.name.as_str(), &moved.to)).collect();
    if moves.is_empty() {
        return Ok(Vec::new());
    }
    let homes = homes(request.tree.as_ref(), &request.root, &request.packages, &mut faults)?;
    let mut moving = Moving { moves, changes: Rewrites::default(), faults };
    let neighbours = Neighbours::of(&request.packages, &request.root);
    for home in &homes {
        for (index, manifest) in home.manifests() {
            let in_file = index.map(|index| &request.packages[index]).filter(|it| it.version_file.is_some());
            moving.version(in_file, manifest, &home.root);
        }
        let manifests: Vec<&Manifest> = home.manifests().map(|(_, it)| it).collect();
        internal_needs(&manifests, &home.root, &neighbours).into_iter().for_each(|need| moving.requirement(need));
    }
    for manifest in &others(request)? {
        foreign_needs(manifest, &neighbours).into_iter().for_each(|need| moving.requirement(need));
    }
    BackendError::raise(moving.faults)?;
    Ok(moving.changes.into_edits())
}

/// What moves, and what changes with it.
struct Moving<'v> {
    moves: Versions<'v>,
    changes: Rewrites,
    faults: Vec<Error>,
}

impl Moving<'_> {
    /// Writes the new version of a crate that has one.
    fn version(&mut self, package: Option<&Package>, manifest: &Manifest, root: &Manifest) {
        if let Some(to) = package.and_then(|package| self.moves.get(package.name.as_str())) {
            set_version(manifest, root, to, &mut self.changes, &mut self.faults);
        }
    }

    /// Moves a requirement that the new version of its crate leaves.
    fn requirement(&mut self, (need, name): (Need<'_>, &PackageName)) {
        let (Some(to), Some((source, requirement))) = (self.moves.get(name.as_str()), need.requirement) else { return };
        match moved_to(&requirement.value, to) {
            Ok(Some(text)) => self.changes.rewrite(source, requirement, &text),
            Ok(None) => {}
            Err(error) => {
                let place = source.place(Some(requirement.span.clone()));
                self.faults.push(Error::Value { place, source: error });
            }
        }
    }
}

/// The package files of other labels and of nobody: what they say may name a crate of this one by its folder. One that cannot be
/// read is theirs to mend.
fn others(request: &EditRequest) -> Result<Vec<Manifest>> {
    let own: BTreeSet<&RepoPath> = request.packages.iter().map(|package| &package.path).collect();
    let homes: BTreeSet<&RepoPath> = request.packages.iter().map(|package| package.home_in(&request.root)).collect();
    let folders = Folders::of(request.tree.as_ref(), &request.exclude)?.with_manifest;
    let mut found = Vec::new();
    for folder in folders.iter().filter(|folder| !own.contains(folder) && !homes.contains(folder)) {
        found.extend(Manifest::read(request.tree.as_ref(), folder, &mut Vec::new()).ok().flatten());
    }
    Ok(found)
}

/// What a package file of another workspace says itself of crates of the label.
fn foreign_needs<'m>(manifest: &'m Manifest, neighbours: &'m Neighbours) -> Vec<(Need<'m>, &'m PackageName)> {
    let all = Need::own(manifest).chain(Need::of_all(manifest));
    all.filter_map(|need| Some((need, &need.internal(manifest, neighbours)?.name))).collect()
}

/// What package files of a workspace need of crates of the label, and what its root has members inherit of them.
pub(crate) fn internal_needs<'m>(
    manifests: &[&'m Manifest],
    root: &'m Manifest,
    neighbours: &'m Neighbours,
) -> Vec<(Need<'m>, &'m PackageName)> {
    // What cannot be inherited was told where the packages were discovered.
    let own = manifests.iter().flat_map(|manifest| Need::of(manifest, root, &mut Vec::new()));
    let all = own.chain(Need::of_all(root));
    all.filter_map(|need| Some((need, &need.internal(root, neighbours)?.name))).collect()
}

/// Writes the version of a crate where it stands, which may be its workspace's root.
pub(crate) fn set_version(
    manifest: &Manifest,
    root: &Manifest,
    to: &Version,
    changes: &mut Rewrites,
    faults: &mut Vec<Error>,
) {
    let Some(own) = &manifest.package else { return };
    let Some((source, place)) = package::version(manifest, own, root, faults) else { return };
    if SemVer.parse(&place.value).ok().as_ref() != Some(to) {
        changes.rewrite(source, place, to.as_str());
    }
}

/// The requirement where it has to move. One that asks for more than is planned is never lowered: whoever declares it waits.
fn moved_to(requirement: &str, version: &Version) -> Result<Option<String>, BackendError> {
    if cargo::Requirements.satisfies(requirement, version)? {
        return Ok(None);
    }
    match cargo::Requirements.rewrite(requirement, version) {
        Err(error) if error.code() == REQUIREMENT_AHEAD => Ok(None),
        rewritten => rewritten.map(Some),
    }
}
