//! The package files of packages as they were discovered, by the workspaces that they stand in.

use std::collections::BTreeMap;

use releasekit_core::model::{Package, RepoPath};
use releasekit_core::{Result, Tree};

use crate::error::Error;
use crate::manifest::Manifest;

/// A workspace of cargo, or a crate of its own.
#[derive(Debug)]
pub(crate) struct Home {
    /// Its root's package file, which may be none of a package.
    pub(crate) root: Manifest,
    /// Those of its other packages, each with its place among the packages that were given.
    others: Vec<(usize, Manifest)>,
    /// The place of the package that the root is.
    root_package: Option<usize>,
}

impl Home {
    /// Every package file, the root's first, each with its package's place among those given where it is one's.
    pub(crate) fn manifests(&self) -> impl Iterator<Item = (Option<usize>, &Manifest)> {
        let others = self.others.iter().map(|(index, manifest)| (Some(*index), manifest));
        std::iter::once((self.root_package, &self.root)).chain(others)
    }
}

/// Reads the homes of packages of a label.
pub(crate) fn homes(
    tree: &dyn Tree,
    root: &RepoPath,
    packages: &[Package],
    faults: &mut Vec<Error>,
) -> Result<Vec<Home>> {
    let mut by_home: BTreeMap<&RepoPath, Vec<usize>> = BTreeMap::new();
    for (index, package) in packages.iter().enumerate() {
        by_home.entry(package.home_in(root)).or_default().push(index);
    }
    let mut all = Vec::new();
    for (folder, own) in by_home {
        let Some(top) = Manifest::read(tree, folder, faults)? else { continue };
        let (at_root, below): (Vec<usize>, Vec<usize>) =
            own.iter().partition(|index| packages[**index].path == *folder);
        let mut others = Vec::new();
        for index in below {
            others.extend(Manifest::read(tree, &packages[index].path, faults)?.map(|manifest| (index, manifest)));
        }
        all.push(Home { root: top, others, root_package: at_root.first().copied() });
    }
    Ok(all)
}
