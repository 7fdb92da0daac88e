//! A repository with a remote, in memory: its commits, files and refs are real, and it refuses what the contract of
//! [`Vcs`] forbids.

mod around;
mod codes;
mod files;
mod history;
mod merge;
mod objects;
mod refs;
mod repository;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use releasekit_core::model::{CommitId, ObjectId, RepoPath};
use releasekit_core::tree::MemoryTree;
use releasekit_core::vcs::{
    CommitInfo, CommitParents, CommitRequest, ExportRequest, Head, History, HistoryRequest, Lack, Need, OwnChanges,
    PathRun, Pushed, RefUpdate, RemoteRefs, ReplayRequest, Tag, TagRequest, VcsCapabilities,
};
use releasekit_core::{BackendError, FileEdit, Result, Tree, Vcs};

pub use around::world;
pub use codes::{CONFLICT, INVALID, MISSING, PRECONDITION};
pub use repository::{MemoryVcs, RECORDS, REMOTE};

use codes::refused;
use files::{edit, fresh, write};
use repository::locked;

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Vcs for MemoryVcs {
    fn capabilities(&self) -> VcsCapabilities {
        self.capabilities
    }
    fn root(&self) -> &Path {
        &self.root
    }
    fn private_folder(&self) -> PathBuf {
        self.root.with_file_name("private")
    }
    fn bookkeeping(&self) -> &[RepoPath] {
        if self.capabilities.tag_is_commit { &self.records } else { &[] }
    }
    async fn trusted_files(&self) -> Result<Vec<PathBuf>> {
        Ok(vec![self.root.with_file_name("settings")])
    }
    fn hint(&self, need: &Need) -> String {
        format!("`memory {need:?}`")
    }
    fn incomplete(&self, lack: Lack) -> BackendError {
        refused(PRECONDITION, format!("the clone lacks {lack:?}")).with_help("bring it")
    }
    async fn head(&self) -> Result<Head> {
        let state = self.state();
        let branch = Some(state.branch.clone());
        Ok(Head::new(state.head.clone(), branch, !state.cut.is_empty()))
    }
    async fn status(&self) -> Result<Vec<RepoPath>> {
        let committed = self.store.get(&self.state().head)?.files;
        Ok(merge::changed(&committed, &self.state().work).into_iter().collect())
    }
    async fn tags(&self) -> Result<Vec<Tag>> {
        Ok(self.tags_here())
    }
    async fn resolve(&self, revision: &str) -> Result<Option<CommitId>> {
        Ok(self.resolve_here(revision))
    }
    async fn commits(&self, ids: &[CommitId]) -> Result<Vec<CommitInfo>> {
        ids.iter().map(|id| self.info(id)).collect()
    }
    async fn ancestors_among(&self, candidates: &[CommitId], descendant: &CommitId) -> Result<Vec<bool>> {
        let reachable = self.reachable(descendant);
        Ok(candidates.iter().map(|candidate| reachable.contains(candidate)).collect())
    }
    async fn commits_between(&self, hidden: &CommitId, head: &CommitId) -> Result<Vec<CommitInfo>> {
        self.between(hidden, head)
    }
    async fn parents_between(&self, hidden: &CommitId, head: &CommitId) -> Result<Vec<CommitParents>> {
        let commits = self.between(hidden, head)?.into_iter();
        Ok(commits.map(|commit| CommitParents::new(commit.id, commit.parents)).collect())
    }
    async fn own_changes(&self, commit: &CommitId) -> Result<OwnChanges> {
        self.own_changes_of(commit)
    }
    async fn is_contained(&self, commit: &CommitId, into: &CommitId) -> Result<bool> {
        self.contains(into, commit)
    }
    async fn work_tree(&self) -> Result<Arc<dyn Tree>> {
        Ok(Arc::new(MemoryTree::new(self.state().work.clone())))
    }
    async fn write_work_tree(&self, edits: &[FileEdit]) -> Result<()> {
        self.refuse_in_scratch("a change of the work tree")?;
        let mut work = self.state().work.clone();
        edit(&mut work, edits)?;
        self.state().work = work;
        Ok(())
    }
    async fn tree(&self, commit: &CommitId) -> Result<Arc<dyn Tree>> {
        Ok(Arc::new(MemoryTree::new(self.store.get(commit)?.files.as_ref().clone())))
    }
    async fn expect_history(&self, _head: &CommitId) {}
    async fn history(&self, request: &HistoryRequest) -> Result<History> {
        self.walk(request)
    }
    async fn path_runs(&self, from: &CommitId, path: &RepoPath) -> Result<Vec<PathRun>> {
        self.runs(from, path)
    }
    async fn remote_url(&self, remote: &str) -> Result<Option<String>> {
        Ok((remote == REMOTE).then(|| self.url.clone()))
    }
    async fn remote_refs(&self, remote: &str) -> Result<RemoteRefs> {
        self.refs_of(remote)
    }
    async fn fetch(&self, remote: &str, objects: &[ObjectId]) -> Result<()> {
        self.bring(remote, objects)
    }
    async fn export(&self, request: &ExportRequest) -> Result<()> {
        let files = self.store.get(&request.commit)?.files;
        fresh(&request.into)?;
        write(&request.into, &files).map_err(|error| refused(PRECONDITION, error))?;
        locked(&self.exports).insert(request.into.clone(), files.as_ref().clone());
        Ok(())
    }
    /// What is hidden is no longer compared.
    async fn hide(&self, export: &Path, files: &[RepoPath]) -> Result<()> {
        let mut exports = locked(&self.exports);
        let no_export = || refused(PRECONDITION, format!("`{}` is no export", export.display()));
        let tracked = exports.get_mut(export).ok_or_else(no_export)?;
        if let Some(strange) = files.iter().find(|file| !tracked.contains_key(*file)) {
            return Err(refused(PRECONDITION, format!("`{strange}` is not tracked")));
        }
        tracked.retain(|file, _| !files.contains(file));
        Ok(())
    }
    async fn commit(&self, request: &CommitRequest) -> Result<CommitId> {
        let mut files = self.store.get(&request.parent)?.files.as_ref().clone();
        edit(&mut files, &request.edits)?;
        self.refuse_signature(request.sign)?;
        Ok(self.store.put(vec![request.parent.clone()], files, &request.message, request.time))
    }
    async fn replay(&self, request: &ReplayRequest) -> Result<CommitId> {
        self.replay_all(request)
    }
    async fn tag(&self, request: &TagRequest) -> Result<Vec<RefUpdate>> {
        self.make_tags(request)
    }
    async fn push(&self, remote: &str, updates: &[RefUpdate]) -> Result<Pushed> {
        self.refuse_in_scratch("a push")?;
        self.send(remote, updates)
    }
    async fn update_refs(&self, updates: &[RefUpdate]) -> Result<()> {
        self.refuse_in_scratch("a change of refs")?;
        self.set_here(updates)
    }
    async fn scratch(&self, into: &Path) -> Result<Arc<dyn Vcs>> {
        if !self.capabilities.scratch {
            return Err(BackendError::unsupported("a repository whose new objects are thrown away"));
        }
        fresh(into)?;
        let store = self.store.above();
        let heads = Arc::new(Mutex::new(locked(&self.heads).clone()));
        Ok(Arc::new(Self { store, heads, is_scratch: true, ..self.clone() }))
    }
}
