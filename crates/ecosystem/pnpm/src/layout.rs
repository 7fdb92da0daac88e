//! Which workspaces and packages a tree holds, and to which root each of them belongs.
//!
//! A workspace is a root of its own. A package that no workspace takes in is a workspace of one to pnpm, and a label for each
//! would be of no use to anybody: it belongs to the innermost root around it, else to the only one, else all of them share the
//! folder that they have in common. What npm, yarn or bun work on is told apart, so that it can be said.

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::model::RepoPath;
use releasekit_core::{Result, Tree};
use releasekit_formats::manifest::{self, demo, owners};

use crate::config::{DEMOS, TOOL};
use crate::error::Error;
use crate::manifest::Manifest;
use crate::members::{Folders, Membership};
use crate::settings::Settings;

/// A workspace, or a package of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unit {
    pub(crate) folder: RepoPath,
    /// The folders of its package files.
    pub(crate) members: BTreeSet<RepoPath>,
    /// Where it lies, if that says that nobody releases it.
    pub(crate) demo: Option<String>,
    is_workspace: bool,
    /// Whether it is one package that says itself that nobody publishes it, as those do that only name tools.
    is_marked: bool,
    /// The tool that works on it, where that is not pnpm.
    pub(crate) other_tool: Option<&'static str>,
}

impl manifest::Unit for Unit {
    fn folder(&self) -> &RepoPath {
        &self.folder
    }

    fn is_workspace(&self) -> bool {
        self.is_workspace
    }

    fn is_demo(&self) -> bool {
        self.demo.is_some() || self.is_marked
    }
}

/// The package files of a tree, but for those in excluded folders.
#[derive(Debug)]
pub(crate) struct Files<'t> {
    pub(crate) tree: &'t dyn Tree,
    pub(crate) manifests: BTreeMap<RepoPath, Manifest>,
    pub(crate) settings: BTreeMap<RepoPath, Settings>,
    /// What the globs of settings take in.
    pub(crate) memberships: BTreeMap<RepoPath, Membership>,
    pub(crate) folders: Folders,
    /// What is wrong with the files of each folder.
    pub(crate) faults: BTreeMap<RepoPath, Vec<Error>>,
}

/// The units of a tree by the roots that labels are given to.
#[derive(Debug)]
pub(crate) struct Layout<'t> {
    pub(crate) files: Files<'t>,
    units: BTreeMap<RepoPath, Vec<Unit>>,
}

impl<'t> Layout<'t> {
    /// Finds the units of a tree. The configuration names roots, and excludes folders.
    pub(crate) fn of(tree: &'t dyn Tree, exclude: &[String], named: &[RepoPath]) -> Result<Self> {
        let files = Files::read(tree, exclude)?;
        let units = files.units(named);
        let owners = owners(&units, named);
        let mut by_root: BTreeMap<RepoPath, Vec<Unit>> = BTreeMap::new();
        for (unit, owner) in units.into_iter().zip(owners) {
            by_root.entry(owner).or_default().push(unit);
        }
        Ok(Self { files, units: by_root })
    }

    /// The roots that have units.
    pub(crate) fn into_roots(self) -> Vec<RepoPath> {
        self.units.into_keys().collect()
    }

    /// What belongs to a root.
    pub(crate) fn units(&self, root: &RepoPath) -> Vec<Unit> {
        self.units.get(root).cloned().unwrap_or_default()
    }

    /// All units, with what they are made of.
    pub(crate) fn into_units(self) -> (Files<'t>, Vec<Unit>) {
        (self.files, self.units.into_values().flatten().collect())
    }
}

impl<'t> Files<'t> {
    fn read(tree: &'t dyn Tree, exclude: &[String]) -> Result<Self> {
        let folders = Folders::of(tree, exclude)?;
        let (manifests, settings, memberships) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut files = Self { tree, manifests, settings, memberships, folders, faults: BTreeMap::new() };
        for folder in files.folders.with_manifest.clone() {
            let mut faults = Vec::new();
            if let Some(manifest) = tolerant(&folder, Manifest::read(tree, &folder, &mut faults))? {
                files.manifests.insert(folder.clone(), manifest);
            }
            files.note(folder, faults);
        }
        for folder in files.folders.with_settings.clone() {
            let mut faults = Vec::new();
            if let Some(settings) = tolerant(&folder, Settings::read(tree, &folder, &mut faults))? {
                let membership = Membership::of(&folder, &settings.source, &settings.packages, &mut faults);
                files.memberships.insert(folder.clone(), membership);
                files.settings.insert(folder.clone(), settings);
            }
            files.note(folder, faults);
        }
        Ok(files)
    }

    fn note(&mut self, folder: RepoPath, faults: Vec<Error>) {
        if !faults.is_empty() {
            self.faults.entry(folder).or_default().extend(faults);
        }
    }

    fn units(&self, named: &[RepoPath]) -> Vec<Unit> {
        let place = |folder: &RepoPath| {
            let named = named.iter().filter(|root| folder.starts_with(root));
            let above = named.max_by_key(|root| root.as_str().len()).cloned().unwrap_or_default();
            demo(folder, &above, DEMOS).map(str::to_owned)
        };
        let mut units: Vec<Unit> = Vec::new();
        for folder in &self.folders.with_settings {
            let (is_workspace, members) = self.members(folder);
            units.push(Unit {
                folder: folder.clone(),
                members,
                demo: place(folder),
                is_workspace,
                is_marked: !is_workspace && self.is_marked(folder),
                other_tool: None,
            });
        }
        mark_nested(&mut units, named);
        let mut taken: BTreeSet<RepoPath> = units.iter().flat_map(|unit| unit.members.iter().cloned()).collect();
        for folder in &self.folders.with_manifest {
            if let Some(unit) = self.foreign(folder).filter(|_| !taken.contains(folder)) {
                taken.extend(unit.members.iter().cloned());
                units.push(Unit { demo: place(folder), ..unit });
            }
        }
        units.retain(|unit| unit.other_tool.is_none() || self.is_worth_a_word(unit));
        for folder in self.folders.with_manifest.iter().filter(|folder| !taken.contains(*folder)) {
            let is_package = self.manifests.get(folder).is_none_or(|manifest| manifest.name.is_some());
            let members = BTreeSet::from([folder.clone()]);
            let (demo, is_marked) = (place(folder), self.is_marked(folder));
            let unit = Unit { folder: folder.clone(), members, demo, is_workspace: false, is_marked, other_tool: None };
            units.extend(Some(unit).filter(|_| is_package));
        }
        units.sort_by(|a, b| a.folder.cmp(&b.folder));
        units
    }

    fn is_marked(&self, folder: &RepoPath) -> bool {
        self.manifests.get(folder).is_some_and(|manifest| manifest.mark.is_some())
    }

    /// Whether a root has members besides itself, and its package files.
    fn members(&self, root: &RepoPath) -> (bool, BTreeSet<RepoPath>) {
        let members = self.memberships.get(root).map(|membership| membership.among(&self.folders.with_manifest));
        let is_workspace = self.settings.get(root).is_none_or(|settings| !settings.packages.is_empty());
        (is_workspace, members.unwrap_or_else(|| BTreeSet::from([root.clone()])))
    }

    /// What another tool works on, from this folder.
    fn foreign(&self, folder: &RepoPath) -> Option<Unit> {
        let manifest = self.manifests.get(folder)?;
        let locked = self.folders.with_other_lockfile.iter().find(|(at, _)| at == folder).map(|(_, tool)| *tool);
        let named = manifest.tool.as_deref();
        if self.folders.with_lockfile.contains(folder) || named == Some(TOOL) {
            return None;
        }
        let named = ["npm", "yarn", "bun"].into_iter().find(|tool| named == Some(*tool));
        let tool = named.or(locked).or_else(|| manifest.workspaces.as_ref().map(|_| "npm"))?;
        let globs = manifest.workspaces.as_deref().unwrap_or_default();
        let membership = Membership::of(folder, &manifest.source, globs, &mut Vec::new());
        let members = membership.among(&self.folders.with_manifest);
        let is_workspace = manifest.workspaces.is_some();
        let (folder, other_tool) = (folder.clone(), Some(tool));
        Some(Unit { folder, members, demo: None, is_workspace, is_marked: false, other_tool })
    }

    /// Whether somebody may expect that something of another tool's is released.
    fn is_worth_a_word(&self, unit: &Unit) -> bool {
        let is_released = |manifest: &Manifest| manifest.name.is_some() && manifest.mark.is_none();
        unit.demo.is_none() && unit.members.iter().filter_map(|at| self.manifests.get(at)).any(is_released)
    }
}

/// A workspace among the members of another is a sample, or data of its tests, unless the configuration names it.
fn mark_nested(units: &mut [Unit], named: &[RepoPath]) {
    let inside = |unit: &Unit, other: &Unit| {
        let is_around =
            |member: &RepoPath| !member.is_root() && *member != other.folder && unit.folder.starts_with(member);
        unit.folder != other.folder && (other.members.iter().any(is_around) || other.members.contains(&unit.folder))
    };
    let marks: Vec<bool> = units
        .iter()
        .map(|unit| !named.contains(&unit.folder) && units.iter().any(|other| inside(unit, other)))
        .collect();
    for (unit, _) in units.iter_mut().zip(marks).filter(|(unit, is_inside)| *is_inside && unit.demo.is_none()) {
        unit.demo = Some(unit.folder.to_string());
    }
}

/// What cannot be read where demos lie stops nobody.
fn tolerant<T>(folder: &RepoPath, read: Result<Option<T>>) -> Result<Option<T>> {
    match read {
        Err(error) if demo(folder, &RepoPath::root(), DEMOS).is_none() => Err(error),
        read => Ok(read.ok().flatten()),
    }
}
