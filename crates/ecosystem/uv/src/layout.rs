//! Which projects of uv a tree holds, and to which root each of them belongs.
//!
//! A workspace is a root of its own. A project that no workspace takes in is a workspace of one to uv, and a label for each
//! would be of no use to anybody: it belongs to the innermost root around it, else to the only one, else all of them share
//! the folder that they have in common.

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::model::RepoPath;
use releasekit_core::{Result, Tree};
use releasekit_formats::manifest::{self, Ignored, Source, demo, owners};

use crate::members::{Folders, Membership};
use crate::pyproject::PyProject;

/// A workspace, or a project of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unit {
    pub(crate) folder: RepoPath,
    pub(crate) is_workspace: bool,
    /// Where it lies, if that says that nobody releases it.
    pub(crate) demo: Option<String>,
}

impl manifest::Unit for Unit {
    fn folder(&self) -> &RepoPath {
        &self.folder
    }

    fn is_workspace(&self) -> bool {
        self.is_workspace
    }

    fn is_demo(&self) -> bool {
        self.demo.is_some()
    }
}

/// The package files of a tree, but for those in excluded folders.
#[derive(Debug)]
pub(crate) struct Files<'t> {
    pub(crate) tree: &'t dyn Tree,
    pub(crate) folders: Folders,
    pub(crate) ignored: Ignored,
    texts: BTreeMap<RepoPath, Source>,
    /// Folders whose package files are no text, or none of ours to read. Whoever needs one meets that again.
    pub(crate) unreadable: Vec<RepoPath>,
}

/// The units of a tree by the roots that labels are given to.
#[derive(Debug)]
pub(crate) struct Layout<'t> {
    pub(crate) files: Files<'t>,
    units: BTreeMap<RepoPath, Vec<Unit>>,
}

impl<'t> Files<'t> {
    fn read(tree: &'t dyn Tree, exclude: &[String]) -> Result<Self> {
        let (folders, ignored) = (Folders::of(tree)?, Ignored::new(exclude));
        let (mut texts, mut unreadable) = (BTreeMap::new(), Vec::new());
        for folder in folders.with_manifest().filter(|folder| !ignored.contains(folder)) {
            let file = PyProject::file(folder);
            let read = match tree.read(&file) {
                Err(error) if demo(folder, &RepoPath::root(), &[]).is_none() => return Err(error),
                read => read.ok().flatten(),
            };
            match read.and_then(|bytes| String::from_utf8(bytes).ok()) {
                Some(text) => drop(texts.insert(folder.clone(), Source::new(file, &text))),
                None => unreadable.push(folder.clone()),
            }
        }
        Ok(Self { tree, folders, ignored, texts, unreadable })
    }

    /// The package file of a folder; `None` where there is none.
    pub(crate) fn manifest(&self, folder: &RepoPath, faults: &mut Vec<crate::Error>) -> Result<Option<PyProject>> {
        match self.texts.get(folder) {
            Some(source) => Ok(PyProject::parse(source.clone(), folder.clone(), faults)),
            None => PyProject::read(self.tree, folder, faults),
        }
    }

    /// The folders with `[tool.uv.workspace]`; a package file may be broken, of which `discover` will speak.
    fn workspaces(&self) -> BTreeMap<&RepoPath, Option<PyProject>> {
        let root = |(folder, source): (_, &Source)| {
            let text = &source.text;
            let says_so = text.contains("tool.uv.workspace");
            // Parsing every package file of a large repository takes longer than all the rest.
            let may_say_so = says_so || (text.contains("workspace") && text.contains("members"));
            if !may_say_so {
                return None;
            }
            let manifest = PyProject::parse(source.clone(), RepoPath::clone(folder), &mut Vec::new());
            let is_root = manifest.as_ref().map_or(says_so, |manifest| manifest.workspace.is_some());
            is_root.then_some((folder, manifest))
        };
        self.texts.iter().filter_map(root).collect()
    }

    /// Whether a folder holds a project that uv works on. Most say so in a way that needs no parser.
    fn is_project(&self, source: &Source, folder: &RepoPath) -> bool {
        let text = &source.text;
        if text.lines().any(|line| line.trim() == "[project]") && !text.contains("managed") {
            return true;
        }
        let parsed = || PyProject::parse(source.clone(), folder.clone(), &mut Vec::new());
        text.contains("project") && parsed().is_some_and(|it| it.managed && it.project.is_some())
    }
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
    pub(crate) fn units(&self, root: &RepoPath) -> &[Unit] {
        self.units.get(root).map_or(&[], Vec::as_slice)
    }
}

impl Files<'_> {
    fn units(&self, named: &[RepoPath]) -> Vec<Unit> {
        let workspaces = self.workspaces();
        let mut members = BTreeSet::new();
        let mut nested = BTreeSet::new();
        for (folder, manifest) in &workspaces {
            let Some(manifest) = manifest else { continue };
            let (own, inside) = self.covered(manifest, workspaces.keys().copied().filter(|other| other != folder));
            members.extend(own);
            nested.extend(inside);
        }
        let place = |folder: &RepoPath| {
            let named = named.iter().filter(|root| folder.starts_with(root));
            let above = named.max_by_key(|root| root.as_str().len()).cloned().unwrap_or_default();
            let inside = nested.get(folder).filter(|_| !above.starts_with(folder)).map(|_| folder.as_str());
            demo(folder, &above, &[]).or(inside).map(str::to_owned)
        };
        let unit = |(folder, source): (&RepoPath, &Source)| {
            let is_workspace = workspaces.contains_key(folder);
            let counts = !members.contains(folder) && (is_workspace || self.is_project(source, folder));
            counts.then(|| Unit { folder: folder.clone(), is_workspace, demo: place(folder) })
        };
        self.texts.iter().filter_map(unit).collect()
    }

    /// The members of a workspace, and those of the other workspaces that lie in one of them: a sample, or data of its
    /// tests. The root counts as a member where it is a project, except for what it excludes.
    fn covered<'a>(
        &self,
        root: &PyProject,
        others: impl Iterator<Item = &'a RepoPath>,
    ) -> (Vec<RepoPath>, Vec<RepoPath>) {
        let Some(globs) = &root.workspace else { return (Vec::new(), Vec::new()) };
        let membership = Membership::of(root, globs, &mut Vec::new());
        let members = membership.folders(root, &self.folders, &self.ignored, &mut Vec::new());
        let in_root = |folder: &RepoPath| {
            root.project.is_some() && folder.starts_with(&root.folder) && !membership.excludes_around(folder)
        };
        let in_member = |folder: &RepoPath| members.iter().any(|member| folder.starts_with(member));
        let inside = others.filter(|folder| in_member(folder) || in_root(folder)).cloned().collect();
        (members, inside)
    }
}
