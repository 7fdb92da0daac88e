//! The repository as the rest of the program sees it: each method leads to the module that does it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use releasekit_core::model::{CommitId, ObjectId, RepoPath};
use releasekit_core::vcs::{
    CommitInfo, CommitParents, CommitRequest, ExportRequest, Head, History, HistoryRequest, Lack, Need, OwnChanges,
    PathRun, Pushed, RefUpdate, RemoteRefs, ReplayRequest, Tag, TagRequest, VcsCapabilities,
};
use releasekit_core::{BackendError, FileEdit, Result, Tree, Vcs};

use crate::history::graph::Cache;
use crate::read::{ancestry, path_runs, refs as read_refs};
use crate::repository::Git;
use crate::tree::{CommitTree, WorkTree};
use crate::{
    commit, export, hide, history, lack, merge, object, quarantine, refs, remote, replay, status, tag, tree, trusted,
};

impl Git {
    /// Where new objects are thrown away, all else stays as it is.
    fn refuse_in_scratch(&self, what: &str) -> Result<()> {
        let refused = || BackendError::unsupported(format!("{what} where new objects are thrown away"));
        if self.is_scratch() { Err(refused()) } else { Ok(()) }
    }
}

#[async_trait]
impl Vcs for Git {
    fn capabilities(&self) -> VcsCapabilities {
        let mut capabilities = VcsCapabilities::NONE;
        capabilities.atomic_push = true;
        capabilities.leases = true;
        capabilities.scratch = true;
        capabilities
    }

    fn root(&self) -> &Path {
        &self.places.root
    }

    fn private_folder(&self) -> PathBuf {
        self.places.common_dir.join("releasekit")
    }

    fn bookkeeping(&self) -> &[RepoPath] {
        &[]
    }

    async fn trusted_files(&self) -> Result<Vec<PathBuf>> {
        Ok(trusted::files(self).await?)
    }

    fn hint(&self, need: &Need) -> String {
        lack::hint(need)
    }

    fn incomplete(&self, lack: Lack) -> BackendError {
        lack::error(lack).into()
    }

    async fn head(&self) -> Result<Head> {
        Ok(self.read(read_refs::head).await?)
    }

    async fn status(&self) -> Result<Vec<RepoPath>> {
        Ok(status::status(self).await?)
    }

    async fn tags(&self) -> Result<Vec<Tag>> {
        Ok(self.read(read_refs::tags).await?)
    }

    async fn resolve(&self, revision: &str) -> Result<Option<CommitId>> {
        let revision = revision.to_owned();
        Ok(self.read(move |repo| Ok(read_refs::resolve(repo, &revision))).await?)
    }

    async fn commits(&self, ids: &[CommitId]) -> Result<Vec<CommitInfo>> {
        let ids = ids.to_vec();
        Ok(self.read(move |repo| ancestry::commits(repo, &ids)).await?)
    }

    async fn expect_history(&self, head: &CommitId) {
        if let Ok(head) = object::object_id(head.as_str()) {
            self.known.read_ahead(&self.repo, head);
        }
    }

    async fn ancestors_among(&self, candidates: &[CommitId], descendant: &CommitId) -> Result<Vec<bool>> {
        let (candidates, descendant) = (candidates.to_vec(), descendant.clone());
        let read = move |repo: &gix::Repository, known: &Cache| {
            ancestry::ancestors_among(repo, known, &candidates, &descendant)
        };
        Ok(self.read_graph(read).await?)
    }

    async fn commits_between(&self, hidden: &CommitId, head: &CommitId) -> Result<Vec<CommitInfo>> {
        let (hidden, head) = (hidden.clone(), head.clone());
        let read = move |repo: &gix::Repository, known: &Cache| ancestry::commits_between(repo, known, &hidden, &head);
        Ok(self.read_graph(read).await?)
    }

    async fn parents_between(&self, hidden: &CommitId, head: &CommitId) -> Result<Vec<CommitParents>> {
        let (hidden, head) = (hidden.clone(), head.clone());
        let read = move |repo: &gix::Repository, known: &Cache| ancestry::parents_between(repo, known, &hidden, &head);
        Ok(self.read_graph(read).await?)
    }

    async fn own_changes(&self, commit: &CommitId) -> Result<OwnChanges> {
        Ok(merge::own_changes(self, commit).await?)
    }

    async fn is_contained(&self, commit: &CommitId, into: &CommitId) -> Result<bool> {
        Ok(merge::is_contained(self, commit, into).await?)
    }

    async fn work_tree(&self) -> Result<Arc<dyn Tree>> {
        Ok(Arc::new(WorkTree::new(self.repo.clone(), self.places.root.clone())))
    }

    async fn write_work_tree(&self, edits: &[FileEdit]) -> Result<()> {
        self.refuse_in_scratch("a change of the work tree")?;
        Ok(tree::write(&self.places.root, edits)?)
    }

    async fn tree(&self, commit: &CommitId) -> Result<Arc<dyn Tree>> {
        let id = object::object_id(commit.as_str())?;
        let root = self.read(move |repo| object::tree_of(repo, id)).await?;
        Ok(Arc::new(CommitTree::new(self.repo.clone(), self.known.clone(), root)))
    }

    async fn history(&self, request: &HistoryRequest) -> Result<History> {
        let request = request.clone();
        Ok(self.read_graph(move |repo, known| history::history(repo, known, &request)).await?)
    }

    async fn path_runs(&self, from: &CommitId, path: &RepoPath) -> Result<Vec<PathRun>> {
        let (from, path) = (from.clone(), path.clone());
        Ok(self.read_graph(move |repo, known| path_runs::path_runs(repo, known, &from, &path)).await?)
    }

    async fn remote_url(&self, remote: &str) -> Result<Option<String>> {
        Ok(remote::url(self, remote).await?)
    }

    async fn remote_refs(&self, remote: &str) -> Result<RemoteRefs> {
        Ok(remote::refs(self, remote).await?)
    }

    async fn fetch(&self, remote: &str, objects: &[ObjectId]) -> Result<()> {
        Ok(remote::fetch(self, remote, objects).await?)
    }

    async fn export(&self, request: &ExportRequest) -> Result<()> {
        Ok(export::export(self, request).await?)
    }

    async fn hide(&self, export: &Path, files: &[RepoPath]) -> Result<()> {
        Ok(hide::hide(self, export, files).await?)
    }

    async fn commit(&self, request: &CommitRequest) -> Result<CommitId> {
        Ok(commit::commit(self, request).await?)
    }

    async fn replay(&self, request: &ReplayRequest) -> Result<CommitId> {
        Ok(replay::replay(self, request).await?)
    }

    async fn tag(&self, request: &TagRequest) -> Result<Vec<RefUpdate>> {
        Ok(tag::tag(self, request).await?)
    }

    async fn push(&self, remote: &str, updates: &[RefUpdate]) -> Result<Pushed> {
        self.refuse_in_scratch("a push")?;
        Ok(remote::push(self, remote, updates).await?)
    }

    async fn update_refs(&self, updates: &[RefUpdate]) -> Result<()> {
        self.refuse_in_scratch("a change of refs")?;
        Ok(refs::update(self, updates).await?)
    }

    async fn scratch(&self, into: &Path) -> Result<Arc<dyn Vcs>> {
        Ok(Arc::new(quarantine::open(self, into)?))
    }
}
