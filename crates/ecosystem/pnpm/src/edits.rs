//! The edits that move packages: their versions, and the requirements on them that the new versions leave.

use std::collections::BTreeMap;

use releasekit_core::codes::REQUIREMENT_AHEAD;
use releasekit_core::model::{Package, RepoPath, Version};
use releasekit_core::workspace::EditRequest;
use releasekit_core::{BackendError, Diagnostic, FileEdit, Requirements as _, Result, Tree, VersionScheme};
use releasekit_formats::manifest::{Replacement, Source, Spanned, requoted, yaml};
use releasekit_formats::npm::Requirements;
use releasekit_formats::npm::specifier::Specifier;
use releasekit_formats::semver::SemVer;

use crate::discover::neighbours;
use crate::error::Error;
use crate::layout::{Files, Layout, Unit};
use crate::manifest::Manifest;
use crate::need::{Need, Neighbour, Neighbours, Taken};
use crate::settings::Settings;

/// Replacements of several files. A place is replaced once, for what a catalog says is said of all who take it from there.
#[derive(Debug, Default)]
pub(crate) struct Rewrites(BTreeMap<RepoPath, (Source, ByPlace)>);

/// What is written, by where that begins and ends.
type ByPlace = BTreeMap<(usize, usize), String>;

impl Rewrites {
    /// Writes another text in the place of a string, in its quotes.
    pub(crate) fn rewrite(&mut self, source: &Source, place: &Spanned, text: &str, faults: &mut Vec<Error>) {
        let entry = self.0.entry(source.file.clone()).or_insert_with(|| (source.clone(), BTreeMap::new()));
        let raw = &source.text[place.span.clone()];
        let is_json = source.file.as_str().ends_with(".json");
        let text = if is_json { requoted(raw, text) } else { yaml::requoted(raw, text) };
        let before = entry.1.insert((place.span.start, place.span.end), text.clone());
        if before.is_some_and(|before| before != text) {
            faults.push(Error::Shared { place: source.place(Some(place.span.clone())) });
        }
    }

    /// The edits, ordered by path; files that stay as they are have none.
    pub(crate) fn into_edits(self) -> Vec<FileEdit> {
        let edit = |(source, places): (Source, ByPlace)| {
            let replacement = |((start, end), text): ((usize, usize), String)| -> Replacement { (start..end, text) };
            source.edit(places.into_iter().map(replacement).collect())
        };
        self.0.into_values().filter_map(edit).collect()
    }
}

/// The versions of some packages by their names.
pub(crate) type Versions<'v> = BTreeMap<&'v str, &'v Version>;

/// The workspaces of packages that were discovered, with all their package files: those without a name too, and those of which
/// others of the same name were taken.
#[derive(Debug)]
pub(crate) struct Homes<'t> {
    pub(crate) files: Files<'t>,
    pub(crate) units: Vec<Unit>,
    pub(crate) neighbours: Neighbours,
}

impl<'t> Homes<'t> {
    /// Reads the workspaces of packages. What is wrong with one goes to `faults`.
    pub(crate) fn of(
        tree: &'t dyn Tree,
        root: &RepoPath,
        exclude: &[String],
        packages: &[Package],
        faults: &mut Vec<Error>,
    ) -> Result<Self> {
        let layout = Layout::of(tree, exclude, std::slice::from_ref(root))?;
        let (mut files, mut units) = layout.into_units();
        units.retain(|unit| packages.iter().any(|package| *package.home_in(root) == unit.folder));
        for package in packages {
            faults.extend(files.faults.remove(&package.path).into_iter().flatten());
        }
        let neighbours = neighbours(&files, &units);
        Ok(Self { files, units, neighbours })
    }

    /// The settings and the package files of a workspace.
    pub(crate) fn parts<'a>(
        &'a self,
        unit: &'a Unit,
    ) -> (Option<&'a Settings>, impl Iterator<Item = &'a Manifest> + use<'a>) {
        let manifests = unit.members.iter().filter_map(|folder| self.files.manifests.get(folder));
        (self.files.settings.get(&unit.folder), manifests)
    }

    /// What a need of a workspace's is on.
    pub(crate) fn internal(
        &self,
        need: &Need<'_>,
        unit: &Unit,
        settings: Option<&Settings>,
    ) -> Option<(&Neighbour, Taken)> {
        need.internal(&unit.folder, settings.is_some_and(|settings| settings.links), &self.neighbours)
    }
}

/// Plans all moves at once. A move that leads nowhere, because only its tag is new, gives no edit.
pub(crate) fn edits(request: &EditRequest) -> Result<Vec<FileEdit>> {
    let mut faults = Vec::new();
    let real = request.moves.iter().filter(|moved| moved.from.as_ref() != Some(&moved.to));
    let moves: Versions<'_> = real.map(|moved| (moved.name.as_str(), &moved.to)).collect();
    if moves.is_empty() {
        return Ok(Vec::new());
    }
    let homes = Homes::of(request.tree.as_ref(), &request.root, &request.exclude, &request.packages, &mut faults)?;
    let mut moving = Moving { homes: &homes, moves, changes: Rewrites::default(), faults };
    for package in request.packages.iter().filter(|package| package.version_file.is_some()) {
        moving.version(package);
    }
    for unit in &homes.units {
        let (settings, manifests) = homes.parts(unit);
        // What a catalog does not have was told where the packages were discovered.
        let own = manifests.flat_map(|manifest| Need::of(manifest, settings, &mut Vec::new()));
        for need in own.chain(settings.into_iter().flat_map(Need::of_catalogs)) {
            moving.requirement(&need, unit, settings);
        }
    }
    BackendError::raise(moving.faults)?;
    Ok(moving.changes.into_edits())
}

/// What moves, and what changes with it.
struct Moving<'v> {
    homes: &'v Homes<'v>,
    moves: Versions<'v>,
    changes: Rewrites,
    faults: Vec<Error>,
}

impl Moving<'_> {
    /// Writes the new version of a package.
    fn version(&mut self, package: &Package) {
        let Some(to) = self.moves.get(package.name.as_str()) else { return };
        let manifest = self.homes.files.manifests.get(&package.path);
        set_version(manifest, to, &mut self.changes, &mut self.faults);
    }

    /// Moves a requirement that the new version of its package leaves.
    fn requirement(&mut self, need: &Need<'_>, unit: &Unit, settings: Option<&Settings>) {
        let Some((neighbour, _)) = self.homes.internal(need, unit, settings) else { return };
        let Some(to) = self.moves.get(neighbour.name.as_str()) else { return };
        if !matches!(need.specifier(), Specifier::Versions { .. }) {
            return;
        }
        match moved_to(&need.text.value, to) {
            Ok(Some(text)) => self.changes.rewrite(need.source, need.text, &text, &mut self.faults),
            Ok(None) => {}
            Err(source) => {
                let place = need.source.place(Some(need.text.span.clone()));
                self.faults.push(Error::Value { place, source });
            }
        }
    }
}

/// Writes the version of a package where it stands.
pub(crate) fn set_version(manifest: Option<&Manifest>, to: &Version, changes: &mut Rewrites, faults: &mut Vec<Error>) {
    let Some((manifest, place)) = manifest.and_then(|it| Some((it, it.version.as_ref()?))) else { return };
    if SemVer.parse(&place.value).ok().as_ref() != Some(to) {
        changes.rewrite(&manifest.source, place, to.as_str(), faults);
    }
}

/// The requirement where it has to move. One that asks for more than is planned is never lowered: whoever declares it waits.
fn moved_to(requirement: &str, version: &Version) -> Result<Option<String>, BackendError> {
    if Requirements.satisfies(requirement, version)? {
        return Ok(None);
    }
    match Requirements.rewrite(requirement, version) {
        Err(error) if error.code() == REQUIREMENT_AHEAD => Ok(None),
        rewritten => rewritten.map(Some),
    }
}
