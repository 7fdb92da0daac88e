//! Versions that stand in the manifest of a crate, from which maturin makes a wheel: where, and which lockfile records them.

use std::collections::BTreeSet;

use releasekit_core::model::RepoPath;
use releasekit_core::{BackendError, Tree};
use releasekit_formats::manifest::toml::{at, parse};
use releasekit_formats::manifest::{Replacement, Source, requoted};
use toml_edit::{Item, Table};

use crate::dynamic::{Absent, Spelling, VersionPlace};
use crate::error::Error;
use crate::pyproject::PyProject;

/// The build backend.
pub(crate) const BACKEND: &str = "maturin";
const MANIFEST: &str = "Cargo.toml";
const LOCKFILE: &str = "Cargo.lock";

/// A manifest of a crate, or of a workspace of crates.
struct Crate {
    source: Source,
    table: Table,
}

impl Crate {
    /// Reads one; `None` where there is none, or none that can be read: whoever builds it will say why.
    fn read(tree: &dyn Tree, file: &RepoPath) -> Result<Option<Self>, BackendError> {
        let Some(source) = Source::read(tree, file)?.transpose().map_err(Error::from)? else { return Ok(None) };
        Ok(parse(&source).ok().map(|table| Self { source, table }))
    }

    fn version(&self) -> Option<&Item> {
        at(&self.table, &["package", "version"])
    }

    fn inherits(&self) -> bool {
        let version = self.version().and_then(Item::as_table_like);
        version.and_then(|version| version.get("workspace")).and_then(Item::as_bool) == Some(true)
    }

    fn name(&self) -> Option<&str> {
        at(&self.table, &["package", "name"]).and_then(Item::as_str)
    }

    /// The place of a version that is written here.
    fn place(self, path: &[&str]) -> Option<VersionPlace> {
        let item = at(&self.table, path)?;
        let (literal, span) = (item.as_str()?.to_owned(), item.span()?);
        Some(VersionPlace { source: self.source, literal, span, spelling: Spelling::Crate })
    }
}

/// Where the version of a project stands: in its crate, or in the workspace of that.
pub(crate) fn place(tree: &dyn Tree, manifest: &PyProject) -> Result<Result<VersionPlace, Absent>, BackendError> {
    let absent = |reason: String| Ok(Err(Absent::Unread(reason)));
    let Some(file) = crate_of(manifest) else { return absent("`[tool.maturin] manifest-path` leads out".to_owned()) };
    let Some(own) = Crate::read(tree, &file)? else {
        return absent(format!("maturin takes it from `{file}`, which is not there or cannot be read"));
    };
    let found = if own.inherits() {
        root(tree, &file)?.and_then(|root| root.place(&["workspace", "package", "version"]))
    } else {
        own.place(&["package", "version"])
    };
    Ok(found.ok_or_else(|| Absent::Unread(format!("maturin takes it from `{file}`, and there is none"))))
}

fn crate_of(manifest: &PyProject) -> Option<RepoPath> {
    let named = at(&manifest.table, &["tool", "maturin", "manifest-path"]).and_then(Item::as_str);
    manifest.folder.join(named.unwrap_or(MANIFEST)).ok()
}

/// The manifest of the workspace that a crate is in.
fn root(tree: &dyn Tree, file: &RepoPath) -> Result<Option<Crate>, BackendError> {
    for folder in std::iter::successors(file.parent(), RepoPath::parent) {
        let Ok(path) = folder.join(MANIFEST) else { continue };
        if let Some(found) = Crate::read(tree, &path)?.filter(|found| found.table.contains_key("workspace")) {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// What a lockfile has to say once a version moves: that of every crate whose version it is.
pub(crate) fn locked(
    tree: &dyn Tree,
    manifest: &PyProject,
    version: &str,
) -> Result<Option<(Source, Vec<Replacement>)>, BackendError> {
    let Some(file) = crate_of(manifest) else { return Ok(None) };
    let (Some(own), Some(lock)) = (Crate::read(tree, &file)?, lockfile(tree, &file)?) else { return Ok(None) };
    let moved = if own.inherits() {
        inheriting(tree, &lock.source.file)?
    } else {
        own.name().map(str::to_owned).into_iter().collect()
    };
    let packages = lock.table.get("package").and_then(Item::as_array_of_tables);
    let of_folders = packages.into_iter().flatten().filter(|package| !package.contains_key("source"));
    let named = |package: &&Table| package.get("name").and_then(Item::as_str).is_some_and(|name| moved.contains(name));
    let spans = of_folders.filter(named).filter_map(|package| package.get("version")?.span());
    let replaced = spans.map(|span| (span.clone(), requoted(&lock.source.text[span], version))).collect();
    Ok(Some((lock.source, replaced)))
}

fn lockfile(tree: &dyn Tree, file: &RepoPath) -> Result<Option<Crate>, BackendError> {
    for folder in std::iter::successors(file.parent(), RepoPath::parent) {
        let Ok(path) = folder.join(LOCKFILE) else { continue };
        if let Some(found) = Crate::read(tree, &path)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The names of the crates beside a lockfile that inherit their version.
fn inheriting(tree: &dyn Tree, lockfile: &RepoPath) -> Result<BTreeSet<String>, BackendError> {
    let folder = lockfile.parent().unwrap_or_default();
    let mut names = BTreeSet::new();
    for path in tree.files()?.iter().filter(|path| path.starts_with(&folder) && path.file_name() == Some(MANIFEST)) {
        let found = Crate::read(tree, path)?.filter(Crate::inherits);
        names.extend(found.and_then(|found| found.name().map(str::to_owned)));
    }
    Ok(names)
}
