//! A version control system whose effects are counted.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use releasekit_core::model::{CommitId, ObjectId, RepoPath};
use releasekit_core::vcs::{
    CommitInfo, CommitParents, CommitRequest, ExportRequest, Head, History, HistoryRequest, Lack, Need, OwnChanges,
    PathRun, Pushed, RefUpdate, RemoteRefs, ReplayRequest, Tag, TagRequest, VcsCapabilities,
};
use releasekit_core::{BackendError, FileEdit, Result, Tree, Vcs};

use super::effects::{Effects, Outcome};

/// A version control system around another.
#[derive(Debug)]
pub(super) struct FaultyVcs {
    inner: Arc<dyn Vcs>,
    effects: Effects,
}

impl FaultyVcs {
    pub(super) fn new(inner: Arc<dyn Vcs>, effects: Effects) -> Self {
        Self { inner, effects }
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Vcs for FaultyVcs {
    fn capabilities(&self) -> VcsCapabilities {
        self.inner.capabilities()
    }

    fn root(&self) -> &Path {
        self.inner.root()
    }

    fn private_folder(&self) -> PathBuf {
        self.inner.private_folder()
    }

    fn bookkeeping(&self) -> &[RepoPath] {
        self.inner.bookkeeping()
    }

    async fn trusted_files(&self) -> Result<Vec<PathBuf>> {
        self.inner.trusted_files().await
    }

    fn hint(&self, need: &Need) -> String {
        self.inner.hint(need)
    }

    fn incomplete(&self, lack: Lack) -> BackendError {
        self.inner.incomplete(lack)
    }

    async fn head(&self) -> Result<Head> {
        self.inner.head().await
    }

    async fn status(&self) -> Result<Vec<RepoPath>> {
        self.inner.status().await
    }

    async fn tags(&self) -> Result<Vec<Tag>> {
        self.inner.tags().await
    }

    async fn resolve(&self, revision: &str) -> Result<Option<CommitId>> {
        self.inner.resolve(revision).await
    }

    async fn commits(&self, ids: &[CommitId]) -> Result<Vec<CommitInfo>> {
        self.inner.commits(ids).await
    }

    async fn ancestors_among(&self, candidates: &[CommitId], descendant: &CommitId) -> Result<Vec<bool>> {
        self.inner.ancestors_among(candidates, descendant).await
    }

    async fn commits_between(&self, hidden: &CommitId, head: &CommitId) -> Result<Vec<CommitInfo>> {
        self.inner.commits_between(hidden, head).await
    }

    async fn parents_between(&self, hidden: &CommitId, head: &CommitId) -> Result<Vec<CommitParents>> {
        self.inner.parents_between(hidden, head).await
    }

    async fn own_changes(&self, commit: &CommitId) -> Result<OwnChanges> {
        self.inner.own_changes(commit).await
    }

    async fn is_contained(&self, commit: &CommitId, into: &CommitId) -> Result<bool> {
        self.inner.is_contained(commit, into).await
    }

    async fn work_tree(&self) -> Result<Arc<dyn Tree>> {
        self.inner.work_tree().await
    }

    async fn write_work_tree(&self, edits: &[FileEdit]) -> Result<()> {
        self.effects.effect("write the work tree", self.inner.write_work_tree(edits)).await.into_result()
    }

    async fn tree(&self, commit: &CommitId) -> Result<Arc<dyn Tree>> {
        self.inner.tree(commit).await
    }

    async fn expect_history(&self, head: &CommitId) {
        self.inner.expect_history(head).await;
    }

    async fn history(&self, request: &HistoryRequest) -> Result<History> {
        self.inner.history(request).await
    }

    async fn path_runs(&self, from: &CommitId, path: &RepoPath) -> Result<Vec<PathRun>> {
        self.inner.path_runs(from, path).await
    }

    async fn remote_url(&self, remote: &str) -> Result<Option<String>> {
        self.inner.remote_url(remote).await
    }

    async fn remote_refs(&self, remote: &str) -> Result<RemoteRefs> {
        self.inner.remote_refs(remote).await
    }

    async fn fetch(&self, remote: &str, objects: &[ObjectId]) -> Result<()> {
        self.effects.effect("fetch", self.inner.fetch(remote, objects)).await.into_result()
    }

    async fn hide(&self, export: &Path, files: &[RepoPath]) -> Result<()> {
        self.inner.hide(export, files).await
    }

    async fn export(&self, request: &ExportRequest) -> Result<()> {
        self.effects.effect("export", self.inner.export(request)).await.into_result()
    }

    async fn commit(&self, request: &CommitRequest) -> Result<CommitId> {
        self.effects.effect("commit", self.inner.commit(request)).await.into_result()
    }

    async fn replay(&self, request: &ReplayRequest) -> Result<CommitId> {
        self.effects.effect("replay", self.inner.replay(request)).await.into_result()
    }

    async fn tag(&self, request: &TagRequest) -> Result<Vec<RefUpdate>> {
        self.effects.effect("tag", self.inner.tag(request)).await.into_result()
    }

    async fn push(&self, remote: &str, updates: &[RefUpdate]) -> Result<Pushed> {
        match self.effects.effect("push", self.inner.push(remote, updates)).await {
            Outcome::Reply(reply) => reply,
            Outcome::Refused(error) => Ok(Pushed::Refused(error)),
            Outcome::Lost(error) => Ok(Pushed::Unknown(error)),
        }
    }

    async fn update_refs(&self, updates: &[RefUpdate]) -> Result<()> {
        self.effects.effect("set local refs", self.inner.update_refs(updates)).await.into_result()
    }

    async fn scratch(&self, into: &Path) -> Result<Arc<dyn Vcs>> {
        self.inner.scratch(into).await
    }
}
