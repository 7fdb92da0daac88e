//! A repository under a dry run: what is made is made for real and thrown away, and refs, pushes and files of the work tree
//! are recorded, and seen by what is read afterwards.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use releasekit_core::event::Reporter;
use releasekit_core::model::{CommitId, ObjectId, RepoPath};
use releasekit_core::tree::Overlay;
use releasekit_core::vcs::{
    CommitInfo, CommitParents, CommitRequest, Expected, ExportRequest, Head, History, HistoryRequest, Lack, Need,
    OwnChanges, PathRun, Pushed, RefName, RefUpdate, RemoteRef, RemoteRefs, ReplayRequest, Tag, TagRequest,
    VcsCapabilities,
};
use releasekit_core::{BackendError, FileEdit, Result, Tree, Vcs};
use tokio::sync::OnceCell;

use super::tell;
use crate::failure::Failure;
use crate::scratch::Scratch;
use crate::words::count;

/// Where a ref would be, with the commit that it leads to; `None` where it would be deleted.
type Place = Option<(ObjectId, CommitId)>;

#[derive(Debug, Default)]
struct Records {
    /// Refs of remotes that would have been set.
    remote: BTreeMap<(String, RefName), Place>,
    /// Refs of this repository that would have been set.
    local: BTreeMap<RefName, Place>,
    /// What would have been written to the work tree.
    work_tree: Vec<FileEdit>,
    /// Commits that were made and not told yet: one that nothing is pushed of changes nothing.
    made: Vec<String>,
}

#[derive(Debug)]
pub(super) struct RecordingVcs {
    inner: Arc<dyn Vcs>,
    /// The same repository with new objects elsewhere, from when it is needed. It goes before its folder.
    scratch: OnceCell<(Arc<dyn Vcs>, Scratch)>,
    cache: PathBuf,
    reporter: Arc<dyn Reporter>,
    records: Mutex<Records>,
}

impl RecordingVcs {
    pub(super) fn new(inner: Arc<dyn Vcs>, cache: PathBuf, reporter: Arc<dyn Reporter>) -> Self {
        Self { inner, scratch: OnceCell::new(), cache, reporter, records: Mutex::default() }
    }

    fn records(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where what was made so far is read. Reads go there too: some store what they merge or lack.
    async fn seen(&self) -> Result<&dyn Vcs> {
        if !self.inner.capabilities().scratch {
            return Ok(self.inner.as_ref());
        }
        let make = || async {
            let folder = Scratch::create(&self.cache, "dry-run").map_err(BackendError::from_diagnostic)?;
            let vcs = self.inner.scratch(&folder.path().join("objects")).await?;
            Ok::<_, BackendError>((vcs, folder))
        };
        Ok(self.scratch.get_or_try_init(make).await?.0.as_ref())
    }

    /// Where objects are made, if anywhere.
    async fn maker(&self, what: &str) -> Result<&dyn Vcs> {
        if self.inner.capabilities().scratch {
            return self.seen().await;
        }
        Err(BackendError::unsupported(format!("{what} in a dry run of this version control system")))
    }

    async fn place(&self, object: Option<&ObjectId>) -> Result<Place> {
        let Some(object) = object else { return Ok(None) };
        let commit = self.seen().await?.resolve(object.as_str()).await?;
        let missing = || Failure::DryRunConflict { what: format!("the clone lacks {object}") };
        Ok(Some((object.clone(), commit.ok_or_else(missing)?)))
    }

    /// A tag of this repository is where it is expected, or leads to where it would. Where a branch stands is not asked for.
    async fn refuse_surprise(&self, update: &RefUpdate, place: Option<&(ObjectId, CommitId)>) -> Result<()> {
        let RefName::Tag(name) = &update.name else { return Ok(()) };
        let found = self.tags().await?.into_iter().find(|tag| tag.name == *name).map(|tag| tag.commit);
        let expected = match &update.expected {
            Expected::Absent => None,
            Expected::At(object) => self.seen().await?.resolve(object.as_str()).await?,
        };
        let wanted = place.map(|(_, commit)| commit);
        if found == expected || found.as_ref() == wanted { Ok(()) } else { Err(moved(update, "this repository")) }
    }

    /// Tells what would have changed, after the commits that it needs.
    fn told(&self, what: String) {
        for made in std::mem::take(&mut self.records().made) {
            tell(self.reporter.as_ref(), made);
        }
        tell(self.reporter.as_ref(), what);
    }
}

/// A ref is not where it is expected.
fn moved(update: &RefUpdate, place: &str) -> BackendError {
    Failure::DryRunConflict { what: format!("{} of {place} is not where it is expected", update.name) }.into()
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Vcs for RecordingVcs {
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
        let mut tags: BTreeMap<_, _> = self.inner.tags().await?.into_iter().map(|tag| (tag.name, tag.commit)).collect();
        for (name, place) in &self.records().local {
            match (name, place) {
                (RefName::Tag(tag), Some((_, commit))) => drop(tags.insert(tag.clone(), commit.clone())),
                (RefName::Tag(tag), None) => drop(tags.remove(tag)),
                (RefName::Branch(_), _) => {}
            }
        }
        Ok(tags.into_iter().map(|(name, commit)| Tag::new(name, commit)).collect())
    }

    async fn resolve(&self, revision: &str) -> Result<Option<CommitId>> {
        let names = |name: &RefName| match name {
            RefName::Tag(tag) => tag.as_str() == revision,
            RefName::Branch(branch) => branch.as_str() == revision,
        };
        let recorded = self.records().local.iter().find(|(name, _)| names(name)).map(|(_, place)| place.clone());
        match recorded {
            Some(place) => Ok(place.map(|(_, commit)| commit)),
            None => self.seen().await?.resolve(revision).await,
        }
    }

    async fn commits(&self, ids: &[CommitId]) -> Result<Vec<CommitInfo>> {
        self.seen().await?.commits(ids).await
    }

    async fn expect_history(&self, head: &CommitId) {
        // What cannot be opened now is told to whoever asks for the history.
        if let Ok(seen) = self.seen().await {
            seen.expect_history(head).await;
        }
    }

    async fn ancestors_among(&self, candidates: &[CommitId], descendant: &CommitId) -> Result<Vec<bool>> {
        self.seen().await?.ancestors_among(candidates, descendant).await
    }

    async fn commits_between(&self, hidden: &CommitId, head: &CommitId) -> Result<Vec<CommitInfo>> {
        self.seen().await?.commits_between(hidden, head).await
    }

    async fn parents_between(&self, hidden: &CommitId, head: &CommitId) -> Result<Vec<CommitParents>> {
        self.seen().await?.parents_between(hidden, head).await
    }

    async fn own_changes(&self, commit: &CommitId) -> Result<OwnChanges> {
        self.seen().await?.own_changes(commit).await
    }

    async fn is_contained(&self, commit: &CommitId, into: &CommitId) -> Result<bool> {
        self.seen().await?.is_contained(commit, into).await
    }

    async fn work_tree(&self) -> Result<Arc<dyn Tree>> {
        let below = self.inner.work_tree().await?;
        let written = self.records().work_tree.clone();
        Ok(if written.is_empty() { below } else { Arc::new(Overlay::new(below, written)) })
    }

    async fn write_work_tree(&self, edits: &[FileEdit]) -> Result<()> {
        for edit in edits {
            let verb = if edit.content.is_some() { "write" } else { "delete" };
            tell(self.reporter.as_ref(), format!("{verb} `{}` in the work tree", edit.path));
        }
        self.records().work_tree.extend(edits.iter().cloned());
        Ok(())
    }

    async fn tree(&self, commit: &CommitId) -> Result<Arc<dyn Tree>> {
        self.seen().await?.tree(commit).await
    }

    async fn history(&self, request: &HistoryRequest) -> Result<History> {
        self.seen().await?.history(request).await
    }

    async fn path_runs(&self, from: &CommitId, path: &RepoPath) -> Result<Vec<PathRun>> {
        self.seen().await?.path_runs(from, path).await
    }

    async fn remote_url(&self, remote: &str) -> Result<Option<String>> {
        self.inner.remote_url(remote).await
    }

    async fn remote_refs(&self, remote: &str) -> Result<RemoteRefs> {
        let mut refs = self.inner.remote_refs(remote).await?;
        for ((_, name), place) in self.records().remote.iter().filter(|((of, _), _)| of == remote) {
            refs.refs.retain(|found| found.name != *name);
            let found = |(object, commit)| RemoteRef::new(name.clone(), object, commit);
            refs.refs.extend(place.clone().map(found));
        }
        refs.refs.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(refs)
    }

    async fn fetch(&self, remote: &str, objects: &[ObjectId]) -> Result<()> {
        let seen = self.seen().await?;
        if self.capabilities().scratch {
            return seen.fetch(remote, objects).await;
        }
        for object in objects {
            if seen.resolve(object.as_str()).await?.is_none() {
                let need = Need::Object { remote: remote.to_owned(), object: object.clone() };
                return Err(Failure::DryRunFetch { object: object.to_string(), fetch: self.hint(&need) }.into());
            }
        }
        Ok(())
    }

    async fn export(&self, request: &ExportRequest) -> Result<()> {
        self.seen().await?.export(request).await
    }

    async fn hide(&self, export: &Path, files: &[RepoPath]) -> Result<()> {
        self.inner.hide(export, files).await
    }

    async fn commit(&self, request: &CommitRequest) -> Result<CommitId> {
        let id = self.maker("a commit").await?.commit(request).await?;
        let first = request.message.lines().next().unwrap_or_default();
        self.records().made.push(format!("commit {}, `{first}`", count(request.edits.len(), "file")));
        Ok(id)
    }

    async fn replay(&self, request: &ReplayRequest) -> Result<CommitId> {
        self.maker("a replay").await?.replay(request).await
    }

    /// Where a tag is a commit, the tags are set beside it: what is asked of remotes shows them as refs.
    async fn tag(&self, request: &TagRequest) -> Result<Vec<RefUpdate>> {
        let mut updates = self.maker("a tag").await?.tag(request).await?;
        if self.capabilities().tag_is_commit {
            updates.extend(request.tags.iter().map(|(name, _)| {
                RefUpdate::new(
                    RefName::Tag(name.clone()),
                    Some(ObjectId::from(request.commit.clone())),
                    Expected::Absent,
                )
            }));
        }
        Ok(updates)
    }

    async fn push(&self, remote: &str, updates: &[RefUpdate]) -> Result<Pushed> {
        let refs = self.remote_refs(remote).await?;
        if let Some(update) = updates.iter().find(|update| !update.fits(refs.object(&update.name))) {
            return Ok(Pushed::Refused(moved(update, &format!("`{remote}`"))));
        }
        for update in updates {
            let place = self.place(update.new.as_ref()).await?;
            let verb = if update.new.is_some() { "set" } else { "delete" };
            self.told(format!("{verb} {} of `{remote}`", update.name));
            self.records().remote.insert((remote.to_owned(), update.name.clone()), place);
        }
        Ok(Pushed::Accepted)
    }

    async fn update_refs(&self, updates: &[RefUpdate]) -> Result<()> {
        let mut places = Vec::new();
        for update in updates {
            let place = self.place(update.new.as_ref()).await?;
            self.refuse_surprise(update, place.as_ref()).await?;
            places.push((update.name.clone(), place));
        }
        for (name, place) in places {
            self.told(format!("set {name} here"));
            self.records().local.insert(name, place);
        }
        Ok(())
    }

    async fn scratch(&self, into: &Path) -> Result<Arc<dyn Vcs>> {
        self.inner.scratch(into).await
    }
}
