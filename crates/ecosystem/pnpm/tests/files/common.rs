//! Trees and workspaces for tests.

use std::sync::Arc;

use releasekit_core::model::{Package, PackageName, RepoPath, Version};
use releasekit_core::tree::MemoryTree;
use releasekit_core::workspace::{DiscoverRequest, Discovered, EditRequest, Move};
use releasekit_core::{BackendError, Diagnostic, FileEdit, Tree, Workspace};
use releasekit_pnpm::PnpmWorkspace;

pub(crate) fn path(text: &str) -> RepoPath {
    RepoPath::new(text).expect("a legal path")
}

pub(crate) fn tree(files: &[(&str, &str)]) -> Arc<dyn Tree> {
    Arc::new(MemoryTree::new(files.iter().map(|(file, text)| (path(file), *text))))
}

/// A package file of a package at 1.0.0.
pub(crate) fn member(name: &str, more: &str) -> String {
    let comma = if more.is_empty() { "" } else { ", " };
    format!("{{\"name\": \"{name}\", \"version\": \"1.0.0\"{comma}{more}}}\n")
}

/// The root of a workspace whose members lie in `p`.
pub(crate) const ROOT: &str = "packages:\n  - p/*\n";

pub(crate) async fn discover(tree: &Arc<dyn Tree>, root: &str) -> Result<Discovered, BackendError> {
    let request = DiscoverRequest::new(Arc::clone(tree), path(root));
    PnpmWorkspace::default().discover(&request).await
}

pub(crate) async fn packages(tree: &Arc<dyn Tree>, root: &str) -> Vec<Package> {
    discover(tree, root).await.unwrap_or_else(|error| panic!("{error}: {:?}", parts(&error))).packages
}

/// The package of this name.
pub(crate) fn find<'p>(packages: &'p [Package], name: &str) -> &'p Package {
    packages.iter().find(|package| package.name.as_str() == name).unwrap_or_else(|| panic!("no `{name}`"))
}

/// Code and message of every remark.
pub(crate) fn remarks(found: &Discovered) -> Vec<(String, String)> {
    found.remarks.iter().map(|remark| (remark.code.to_string(), remark.message.clone())).collect()
}

/// Code and message of every part of an error.
pub(crate) fn parts(error: &BackendError) -> Vec<(String, String)> {
    let one = |error: &dyn Diagnostic| (error.code().to_string(), error.to_string());
    match error.parts() {
        parts if parts.is_empty() => vec![one(error)],
        parts => parts.into_iter().map(one).collect(),
    }
}

pub(crate) fn moved(name: &str, to: &str) -> Move {
    Move::new(PackageName::new(name), None, Version::from_canonical(to))
}

pub(crate) async fn edits(tree: &Arc<dyn Tree>, root: &str, moves: Vec<Move>) -> Vec<FileEdit> {
    let packages = packages(tree, root).await;
    let request = EditRequest::new(Arc::clone(tree), path(root), packages, moves);
    PnpmWorkspace::default().edits(&request).await.unwrap_or_else(|error| panic!("{error}: {:?}", parts(&error)))
}

/// The edits as path and text.
pub(crate) fn texts(edits: &[FileEdit]) -> Vec<(String, String)> {
    let text = |edit: &FileEdit| String::from_utf8(edit.content.clone().expect("written")).expect("UTF-8");
    edits.iter().map(|edit| (edit.path.to_string(), text(edit))).collect()
}
