//! Which workspaces and crates a tree holds, and to which root each of them belongs.
//!
//! A workspace is a root of its own. A crate that no workspace takes in, or that has a `[workspace]` for itself alone, is a
//! workspace of one to cargo, and a label for each would be of no use to anybody: it belongs to the innermost root around it,
//! else to the only one, else all of them share the folder that they have in common.

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::model::RepoPath;
use releasekit_core::{BackendError, Result, Tree};
use releasekit_formats::manifest::{self, Fault, demo, owners};

use crate::config::DEMOS;
use crate::error::Error;
use crate::manifest::Manifest;
use crate::members::{Folders, Manifests, Workspaces};

/// A workspace, or a crate of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unit {
    pub(crate) folder: RepoPath,
    /// The folders of its crates.
    pub(crate) members: BTreeSet<RepoPath>,
    /// Where it lies, if that says that nobody releases it.
    pub(crate) demo: Option<String>,
    /// Whether cargo takes it for a member of the workspace around it, which does not list it, and so works on it nowhere.
    pub(crate) is_stray: bool,
}

impl manifest::Unit for Unit {
    fn folder(&self) -> &RepoPath {
        &self.folder
    }

    fn is_workspace(&self) -> bool {
        self.members.iter().any(|member| *member != self.folder)
    }

    fn is_demo(&self) -> bool {
        self.demo.is_some()
    }
}

/// The package files of a tree, but for those in excluded folders.
#[derive(Debug)]
pub(crate) struct Files<'t> {
    pub(crate) tree: &'t dyn Tree,
    pub(crate) manifests: Manifests,
    pub(crate) folders: Folders,
    /// What is wrong with each package file.
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
}

impl<'t> Files<'t> {
    fn read(tree: &'t dyn Tree, exclude: &[String]) -> Result<Self> {
        let mut folders = Folders::of(tree, exclude)?;
        let (mut manifests, mut faults) = (Manifests::new(), BTreeMap::new());
        for folder in folders.with_manifest.clone() {
            let mut own = Vec::new();
            match Manifest::read(tree, &folder, &mut own) {
                Ok(Some(manifest)) => drop(manifests.insert(folder.clone(), manifest)),
                // A link to nothing is no package file.
                Ok(None) if own.is_empty() => drop(folders.with_manifest.remove(&folder)),
                Ok(None) => {}
                Err(error) if demo(&folder, &RepoPath::root(), DEMOS).is_none() && !is_no_text(&error) => {
                    return Err(error);
                }
                Err(_) => own.push(Fault::no_text(Manifest::file(&folder)).into()),
            }
            if !own.is_empty() {
                faults.insert(folder, own);
            }
        }
        Ok(Self { tree, manifests, folders, faults })
    }

    /// The workspaces of the tree.
    pub(crate) fn workspaces(&self) -> Workspaces<'_> {
        Workspaces::of(&self.manifests)
    }

    fn units(&self, named: &[RepoPath]) -> Vec<Unit> {
        let workspaces = self.workspaces();
        let members = |membership| workspaces.members(membership, &self.folders, &mut Vec::new());
        let members: BTreeMap<&RepoPath, BTreeSet<RepoPath>> =
            workspaces.roots().map(|(folder, membership)| (folder, members(membership))).collect();
        let taken: BTreeSet<&RepoPath> = members.values().flatten().collect();
        let place = |folder: &RepoPath| {
            let named = named.iter().filter(|root| folder.starts_with(root));
            let above = named.max_by_key(|root| root.as_str().len()).cloned().unwrap_or_default();
            demo(folder, &above, DEMOS).map(str::to_owned)
        };
        let unit = |folder: &RepoPath| {
            let own = members.get(folder);
            let is_virtual = self.manifests.get(folder).is_some_and(|manifest| manifest.package.is_none());
            let is_lone = !taken.contains(folder) && (!is_virtual || self.faults.contains_key(folder));
            (own.is_some() || is_lone).then(|| Unit {
                folder: folder.clone(),
                members: own.cloned().unwrap_or_else(|| BTreeSet::from([folder.clone()])),
                demo: place(folder),
                is_stray: own.is_none() && workspaces.root_of(folder).is_some(),
            })
        };
        self.folders.with_manifest.iter().filter_map(unit).collect()
    }
}

fn is_no_text(error: &BackendError) -> bool {
    error.downcast_ref::<Error>().is_some()
}
