//! The package files of packages as they were discovered, by the workspaces that they stand in.

use std::collections::BTreeMap;

use releasekit_core::model::{Package, PackageName, RepoPath};
use releasekit_core::{Result, Tree};

use crate::error::Error;
use crate::internal::{Neighbours, Siblings, neighbours};
use crate::pyproject::PyProject;

/// A workspace of uv, or a project of its own.
#[derive(Debug)]
pub(crate) struct Home {
    /// Its root's package file, which may be none of a package.
    pub(crate) root: PyProject,
    /// Those of its other packages, each with its place among the packages that were given.
    others: Vec<(usize, PyProject)>,
    /// The place of the package that the root is.
    root_package: Option<usize>,
    names: Vec<PackageName>,
}

/// The homes of a label's packages.
#[derive(Debug)]
pub(crate) struct Homes {
    pub(crate) all: Vec<Home>,
    neighbours: Neighbours,
}

impl Homes {
    /// Who the siblings of a home's packages are.
    pub(crate) fn siblings<'a>(&'a self, home: &'a Home) -> Siblings<'a> {
        Siblings::new(home.names.iter().cloned(), &home.root, &self.neighbours)
    }
}

impl Home {
    /// Every package file, the root's first, each with its package's place among those given where it is one's.
    pub(crate) fn manifests(&self) -> impl Iterator<Item = (Option<usize>, &PyProject)> {
        let others = self.others.iter().map(|(index, manifest)| (Some(*index), manifest));
        std::iter::once((self.root_package, &self.root)).chain(others)
    }
}

/// Reads the homes of packages of a label. A label whose packages have none must have a root of its own.
pub(crate) fn homes(tree: &dyn Tree, root: &RepoPath, packages: &[Package], faults: &mut Vec<Error>) -> Result<Homes> {
    let mut by_home: BTreeMap<&RepoPath, Vec<usize>> = BTreeMap::new();
    for (index, package) in packages.iter().enumerate() {
        by_home.entry(package.home_in(root)).or_default().push(index);
    }
    if by_home.is_empty() {
        by_home.insert(root, Vec::new());
    }
    let mut all = Vec::new();
    for (folder, own) in by_home {
        let Some(top) = PyProject::read_root(tree, folder, faults)? else { continue };
        let (at_root, below): (Vec<usize>, Vec<usize>) =
            own.iter().partition(|index| packages[**index].path == *folder);
        let mut others = Vec::new();
        for index in below {
            others.extend(PyProject::read(tree, &packages[index].path, faults)?.map(|manifest| (index, manifest)));
        }
        let names = own.iter().map(|index| packages[*index].name.clone()).collect();
        all.push(Home { root: top, others, root_package: at_root.first().copied(), names });
    }
    Ok(Homes { all, neighbours: neighbours(packages) })
}
