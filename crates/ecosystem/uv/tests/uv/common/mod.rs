//! Trees and workspaces for tests.

pub(crate) mod index;
pub(crate) mod tool;

use std::path::Path;
use std::sync::Arc;

use releasekit_core::model::{Package, PackageName, RepoPath, Version};
use releasekit_core::tree::MemoryTree;
use releasekit_core::workspace::{DiscoverRequest, Move};
use releasekit_core::{BackendError, Diagnostic, FileEdit, Tree, Workspace};
use releasekit_testkit::tree_of;
use releasekit_uv::UvWorkspace;

pub(crate) fn path(text: &str) -> RepoPath {
    RepoPath::new(text).expect("a legal path")
}

pub(crate) fn tree(files: &[(&str, &str)]) -> Arc<dyn Tree> {
    Arc::new(MemoryTree::new(files.iter().map(|(file, text)| (path(file), *text))))
}

/// What lies on disk, as a tree.
pub(crate) fn disk(root: &Path) -> Arc<dyn Tree> {
    Arc::new(tree_of(root))
}

pub(crate) async fn discover(tree: &Arc<dyn Tree>, root: &str) -> Result<Vec<Package>, BackendError> {
    let request = DiscoverRequest::new(Arc::clone(tree), path(root));
    UvWorkspace::default().discover(&request).await.map(|discovery| discovery.packages)
}

pub(crate) async fn packages(tree: &Arc<dyn Tree>, root: &str) -> Vec<Package> {
    discover(tree, root).await.unwrap_or_else(|error| panic!("{error}: {:?}", parts(&error)))
}

/// Code and message of every part of an error.
pub(crate) fn parts(error: &BackendError) -> Vec<(String, String)> {
    let one = |error: &dyn Diagnostic| (error.code().to_string(), error.to_string());
    match error.parts() {
        parts if parts.is_empty() => vec![one(error)],
        parts => parts.into_iter().map(one).collect(),
    }
}

pub(crate) fn codes(error: &BackendError) -> Vec<String> {
    parts(error).into_iter().map(|(code, _)| code).collect()
}

pub(crate) fn moved(name: &str, from: &str, to: &str) -> Move {
    Move::new(PackageName::new(name), Some(version(from)), version(to))
}

pub(crate) fn version(text: &str) -> Version {
    Version::from_canonical(text)
}

/// The edits as path and text.
pub(crate) fn texts(edits: &[FileEdit]) -> Vec<(String, String)> {
    let text = |edit: &FileEdit| String::from_utf8(edit.content.clone().expect("written")).expect("UTF-8");
    edits.iter().map(|edit| (edit.path.to_string(), text(edit))).collect()
}
