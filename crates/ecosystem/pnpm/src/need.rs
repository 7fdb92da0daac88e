//! What a package needs, with what catalogs say of it, and which of that is of this repository.

use std::collections::BTreeMap;

use releasekit_core::Requirements as _;
use releasekit_core::model::{DependencyKind, PackageName, RepoPath, Version};
use releasekit_formats::manifest::{Source, Spanned};
use releasekit_formats::npm::Requirements;
use releasekit_formats::npm::specifier::Specifier;

use crate::error::Error;
use crate::manifest::{Entry, Manifest};
use crate::settings::Settings;

/// A package of the label, as others see it.
#[derive(Debug, Clone)]
pub(crate) struct Neighbour {
    pub(crate) name: PackageName,
    pub(crate) folder: RepoPath,
    /// The folder of its workspace's root.
    pub(crate) home: RepoPath,
    pub(crate) version: Option<Version>,
    pub(crate) is_private: bool,
}

/// The packages of a label.
#[derive(Debug, Default)]
pub(crate) struct Neighbours {
    by_folder: BTreeMap<RepoPath, Neighbour>,
    /// By the root of their workspace, and their name. Of several, one that is released.
    by_name: BTreeMap<RepoPath, BTreeMap<String, RepoPath>>,
    /// By their name alone, for a label has one package of a name.
    everywhere: BTreeMap<String, RepoPath>,
}

/// How something comes to be a package of the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It says so: `workspace:`.
    Workspace,
    /// By its folder: `link:`, `file:`, `workspace:../a`.
    Folder,
    /// A range on its name, which pnpm meets with it.
    Linked,
    /// A peer's range on its name. Whoever installs the two meets it.
    Beside,
}

impl Neighbours {
    /// Adds a package.
    pub(crate) fn add(&mut self, neighbour: Neighbour) {
        for names in [self.by_name.entry(neighbour.home.clone()).or_default(), &mut self.everywhere] {
            let known = names.get(neighbour.name.as_str()).and_then(|folder| self.by_folder.get(folder));
            if known.is_none_or(|known| known.is_private && !neighbour.is_private) {
                names.insert(neighbour.name.to_string(), neighbour.folder.clone());
            }
        }
        self.by_folder.insert(neighbour.folder.clone(), neighbour);
    }

    /// The package in a folder, unless its name stands for another.
    fn at(&self, folder: &RepoPath) -> Option<&Neighbour> {
        let found = self.by_folder.get(folder)?;
        Some(found).filter(|_| self.everywhere.get(found.name.as_str()) == Some(folder))
    }

    /// The package that a name stands for in a workspace.
    pub(crate) fn named(&self, home: &RepoPath, name: &str) -> Option<&Neighbour> {
        self.by_folder.get(self.by_name.get(home)?.get(name)?)
    }
}

/// A dependency with all that is said of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Need<'m> {
    pub(crate) key: &'m str,
    pub(crate) kind: DependencyKind,
    /// The entry, where it is a package's and not only a catalog's.
    pub(crate) entry: Option<&'m Entry>,
    /// What it asks for, with the catalog's words in the place of `catalog:`, and the file that they stand in.
    pub(crate) text: &'m Spanned,
    pub(crate) source: &'m Source,
    /// The file that the entry stands in.
    pub(crate) file: &'m Source,
    /// From where paths are seen.
    folder: &'m RepoPath,
}

impl<'m> Need<'m> {
    /// What a package needs. What a catalog should say and does not goes to `faults`.
    pub(crate) fn of(manifest: &'m Manifest, settings: Option<&'m Settings>, faults: &mut Vec<Error>) -> Vec<Self> {
        let mut all = Vec::new();
        for entry in &manifest.entries {
            let said = match Specifier::parse(&entry.text.value) {
                Specifier::Catalog(catalog) => {
                    let found = settings.and_then(|it| Some((&it.source, it.catalog(catalog, &entry.key)?)));
                    if found.is_none() {
                        let reason = format!("no catalog `{catalog}` says what `{}` is", entry.key);
                        let place = manifest.source.place(Some(entry.text.span.clone()));
                        faults.push(Error::Manifest { place, reason });
                    }
                    found
                }
                _ => Some((&manifest.source, &entry.text)),
            };
            let need = |(source, text)| {
                let (key, kind) = (entry.key.as_str(), entry.kind);
                let (file, folder) = (&manifest.source, &manifest.folder);
                Self { key, kind, entry: Some(entry), text, source, file, folder }
            };
            all.extend(said.map(need));
        }
        all
    }

    /// What catalogs say, whoever takes it from there.
    pub(crate) fn of_catalogs(settings: &'m Settings) -> impl Iterator<Item = Self> {
        let (source, folder) = (&settings.source, &settings.folder);
        let kind = DependencyKind::Runtime;
        let need = move |(key, text)| Self { key, kind, entry: None, text, source, file: source, folder };
        settings.entries().map(need)
    }

    /// What it asks for.
    pub(crate) fn specifier(&self) -> Specifier<'m> {
        Specifier::parse(&self.text.value)
    }

    /// The package that it is on, by its own name.
    pub(crate) fn name(&self) -> &'m str {
        match self.specifier() {
            Specifier::Versions { name: Some(name), .. } => name,
            _ => self.key,
        }
    }

    /// The package of the repository that it is on, and how it comes to be.
    ///
    /// A range without `workspace:` is met from the registry, as if the package were anybody's, unless the settings have pnpm
    /// link what admits it, or it is a peer's, which pnpm does not install for whoever uses the package.
    pub(crate) fn internal<'n>(
        &self,
        home: &RepoPath,
        links: bool,
        neighbours: &'n Neighbours,
    ) -> Option<(&'n Neighbour, Taken)> {
        match self.specifier() {
            Specifier::Versions { is_workspace: true, .. } => {
                Some((neighbours.named(home, self.name())?, Taken::Workspace))
            }
            Specifier::Versions { .. } => {
                let is_peer = self.kind == DependencyKind::Peer;
                let found = neighbours.named(home, self.name()).filter(|found| self.admits(found))?;
                let taken = if links { Taken::Linked } else { Taken::Beside };
                Some((found, taken)).filter(|_| links || is_peer)
            }
            Specifier::Path(path) => {
                Some((neighbours.at(&self.folder.join(path.trim_end_matches('/')).ok()?)?, Taken::Folder))
            }
            Specifier::Catalog(_) | Specifier::Elsewhere => None,
        }
    }

    fn admits(&self, neighbour: &Neighbour) -> bool {
        let admits = |version| Requirements.satisfies(&self.text.value, version).unwrap_or(false);
        neighbour.version.as_ref().is_some_and(admits)
    }
}
