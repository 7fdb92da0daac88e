//! What a crate needs, with what it inherits, and which of that is of this repository.

use std::collections::BTreeMap;

use releasekit_core::model::{DependencyKind, Package, PackageName, RepoPath};
use releasekit_formats::manifest::Source;
use releasekit_formats::manifest::toml::Spanned;

use crate::error::Error;
use crate::manifest::{Entry, Manifest};

/// A crate of the label, as others see it.
#[derive(Debug)]
pub(crate) struct Neighbour {
    pub(crate) name: PackageName,
    /// The folder of its workspace's root.
    pub(crate) home: RepoPath,
    pub(crate) is_private: bool,
}

/// The crates of a label by their folders.
#[derive(Debug, Default)]
pub(crate) struct Neighbours(BTreeMap<RepoPath, Neighbour>);

impl Neighbours {
    /// Adds a crate.
    pub(crate) fn add(&mut self, folder: RepoPath, neighbour: Neighbour) {
        self.0.insert(folder, neighbour);
    }

    /// The crates of packages as they were discovered.
    pub(crate) fn of(packages: &[Package], root: &RepoPath) -> Self {
        let mut all = Self::default();
        for package in packages {
            let (name, home) = (package.name.clone(), package.home_in(root).clone());
            all.add(package.path.clone(), Neighbour { name, home, is_private: package.private.is_some() });
        }
        all
    }

    /// The crate in a folder that a dependency is on. A name that it does not have there is a mistake that cargo tells.
    fn at(&self, folder: &RepoPath, name: &str) -> Option<&Neighbour> {
        self.0.get(folder).filter(|neighbour| neighbour.name.as_str() == name)
    }
}

/// A dependency with all that is said of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Need<'m> {
    pub(crate) entry: &'m Entry,
    /// The crate's own name.
    pub(crate) name: &'m str,
    pub(crate) kind: DependencyKind,
    /// The requirement, and the file that it stands in.
    pub(crate) requirement: Option<(&'m Source, &'m Spanned)>,
    path: Option<&'m RepoPath>,
}

impl<'m> Need<'m> {
    /// What the code of a crate needs: the entries of its package file, with what those inherit from the root.
    pub(crate) fn of(manifest: &'m Manifest, root: &'m Manifest, faults: &mut Vec<Error>) -> Vec<Self> {
        let mut all = Vec::new();
        for entry in &manifest.entries {
            let said = if entry.is_inherited {
                root.inherited(entry).map(|said| (root, said))
            } else {
                Some((manifest, entry))
            };
            match said {
                Some((by, said)) => all.push(Self::said(entry, by, said)),
                None => {
                    let reason = format!("it inherits `{}`, which `{}` does not say", entry.key, root.source.file);
                    faults.push(Error::Manifest { place: manifest.source.place(Some(entry.span.clone())), reason });
                }
            }
        }
        all
    }

    /// What a package file says itself, whatever its root does.
    pub(crate) fn own(manifest: &'m Manifest) -> impl Iterator<Item = Self> {
        let entries = manifest.entries.iter().filter(|entry| !entry.is_inherited);
        entries.map(|entry| Self::said(entry, manifest, entry))
    }

    /// What members may inherit from a root.
    pub(crate) fn of_all(root: &'m Manifest) -> impl Iterator<Item = Self> {
        let entries = root.workspace.iter().flat_map(|workspace| &workspace.entries);
        entries.map(|entry| Self::said(entry, root, entry))
    }

    fn said(entry: &'m Entry, by: &'m Manifest, said: &'m Entry) -> Self {
        let requirement = said.requirement.as_ref().map(|requirement| (&by.source, requirement));
        Self { entry, name: &said.name, kind: entry.kind, requirement, path: said.path.as_ref() }
    }

    /// The requirement as it is published.
    pub(crate) fn text(&self) -> &'m str {
        self.requirement.map_or("*", |(_, requirement)| requirement.value.as_str())
    }

    /// The crate of the label that it is on: one that it takes from its folder, or that the root takes from there for all
    /// of its workspace. Of what the root so takes and nobody publishes from here, the registry has another one.
    pub(crate) fn internal<'n>(&self, root: &Manifest, neighbours: &'n Neighbours) -> Option<&'n Neighbour> {
        if let Some(path) = self.path {
            return neighbours.at(path, self.name);
        }
        let (_, folder) = root.patched.iter().find(|(name, _)| name == self.name)?;
        neighbours.at(folder, self.name).filter(|neighbour| !neighbour.is_private)
    }
}
