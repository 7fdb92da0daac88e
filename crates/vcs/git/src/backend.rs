//! The repository as the rest of the program sees it: each method leads to the module that does it.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use releasekit_core::model::{CommitId, ObjectId, RepoPath};
use releasekit_core::vcs::{
    CommitInfo, CommitRequest, ExportRequest, Head, History, HistoryRequest, OwnChanges, PathRun, Pushed, RefUpdate,
    RemoteRefs, ReplayRequest, Tag, TagRequest, VcsCapabilities,
};
use releasekit_core::{Result, Tree, Vcs};

use crate::error::Error;
use crate::history::graph::Cache;
use crate::program::{Invocation, Program};
use crate::read::{ancestry, path_runs, refs as read_refs};
use crate::tree::{CommitTree, WorkTree};
use crate::{commit, export, history, merge, object, refs, remote, replay, status, tag, trusted};

/// Where the parts of a repository lie, all absolute.
#[derive(Debug, Clone)]
pub(crate) struct Places {
    /// The root of the work tree.
    pub(crate) root: PathBuf,
    /// The folder with HEAD and the index.
    pub(crate) git_dir: PathBuf,
    /// The folder with objects, refs and settings: the same unless this is a linked work tree.
    pub(crate) common_dir: PathBuf,
    /// Where throw-away folders are made.
    pub(crate) scratch: PathBuf,
}

/// A git repository with a work tree.
pub(crate) struct Git {
    repo: gix::ThreadSafeRepository,
    pub(crate) program: Program,
    pub(crate) places: Places,
    pub(crate) offline: bool,
    known: Arc<Cache>,
}

impl fmt::Debug for Git {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Git").field("places", &self.places).field("offline", &self.offline).finish_non_exhaustive()
    }
}

impl Git {
    pub(crate) fn new(repo: gix::ThreadSafeRepository, program: Program, places: Places, offline: bool) -> Self {
        Self { repo, program, places, offline, known: Arc::default() }
    }

    /// A git command in this repository.
    pub(crate) fn command<A: Into<OsString>>(&self, args: impl IntoIterator<Item = A>) -> Invocation<'_> {
        let command = self.program.in_folder(&self.places.root, args);
        command.var("GIT_DIR", &self.places.git_dir).var("GIT_WORK_TREE", &self.places.root)
    }

    /// Reads from the repository on a thread where waiting for the disk holds up nobody.
    pub(crate) async fn read<T, F>(&self, read: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&gix::Repository) -> Result<T, Error> + Send + 'static,
    {
        self.read_graph(move |repo, _| read(repo)).await
    }

    /// The same, with the commits that were read before.
    async fn read_graph<T, F>(&self, read: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: FnOnce(&gix::Repository, &Cache) -> Result<T, Error> + Send + 'static,
    {
        let (repo, known) = (self.repo.clone(), self.known.clone());
        match tokio::task::spawn_blocking(move || read(&repo.to_thread_local(), &known)).await {
            Ok(result) => result,
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        }
    }
}

#[async_trait]
impl Vcs for Git {
    fn capabilities(&self) -> VcsCapabilities {
        let mut capabilities = VcsCapabilities::NONE;
        capabilities.annotated_tags = true;
        capabilities.atomic_push = true;
        capabilities.leases = true;
        capabilities.partial_history = true;
        capabilities.signing = true;
        capabilities
    }

    fn root(&self) -> &Path {
        &self.places.root
    }

    fn private_folder(&self) -> PathBuf {
        self.places.common_dir.join("releasekit")
    }

    async fn trusted_files(&self) -> Result<Vec<PathBuf>> {
        Ok(trusted::files(self).await?)
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

    async fn own_changes(&self, commit: &CommitId) -> Result<OwnChanges> {
        Ok(merge::own_changes(self, commit).await?)
    }

    async fn is_contained(&self, commit: &CommitId, into: &CommitId) -> Result<bool> {
        Ok(merge::is_contained(self, commit, into).await?)
    }

    async fn work_tree(&self) -> Result<Arc<dyn Tree>> {
        Ok(Arc::new(WorkTree::new(self.repo.clone(), self.places.root.clone())))
    }

    async fn tree(&self, commit: &CommitId) -> Result<Arc<dyn Tree>> {
        let id = object::object_id(commit.as_str())?;
        let root = self.read(move |repo| object::tree_of(repo, id)).await?;
        Ok(Arc::new(CommitTree::new(self.repo.clone(), root)))
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
        Ok(remote::push(self, remote, updates).await?)
    }

    async fn update_refs(&self, updates: &[RefUpdate]) -> Result<()> {
        Ok(refs::update(self, updates).await?)
    }
}
