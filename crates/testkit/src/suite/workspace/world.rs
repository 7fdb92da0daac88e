//! What is around the case.

use std::collections::BTreeSet;
use std::sync::Arc;

use releasekit_core::model::{Dependency, Package, RepoPath, Version};
use releasekit_core::requirements::Pin;
use releasekit_core::tree::{MemoryTree, Overlay};
use releasekit_core::workspace::{DetectRequest, DiscoverRequest, EditRequest, Move, PinRequest};
use releasekit_core::{BackendError, FileEdit, Tree, Workspace};

/// A repository with workspaces. The first one has two packages and no other at 1.0.0, which the files spell canonically: the
/// second requires the first, once, so that 1.1.0 is admitted and 2.0.0 is not, with a requirement that is not a pin. The files
/// have comments, and blanks where nobody would put them, where the format has them: what is respelled on the way is seen.
///
/// A case sees no more than its world has in it. So where the ecosystem has them, there are also a second workspace, one inside
/// the members of another, which is no root, and a requirement that spells the first package's name otherwise.
///
/// Some promises no world shows, so a backend has tests of its own for them: what a package without a version and a third
/// package say and become, requirements of builds and extras, and files that packages share.
#[derive(Debug)]
pub struct World {
    /// The backend.
    pub workspace: Arc<dyn Workspace>,
    /// The files.
    pub files: Vec<(&'static str, String)>,
    /// The roots of the workspaces, sorted; the repository's own is empty text.
    pub roots: &'static [&'static str],
    /// The names of the first workspace's packages, as their package files write them, the one that is required first; by path
    /// they are ordered alike.
    pub packages: [&'static str; 2],
    /// A package of nobody here that the second package requires besides, and nothing else; `None` where an ecosystem knows no
    /// others.
    pub outsider: Option<&'static str>,
    /// A package file of the second package that marks it as private; `None` where the ecosystem has no such mark.
    pub private: Option<&'static str>,
    /// A package file of the second package that says to which registries it is published, and their names; `None` where the
    /// ecosystem's files do not say so.
    pub published: Option<(&'static str, &'static [&'static str])>,
    /// A package file of the second package in which developers alone require the first, so that 1.1.0 is admitted and 2.0.0 is
    /// not, and nothing else is required; `None` where the ecosystem has no such requirements.
    pub developers: Option<&'static str>,
    /// Another spelling of the first package's name.
    pub spelling: &'static str,
    /// A package file that nobody can read, of either package.
    pub unreadable: &'static str,
}

pub(super) fn path(text: &str) -> RepoPath {
    RepoPath::new(text).expect("a path of the test")
}

pub(super) fn version(text: &str) -> Version {
    Version::from_canonical(text)
}

pub(super) fn said(error: BackendError) -> String {
    format!("it fails, in place of an answer: {error}")
}

/// A tree and the packages in it.
pub(super) struct State {
    pub(super) tree: Arc<dyn Tree>,
    pub(super) packages: Vec<Package>,
}

impl World {
    pub(super) fn tree(&self) -> Arc<dyn Tree> {
        Arc::new(MemoryTree::new(self.files.iter().map(|(file, text)| (path(file), text.as_str()))))
    }

    pub(super) fn root(&self) -> RepoPath {
        path(self.roots[0])
    }

    pub(super) async fn discover(
        &self,
        tree: &Arc<dyn Tree>,
        exclude: Vec<String>,
    ) -> Result<Vec<Package>, BackendError> {
        let request = DiscoverRequest::new(tree.clone(), self.root()).with_exclude(exclude);
        Ok(self.workspace.discover(&request).await?.packages)
    }

    /// The roots that are found where this is excluded.
    pub(super) async fn roots_without(&self, exclude: &[&str]) -> Result<Vec<String>, String> {
        let exclude = exclude.iter().map(|glob| (*glob).to_owned()).collect();
        let request = DetectRequest::new(self.tree()).with_exclude(exclude);
        let found = self.workspace.detect(&request).await.map_err(said)?;
        Ok(found.iter().map(ToString::to_string).collect())
    }

    /// The same with another package file of the second package.
    pub(super) async fn with_second(&self, state: &State, text: &str) -> Result<State, String> {
        let file = self.find(state, 1)?.manifest.clone();
        self.after(state, vec![FileEdit::write(file, text)]).await
    }

    /// The same with the text of the first package's file as `change` has it.
    pub(super) async fn with_first(&self, state: &State, change: impl Fn(&str) -> String) -> Result<State, String> {
        let file = self.find(state, 0)?.manifest.clone();
        let bytes = state.tree.read(&file).map_err(said)?.unwrap_or_default();
        let text = String::from_utf8(bytes).map_err(|error| format!("{file}: {error}"))?;
        self.after(state, vec![FileEdit::write(file, change(&text))]).await
    }

    /// The first workspace as it is.
    pub(super) async fn begin(&self) -> Result<State, String> {
        let tree = self.tree();
        let packages = self.discover(&tree, Vec::new()).await.map_err(said)?;
        Ok(State { tree, packages })
    }

    /// The tree with edits made, and what is then in it.
    pub(super) async fn after(&self, state: &State, edits: Vec<FileEdit>) -> Result<State, String> {
        let tree: Arc<dyn Tree> = Arc::new(Overlay::new(state.tree.clone(), edits));
        let packages = self.discover(&tree, Vec::new()).await.map_err(said)?;
        Ok(State { tree, packages })
    }

    pub(super) fn find<'a>(&self, state: &'a State, which: usize) -> Result<&'a Package, String> {
        let name = self.workspace.normalize(self.packages[which]);
        let is_it = |package: &&Package| self.workspace.normalize(package.name.as_str()) == name;
        state.packages.iter().find(is_it).ok_or_else(|| format!("`{name}` is not discovered: {:?}", state.packages))
    }

    pub(super) fn version(&self, state: &State, which: usize) -> Result<Option<String>, String> {
        Ok(self.find(state, which)?.version.as_ref().map(ToString::to_string))
    }

    /// The second package's requirement on the first one.
    pub(super) fn dependency(&self, state: &State) -> Result<Dependency, String> {
        let name = self.workspace.normalize(self.packages[0]);
        let second = self.find(state, 1)?;
        let is_it = |dependency: &&Dependency| self.workspace.normalize(dependency.name.as_str()) == name;
        let found = second.dependencies.iter().find(is_it).cloned();
        found.ok_or_else(|| format!("`{}` requires `{name}`, and depends on {:?}", second.name, second.dependencies))
    }

    pub(super) fn admits(&self, state: &State, text: &str) -> Result<bool, String> {
        let requirement = self.dependency(state)?.requirement;
        let admits = self.workspace.requirements().satisfies(&requirement, &version(text));
        admits.map_err(|error| format!("whether the dependency's `{requirement}` admits {text}: {}", said(error)))
    }

    pub(super) fn step(&self, state: &State, which: usize, to: &str) -> Result<Move, String> {
        let package = self.find(state, which)?;
        Ok(Move::new(package.name.clone(), package.version.clone(), version(to)))
    }

    /// The edits of moves, each of a package to a version.
    pub(super) async fn edits(&self, state: &State, moves: &[(usize, &str)]) -> Result<Vec<FileEdit>, String> {
        let moves = moves.iter().map(|(which, to)| self.step(state, *which, to)).collect::<Result<_, _>>()?;
        self.edits_of(state, moves).await
    }

    /// The edits of these moves.
    pub(super) async fn edits_of(&self, state: &State, moves: Vec<Move>) -> Result<Vec<FileEdit>, String> {
        let (tree, packages) = (state.tree.clone(), state.packages.clone());
        let request = EditRequest::new(tree, self.root(), packages, moves);
        self.workspace.edits(&request).await.map_err(said)
    }

    /// What is in the tree once packages have moved.
    pub(super) async fn moved(&self, moves: &[(usize, &str)]) -> Result<State, String> {
        let state = self.begin().await?;
        let edits = self.edits(&state, moves).await?;
        self.after(&state, edits).await
    }

    /// The first workspace before and after its requirements are pinned to a version.
    pub(super) async fn pinned(&self, pin: Pin, to: &str) -> Result<(State, State), String> {
        let state = self.begin().await?;
        let versions = state.packages.iter().map(|package| (package.name.clone(), version(to))).collect();
        let (tree, packages) = (state.tree.clone(), state.packages.clone());
        let request = PinRequest::new(tree, self.root(), packages, versions).with_pin(Some(pin));
        let edits = self.workspace.pins(&request).await.map_err(said)?;
        let after = self.after(&state, edits).await?;
        Ok((state, after))
    }

    /// The files that differ between two trees.
    pub(super) fn differing(&self, before: &State, after: &State) -> Result<Vec<RepoPath>, String> {
        let mut files = before.tree.files().map_err(said)?.to_vec();
        files.extend(after.tree.files().map_err(said)?.iter().cloned());
        let read = |state: &State, file: &RepoPath| state.tree.read(file).map_err(said);
        let mut differing = BTreeSet::new();
        for file in files {
            if read(before, &file)? != read(after, &file)? {
                differing.insert(file);
            }
        }
        Ok(differing.into_iter().collect())
    }
}
