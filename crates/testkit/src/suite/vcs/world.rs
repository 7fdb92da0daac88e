//! What a case is given, and what all of them say alike.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use releasekit_core::model::{BranchName, CommitId, ObjectId, RepoPath, TagName};
use releasekit_core::vcs::{
    BranchTip, CommitRequest, Expected, Pushed, RefName, RefUpdate, ReplayRequest, Sign, TagRequest,
};
use releasekit_core::{Diagnostic, ErrorKind, FileEdit, Tree, Vcs};
use tempfile::TempDir;

use crate::suite::Kept;

pub(super) use crate::suite::same;

/// The files of the first commit.
pub const START: &[(&str, &str)] = &[("a/deep/y", "1\n"), ("a/x", "1\n"), ("b/z", "1\n"), ("top", "1\n")];

/// The branch that is checked out.
pub const MAIN: &str = "main";

/// The remote.
pub const REMOTE: &str = "origin";

/// What lies around the clone that is held to its promises.
pub trait Around: fmt::Debug {
    /// Another clone of the remote, as that is now.
    fn other(&self) -> Arc<dyn Vcs>;

    /// A clone of the remote as that is now, which holds the newest commit of `main` alone. `None` where the system has no
    /// such clones.
    fn cut(&self) -> Option<Arc<dyn Vcs>>;

    /// Makes a commit in the clone that merges two which do not conflict, by the system's own means.
    fn merge(&self, parents: [&CommitId; 2]) -> CommitId;

    /// The tracked files of an export of which a tool that asks the system is told that they have changed, sorted.
    fn changed(&self, export: &Path) -> Vec<String>;

    /// All that the clone holds, files of the work tree too, but for objects that nothing points to.
    fn visible(&self) -> String;

    /// All that the clone holds.
    fn everything(&self) -> String;
}

/// A clone, fresh for each case. It has one commit with the files of [`START`] on branch [`MAIN`], which is checked out; it is
/// a clone of [`REMOTE`], which has the same. Nobody has a key to sign with.
pub struct World {
    /// The clone that is held to its promises.
    pub vcs: Arc<dyn Vcs>,
    around: Box<dyn Around>,
    change: Change,
    folder: TempDir,
}

/// What is put around each clone that is held to its promises.
type Change = Box<dyn Fn(Arc<dyn Vcs>) -> Arc<dyn Vcs>>;

impl fmt::Debug for World {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("World").field("vcs", &self.vcs).field("around", &self.around).finish_non_exhaustive()
    }
}

impl World {
    /// A clone with what lies around it.
    pub fn new(vcs: Arc<dyn Vcs>, around: Box<dyn Around>) -> Self {
        let folder = TempDir::with_prefix("releasekit-").expect("the temporary folder is writable");
        Self { vcs, around, change: Box::new(|vcs| vcs), folder }
    }

    /// The same world, whose clones are other ones, such as those that break a promise.
    #[must_use]
    pub fn with(self, change: impl Fn(Arc<dyn Vcs>) -> Arc<dyn Vcs> + 'static) -> Self {
        Self { vcs: change(self.vcs), change: Box::new(change), ..self }
    }

    /// A clone that is cut off, where the system has any.
    pub(super) fn cut(&self) -> Option<Arc<dyn Vcs>> {
        self.around.cut().map(&self.change)
    }

    /// What lies around it.
    pub(super) fn around(&self) -> &dyn Around {
        self.around.as_ref()
    }

    /// A folder that is not there yet.
    pub(super) fn folder(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) async fn head(&self) -> Result<CommitId, String> {
        Ok(self.vcs.head().await.told()?.commit)
    }

    /// A commit in the clone with one file written, named like the file.
    pub(super) async fn commit(&self, parent: &CommitId, file: &str, content: &str) -> Result<CommitId, String> {
        commit(&*self.vcs, parent, file, content).await
    }
}

pub(super) async fn commit(vcs: &dyn Vcs, parent: &CommitId, file: &str, content: &str) -> Result<CommitId, String> {
    vcs.commit(&request(parent, vec![write(file, content)], file)).await.told()
}

pub(super) fn request(parent: &CommitId, edits: Vec<FileEdit>, message: &str) -> CommitRequest {
    let message = format!("{message}\n\nbody ü\n");
    CommitRequest::new(parent.clone(), message, 1_800_000_000).with_edits(edits).with_sign(Sign::Never)
}

pub(super) fn replay(commits: &[&CommitId], onto: &CommitId, without: &[&str]) -> ReplayRequest {
    let commits = commits.iter().map(|commit| (*commit).clone()).collect();
    ReplayRequest::new(commits, onto.clone()).leaving_out(without.iter().map(|file| path(file)).collect())
}

/// Tags on a commit that `main` is at.
pub(super) fn tags(commit: &CommitId, names: &[&str]) -> TagRequest {
    let tags = names.iter().map(|name| (TagName::new(*name), format!("{name}\n"))).collect();
    let branch = BranchTip::new(BranchName::new(MAIN), commit.clone());
    TagRequest::new(commit.clone(), branch, 1_800_000_000).with_tags(tags).with_sign(Sign::Never)
}

/// A branch to be set to a commit, from another or from nothing.
pub(super) fn branch(name: &str, new: Option<&CommitId>, from: Option<&CommitId>) -> RefUpdate {
    let expected = from.map_or(Expected::Absent, |commit| Expected::At(commit.clone().into()));
    let name = RefName::Branch(BranchName::new(name));
    RefUpdate::new(name, new.map(|commit| ObjectId::from(commit.clone())), expected)
}

pub(super) async fn push(vcs: &dyn Vcs, updates: &[RefUpdate]) -> Result<bool, String> {
    Ok(matches!(vcs.push(REMOTE, updates).await.told()?, Pushed::Accepted))
}

/// Where the remote has a branch.
pub(super) async fn there(vcs: &dyn Vcs, name: &str) -> Result<Option<CommitId>, String> {
    let refs = vcs.remote_refs(REMOTE).await.told()?;
    Ok(refs.branch(&BranchName::new(name)).map(|found| found.commit.clone()))
}

pub(super) fn path(text: &str) -> RepoPath {
    RepoPath::new(text).expect("a legal path")
}

pub(super) fn write(file: &str, content: &str) -> FileEdit {
    FileEdit::write(path(file), content)
}

/// The name of a commit that nobody has, spelled as the system spells names.
pub(super) fn nobodys(like: &CommitId) -> CommitId {
    CommitId::new("1".repeat(like.as_str().len()))
}

pub(super) fn listed(tree: &dyn Tree) -> Result<Vec<String>, String> {
    Ok(tree.files().told()?.iter().map(ToString::to_string).collect())
}

pub(super) fn read(tree: &dyn Tree, file: &str) -> Result<Option<String>, String> {
    let content = tree.read(&path(file)).told()?;
    Ok(content.map(|content| String::from_utf8_lossy(&content).into_owned()))
}

/// Holds a failure to its kind.
pub(super) fn fails<T>(result: releasekit_core::Result<T>, kind: ErrorKind, promise: &str) -> Kept {
    match result {
        Err(error) if error.kind() == kind => Ok(()),
        Err(error) => Err(format!("{promise}: {:?} in place of {kind:?}: {error}", error.kind())),
        Ok(_) => Err(format!("{promise}: it went well in place of {kind:?}")),
    }
}

/// Whether nothing lies at a path, or an empty folder.
pub(super) fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).map_or(true, |mut entries| entries.next().is_none())
}

/// What nobody expects to fail, and says so where it does.
pub(super) trait Told<T> {
    fn told(self) -> Result<T, String>;
}

impl<T> Told<T> for releasekit_core::Result<T> {
    fn told(self) -> Result<T, String> {
        self.map_err(|error| format!("{} {error}", error.code()))
    }
}
