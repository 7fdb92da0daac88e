//! One package.json: what it says, and where it says it. Nothing here looks at any other file.

use std::path::Path;

use releasekit_core::model::{DependencyKind, RepoPath};
use releasekit_core::{BackendError, Tree};
use releasekit_formats::manifest::{Data, Node, Reader, Source, Spanned, json};
use serde::Deserialize;

use crate::config::MANIFEST;
use crate::error::Error;

/// A package file.
#[derive(Debug)]
pub(crate) struct Manifest {
    pub(crate) source: Source,
    pub(crate) folder: RepoPath,
    pub(crate) name: Option<Spanned>,
    pub(crate) version: Option<Spanned>,
    /// What marks it as one that nobody publishes.
    pub(crate) mark: Option<&'static str>,
    /// Every dependency of every table.
    pub(crate) entries: Vec<Entry>,
    /// Where npm would publish it: the registry, and the registries of scopes.
    pub(crate) registries: Vec<(Option<String>, Spanned)>,
    /// The members that npm, yarn or bun would take in.
    pub(crate) workspaces: Option<Vec<Spanned>>,
    /// The tool that it asks for, `pnpm` of `pnpm@10.0.0`.
    pub(crate) tool: Option<String>,
    /// The versions of node that it runs on.
    pub(crate) node: Option<String>,
}

/// One dependency as written.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    /// What the code calls it.
    pub(crate) key: String,
    pub(crate) kind: DependencyKind,
    pub(crate) table: &'static str,
    pub(crate) text: Spanned,
    /// Whether whoever has it can do without.
    pub(crate) is_optional: bool,
}

const TABLES: &[(&str, DependencyKind)] = &[
    ("dependencies", DependencyKind::Runtime),
    ("optionalDependencies", DependencyKind::Optional),
    ("peerDependencies", DependencyKind::Peer),
    ("devDependencies", DependencyKind::Dev),
];

impl Manifest {
    /// The place of a folder's package file.
    pub(crate) fn file(folder: &RepoPath) -> RepoPath {
        folder.join(MANIFEST).expect("a file name is a legal path")
    }

    /// Reads the package file of a folder; `None` where there is none. What is wrong with it goes to `faults`.
    pub(crate) fn read(
        tree: &dyn Tree,
        folder: &RepoPath,
        faults: &mut Vec<Error>,
    ) -> Result<Option<Self>, BackendError> {
        let Some(source) = Source::read(tree, &Self::file(folder))? else { return Ok(None) };
        match source {
            Ok(source) => Ok(Self::parse(source, folder.clone(), faults)),
            Err(fault) => {
                faults.push(fault.into());
                Ok(None)
            }
        }
    }

    /// Reads a text; `None` where it is no object of JSON.
    pub(crate) fn parse(source: Source, folder: RepoPath, faults: &mut Vec<Error>) -> Option<Self> {
        let root = match json::parse(&source) {
            Ok(root) => root,
            Err(fault) => {
                faults.push(fault.into());
                return None;
            }
        };
        let mut reader = Reader::new(&source);
        // Says whether a key is there twice, and whether this is an object.
        reader.entries(Some(&root), MANIFEST);
        if !matches!(root.data, Data::Object(_)) {
            faults.extend(reader.faults.into_iter().map(Error::from));
            return None;
        }
        let name = reader.string(root.get("name"), "name").filter(|name| !name.value.is_empty());
        let version = reader.string(root.get("version"), "version").filter(|version| !version.value.is_empty());
        let (entries, registries) = (entries(&root, &mut reader), registries(&root, &mut reader));
        let workspaces = workspaces(&root, &mut reader);
        faults.extend(reader.faults.into_iter().map(Error::from));
        let tool = root.get("packageManager").and_then(Node::as_str);
        let tool = tool.and_then(|text| text.split('@').next()).map(str::to_owned);
        let node =
            root.get("engines").and_then(|engines| engines.get("node")).and_then(Node::as_str).map(str::to_owned);
        let mark = mark(&root, version.is_some());
        Some(Self { source, folder, name, version, mark, entries, registries, workspaces, tool, node })
    }

    /// The name, where it has one.
    pub(crate) fn name(&self) -> Option<&str> {
        self.name.as_ref().map(|name| name.value.as_str())
    }
}

/// The name of the package in a package file, whatever else is wrong with that; `None` where it names none.
pub(crate) fn name(content: &[u8]) -> Option<String> {
    /// A package file of which nothing else is kept: a history has thousands of them.
    #[derive(Deserialize)]
    struct Named {
        name: String,
    }
    let text = std::str::from_utf8(content).ok()?;
    let is_object = text.trim_start().starts_with('{');
    if let Some(Named { name }) = is_object.then(|| serde_json::from_str(text).ok()).flatten() {
        return Some(name).filter(|name| !name.is_empty());
    }
    // Not as most are; perhaps there is a name all the same.
    let root = json::parse(&Source::new(RepoPath::root(), text)).ok()?;
    root.get("name")?.as_str().filter(|name| !name.is_empty()).map(str::to_owned)
}

/// What the package file of a folder on disk requires under a name, in whichever table; nothing where it cannot be read.
pub(crate) fn required(folder: &Path, name: &str) -> Vec<String> {
    let Ok(text) = std::fs::read_to_string(folder.join(MANIFEST)) else { return Vec::new() };
    let Ok(root) = json::parse(&Source::new(RepoPath::root(), &text)) else { return Vec::new() };
    TABLES.iter().filter_map(|(table, _)| root.get(table)?.get(name)?.as_str().map(str::to_owned)).collect()
}

fn mark(root: &Node, has_version: bool) -> Option<&'static str> {
    if root.get("private").is_some_and(Node::is_truthy) {
        return Some("`private: true`");
    }
    // What a market of an editor takes, npm has no use for.
    if root.get("engines").is_some_and(|engines| engines.get("vscode").is_some()) {
        return Some("`engines.vscode`");
    }
    (!has_version).then_some("no `version`")
}

fn entries(root: &Node, reader: &mut Reader<'_>) -> Vec<Entry> {
    let mut all = Vec::new();
    for (table, kind) in TABLES {
        for entry in reader.entries(root.get(table), table) {
            let Some(text) = reader.string(Some(&entry.value), &format!("{table}.{}", entry.key.value)) else {
                continue;
            };
            let key = entry.key.value.clone();
            let meta = root.get("peerDependenciesMeta").and_then(|meta| meta.get(&key)?.get("optional"));
            let is_optional = *kind == DependencyKind::Optional
                || (*kind == DependencyKind::Peer && meta.is_some_and(Node::is_truthy));
            all.push(Entry { key, kind: *kind, table, text, is_optional });
        }
    }
    all
}

/// `publishConfig.registry`, and `publishConfig["@scope:registry"]`.
fn registries(root: &Node, reader: &mut Reader<'_>) -> Vec<(Option<String>, Spanned)> {
    let mut all = Vec::new();
    for entry in reader.entries(root.get("publishConfig"), "publishConfig") {
        let key = entry.key.value.as_str();
        let scope = key.strip_suffix(":registry").filter(|scope| scope.starts_with('@'));
        if scope.is_some() || key == "registry" {
            let url = reader.string(Some(&entry.value), &format!("publishConfig.{key}"));
            all.extend(url.map(|url| (scope.map(str::to_owned), url)));
        }
    }
    all
}

/// A list of globs, which yarn also has under `packages`.
fn workspaces(root: &Node, reader: &mut Reader<'_>) -> Option<Vec<Spanned>> {
    let node = root.get("workspaces").filter(|node| node.is_truthy())?;
    let list = match &node.data {
        Data::Object(_) => node.get("packages"),
        _ => Some(node),
    };
    Some(reader.strings(list, "workspaces"))
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn the_name_of_a_package_is_found_whatever_else_is_wrong() {
        for text in [
            "{\"name\": \"a\", \"version\": 1}",
            "{\"x\": {\"name\": \"b\"}, \"name\": \"a\"}",
            " {\"x\": 1, \"x\": 2, \"name\": \"a\"}",
        ] {
            assert_eq!(name(text.as_bytes()).as_deref(), Some("a"), "{text}");
        }
        for text in ["", "{}", "{\"name\": 1}", "{\"name\": \"\"}", "[]", "[\"a\"]", "name: a"] {
            assert_eq!(name(text.as_bytes()), None, "{text}");
        }
    }
}
