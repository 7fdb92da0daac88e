//! Which requirements are on packages of the same label.

use std::collections::BTreeMap;

use releasekit_core::model::{DependencyKind, Package, PackageName, RepoPath};
use releasekit_formats::python::name::normalize;

use crate::lock::Lock;
use crate::pyproject::{Entry, Origin, PyProject};

/// The packages of a label by their folders, for sources that name a path.
pub(crate) type Neighbours = BTreeMap<RepoPath, PackageName>;

/// The packages that a source of the workspace can name, and what its root says of sources.
#[derive(Debug)]
pub(crate) struct Siblings<'a> {
    names: BTreeMap<String, PackageName>,
    root: &'a PyProject,
    neighbours: &'a Neighbours,
    lock: Option<Lock>,
}

/// A package that a requirement is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Needed<'a> {
    pub(crate) name: &'a PackageName,
    /// Whether it is taken from another project by its path.
    pub(crate) is_apart: bool,
}

impl<'a> Siblings<'a> {
    /// The packages of these names are those of the root's workspace.
    pub(crate) fn new(
        names: impl IntoIterator<Item = PackageName>,
        root: &'a PyProject,
        neighbours: &'a Neighbours,
    ) -> Self {
        let names = names.into_iter().map(|name| (normalize(name.as_str()), name)).collect();
        Self { names, root, neighbours, lock: None }
    }

    /// Knows what the lockfile says, for what only build backends know.
    pub(crate) fn with_lock(mut self, lock: Option<Lock>) -> Self {
        self.lock = lock;
        self
    }

    /// The packages that the lockfile says one needs, with why.
    pub(crate) fn locked(&self, folder: &RepoPath) -> impl Iterator<Item = (DependencyKind, &PackageName)> {
        let needs = self.lock.iter().flat_map(move |lock| lock.needs(folder));
        let others = needs.filter(move |(_, other)| *other != folder);
        others.filter_map(|(kind, other)| Some((kind, self.neighbours.get(other)?)))
    }

    /// The package that a requirement of a member is on: one of the workspace, or in a folder, which `[tool.uv.sources]`
    /// of the member, or else of the root, says is to be taken from there. An extra that is made of the package's own
    /// extras is no requirement on anybody.
    pub(crate) fn required(&self, member: &PyProject, entry: &Entry) -> Option<Needed<'_>> {
        let on_itself = member.name().is_some_and(|name| normalize(name) == entry.name);
        if on_itself && entry.kind == DependencyKind::Optional {
            return None;
        }
        match member.sources.get(&entry.name).or_else(|| self.root.sources.get(&entry.name))? {
            Origin::Workspace => self.names.get(&entry.name).map(|name| Needed { name, is_apart: false }),
            Origin::Folder(folder) => {
                let found = self.neighbours.get(folder).filter(|name| normalize(name.as_str()) == entry.name);
                found.map(|name| Needed { name, is_apart: true })
            }
            Origin::Elsewhere => None,
        }
    }
}

/// The packages of a label by their folders.
pub(crate) fn neighbours(packages: &[Package]) -> Neighbours {
    packages.iter().map(|package| (package.path.clone(), package.name.clone())).collect()
}
