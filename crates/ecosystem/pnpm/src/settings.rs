//! One pnpm-workspace.yaml: members, catalogs, and how members are taken for what others require.

use std::collections::BTreeMap;

use releasekit_core::model::RepoPath;
use releasekit_core::{BackendError, Tree};
use releasekit_formats::manifest::{Data, Node, Reader, Source, Spanned, yaml};
use releasekit_formats::npm::npmrc::Npmrc;

use crate::config::{NPMRC, SETTINGS};
use crate::error::Error;

/// The name of the catalog that has none.
const DEFAULT: &str = "default";

/// What the root of a workspace says.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) source: Source,
    pub(crate) folder: RepoPath,
    /// The globs of members, and of what is none.
    pub(crate) packages: Vec<Spanned>,
    catalogs: BTreeMap<String, BTreeMap<String, Spanned>>,
    /// Whether a plain range on the name of a member is met by the member.
    pub(crate) links: bool,
}

impl Settings {
    /// The place of a folder's settings.
    pub(crate) fn file(folder: &RepoPath) -> RepoPath {
        folder.join(SETTINGS).expect("a file name is a legal path")
    }

    /// Reads the settings of a folder; `None` where there are none. What is wrong with them goes to `faults`.
    pub(crate) fn read(
        tree: &dyn Tree,
        folder: &RepoPath,
        faults: &mut Vec<Error>,
    ) -> Result<Option<Self>, BackendError> {
        let Some(source) = Source::read(tree, &Self::file(folder))? else { return Ok(None) };
        let read = source.and_then(|source| Ok((yaml::parse(&source)?, source)));
        match read {
            Ok((root, source)) => {
                let links = root.get("linkWorkspacePackages").map(is_on);
                let links = links.map_or_else(|| links_by_npmrc(tree, folder), Ok)?;
                Ok(Some(Self::of(&root, source, folder.clone(), links, faults)))
            }
            Err(fault) => {
                faults.push(fault.into());
                Ok(None)
            }
        }
    }

    fn of(root: &Node, source: Source, folder: RepoPath, links: bool, faults: &mut Vec<Error>) -> Self {
        let mut reader = Reader::new(&source);
        reader.entries(Some(root), SETTINGS);
        let packages = reader.strings(root.get("packages"), "packages");
        let mut catalogs = BTreeMap::new();
        if let Some(catalog) = root.get("catalog") {
            catalogs.insert(DEFAULT.to_owned(), catalog_of(Some(catalog), "catalog", &mut reader));
        }
        for entry in reader.entries(root.get("catalogs"), "catalogs") {
            let name = &entry.key.value;
            if name == DEFAULT && catalogs.contains_key(DEFAULT) {
                reader.fault(&entry.key.span, "`catalog` is the catalog `default` already");
                continue;
            }
            catalogs.insert(name.clone(), catalog_of(Some(&entry.value), &format!("catalogs.{name}"), &mut reader));
        }
        faults.extend(reader.faults.into_iter().map(Error::from));
        Self { source, folder, packages, catalogs, links }
    }

    /// What a catalog says of a name.
    pub(crate) fn catalog(&self, catalog: &str, name: &str) -> Option<&Spanned> {
        self.catalogs.get(catalog)?.get(name)
    }

    /// Every entry of every catalog: its name, and what it says.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, &Spanned)> {
        self.catalogs.values().flatten().map(|(name, text)| (name.as_str(), text))
    }
}

fn catalog_of(node: Option<&Node>, key: &str, reader: &mut Reader<'_>) -> BTreeMap<String, Spanned> {
    let mut catalog = BTreeMap::new();
    for entry in reader.entries(node, key) {
        let text = reader.string(Some(&entry.value), &format!("{key}.{}", entry.key.value));
        catalog.extend(text.map(|text| (entry.key.value.clone(), text)));
    }
    catalog
}

/// `true`, or `deep`.
fn is_on(node: &Node) -> bool {
    matches!(&node.data, Data::Boolean(true)) || node.as_str() == Some("deep")
}

/// What pnpm 10 reads where the settings say nothing.
fn links_by_npmrc(tree: &dyn Tree, folder: &RepoPath) -> Result<bool, BackendError> {
    let said = npmrc(tree, folder)?;
    Ok(said.is_some_and(|said| matches!(said.get("link-workspace-packages"), Some("true" | "deep"))))
}

/// The settings of npm in a folder.
pub(crate) fn npmrc(tree: &dyn Tree, folder: &RepoPath) -> Result<Option<Npmrc>, BackendError> {
    let bytes = tree.read(&folder.join(NPMRC).expect("a file name is a legal path"))?;
    Ok(bytes.map(|bytes| Npmrc::parse(&String::from_utf8_lossy(&bytes))))
}
