//! Version control systems that break one promise each.
//!
//! Each is named by the case of [`suite::vcs`](crate::suite::vcs) that it fails, and fails no other. What it does wrong stands
//! beside that name.

mod asked;
mod made;
mod sent;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use releasekit_core::model::{CommitId, ObjectId, RepoPath};
use releasekit_core::vcs::{
    CommitInfo, CommitParents, CommitRequest, ExportRequest, Head, History, HistoryRequest, Lack, Need, OwnChanges,
    PathRun, Pushed, RefUpdate, RemoteRefs, ReplayRequest, Tag, TagRequest, VcsCapabilities,
};
use releasekit_core::{BackendError, Diagnostic, ErrorKind, FileEdit, Result, Tree, Vcs};

/// A clone that breaks one promise.
#[derive(Debug)]
pub struct BrokenVcs {
    inner: Arc<dyn Vcs>,
    /// The case that it fails.
    case: &'static str,
    /// What it says that it can do, where that is not so.
    claims: Option<VcsCapabilities>,
    /// The clone that this is a scratch of.
    real: Option<Arc<dyn Vcs>>,
    /// What was asked before.
    asked: Mutex<BTreeSet<String>>,
}

impl BrokenVcs {
    /// One that fails this case.
    pub fn new(inner: Arc<dyn Vcs>, case: &'static str) -> Self {
        Self { inner, case, claims: None, real: None, asked: Mutex::default() }
    }

    /// One that does what it does, and says that it can do this.
    pub fn claiming(inner: Arc<dyn Vcs>, claims: VcsCapabilities) -> Self {
        Self { claims: Some(claims), ..Self::new(inner, "") }
    }

    fn breaks(&self, case: &str) -> bool {
        self.case == case
    }

    /// Whether the very same was asked before.
    fn is_repeated(&self, request: &impl std::fmt::Debug) -> bool {
        let mut asked = self.asked.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        !asked.insert(format!("{request:?}"))
    }

    /// The real clone, for what breaks a promise of scratches alone.
    fn real_for(&self, case: &str) -> Option<&dyn Vcs> {
        self.real.as_deref().filter(|_| self.breaks(case))
    }
}

/// A failure of a kind, taken for success.
fn forgiven<T>(result: Result<T>, kinds: &[ErrorKind], success: T) -> Result<T> {
    match result {
        Err(error) if kinds.contains(&error.kind()) => Ok(success),
        other => other,
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Vcs for BrokenVcs {
    fn capabilities(&self) -> VcsCapabilities {
        self.claims.unwrap_or_else(|| self.inner.capabilities())
    }
    fn root(&self) -> &Path {
        self.inner.root()
    }
    fn private_folder(&self) -> PathBuf {
        match self.breaks("places_are_absolute_and_apart") {
            true => self.inner.root().to_owned(),
            false => self.inner.private_folder(),
        }
    }
    fn bookkeeping(&self) -> &[RepoPath] {
        self.inner.bookkeeping()
    }
    async fn trusted_files(&self) -> Result<Vec<PathBuf>> {
        self.inner.trusted_files().await
    }
    fn hint(&self, need: &Need) -> String {
        let hint = self.inner.hint(need);
        if self.breaks("what_a_user_would_run_is_said") { hint.replace('`', "") } else { hint }
    }
    fn incomplete(&self, lack: Lack) -> BackendError {
        let error = self.inner.incomplete(lack);
        match self.breaks("what_a_clone_lacks_is_said_with_help") {
            true => BackendError::new(error.code(), error.to_string()),
            false => error,
        }
    }
    async fn head(&self) -> Result<Head> {
        let mut head = self.inner.head().await?;
        let is_lost = self.breaks("head_is_the_commit_that_is_checked_out");
        if is_lost || self.real_for("a_scratch_reads_what_the_clone_holds").is_some() {
            head.branch = None;
        }
        Ok(head)
    }
    async fn status(&self) -> Result<Vec<RepoPath>> {
        let mut status = self.inner.status().await?;
        if self.breaks("the_status_names_what_differs") {
            status.reverse();
        }
        Ok(status)
    }
    async fn tags(&self) -> Result<Vec<Tag>> {
        let mut tags = self.inner.tags().await?;
        if self.breaks("tags_here_are_listed_by_name") {
            tags.reverse();
        }
        Ok(tags)
    }
    async fn resolve(&self, revision: &str) -> Result<Option<CommitId>> {
        if revision.is_empty() && self.breaks("a_revision_names_one_commit_or_none") {
            return Ok(Some(self.inner.head().await?.commit));
        }
        self.inner.resolve(revision).await
    }
    async fn commits(&self, ids: &[CommitId]) -> Result<Vec<CommitInfo>> {
        self.described(ids).await
    }
    async fn ancestors_among(&self, candidates: &[CommitId], descendant: &CommitId) -> Result<Vec<bool>> {
        self.ancestors(candidates, descendant).await
    }
    async fn commits_between(&self, hidden: &CommitId, head: &CommitId) -> Result<Vec<CommitInfo>> {
        let mut found = self.inner.commits_between(hidden, head).await?;
        let has_merges = !self.breaks("commits_between_come_parents_first");
        found.retain(|info| has_merges || info.parents.len() < 2);
        Ok(found)
    }
    async fn parents_between(&self, hidden: &CommitId, head: &CommitId) -> Result<Vec<CommitParents>> {
        let mut found = self.inner.parents_between(hidden, head).await?;
        let has_merges = !self.breaks("commits_between_come_parents_first");
        found.retain(|commit| has_merges || commit.parents.len() < 2);
        if self.breaks("parents_between_two_are_those_of_the_commits") {
            found.reverse();
        }
        Ok(found)
    }
    async fn own_changes(&self, commit: &CommitId) -> Result<OwnChanges> {
        self.changes(commit).await
    }
    async fn is_contained(&self, commit: &CommitId, into: &CommitId) -> Result<bool> {
        self.contained(commit, into).await
    }
    async fn work_tree(&self) -> Result<Arc<dyn Tree>> {
        self.inner.work_tree().await
    }
    async fn write_work_tree(&self, edits: &[FileEdit]) -> Result<()> {
        self.write(edits).await
    }
    async fn tree(&self, commit: &CommitId) -> Result<Arc<dyn Tree>> {
        let tree = self.inner.tree(commit).await;
        if !self.breaks("a_commit_has_its_files") {
            return tree;
        }
        forgiven(tree, &[ErrorKind::NotFound], Arc::new(releasekit_core::tree::MemoryTree::default()))
    }
    async fn expect_history(&self, head: &CommitId) {
        self.inner.expect_history(head).await;
    }
    async fn history(&self, request: &HistoryRequest) -> Result<History> {
        self.walk(request).await
    }
    async fn path_runs(&self, from: &CommitId, path: &RepoPath) -> Result<Vec<PathRun>> {
        let mut runs = self.inner.path_runs(from, path).await?;
        let has_ends = !self.breaks("the_runs_of_a_file_end_where_it_was_not_there");
        runs.retain(|run| has_ends || run.content.is_some());
        Ok(runs)
    }
    async fn remote_url(&self, remote: &str) -> Result<Option<String>> {
        let url = self.inner.remote_url(remote).await?;
        Ok(if self.breaks("remotes_are_known_by_name") { url.or(Some(remote.to_owned())) } else { url })
    }
    async fn remote_refs(&self, remote: &str) -> Result<RemoteRefs> {
        let mut refs = self.inner.remote_refs(remote).await?;
        if self.breaks("the_refs_of_a_remote_are_listed_by_name") {
            refs.refs.reverse();
        }
        Ok(refs)
    }
    async fn fetch(&self, remote: &str, objects: &[ObjectId]) -> Result<()> {
        self.bring(remote, objects).await
    }
    async fn export(&self, request: &ExportRequest) -> Result<()> {
        self.check_out(request).await
    }
    async fn hide(&self, export: &Path, files: &[RepoPath]) -> Result<()> {
        self.conceal(export, files).await
    }
    async fn commit(&self, request: &CommitRequest) -> Result<CommitId> {
        self.make(request).await
    }
    async fn replay(&self, request: &ReplayRequest) -> Result<CommitId> {
        self.make_anew(request).await
    }
    async fn tag(&self, request: &TagRequest) -> Result<Vec<RefUpdate>> {
        self.make_tags(request).await
    }
    async fn push(&self, remote: &str, updates: &[RefUpdate]) -> Result<Pushed> {
        self.send(remote, updates).await
    }
    async fn update_refs(&self, updates: &[RefUpdate]) -> Result<()> {
        self.set(updates).await
    }
    async fn scratch(&self, into: &Path) -> Result<Arc<dyn Vcs>> {
        let mut made = self.inner.scratch(into).await;
        if made.is_err() && self.breaks("a_scratch_goes_to_an_empty_folder") {
            made = self.inner.scratch(&into.join("below")).await;
        }
        Ok(Arc::new(Self { real: Some(self.inner.clone()), ..Self::new(made?, self.case) }))
    }
}
