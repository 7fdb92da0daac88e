//! A repository in which commits, tags, pushes and ref updates are recorded, and seen by what is read afterwards.

mod history;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use releasekit_core::event::Reporter;
use releasekit_core::model::{CommitId, ObjectId, RepoPath, TagName};
use releasekit_core::tree::Overlay;
use releasekit_core::vcs::{
    CommitInfo, CommitRequest, Expected, ExportRequest, Head, History, HistoryRequest, Lack, Need, OwnChanges, PathRun,
    Pushed, RefName, RefUpdate, RemoteRef, RemoteRefs, ReplayRequest, Tag, TagRequest, VcsCapabilities,
};
use releasekit_core::{BackendError, FileEdit, Result, Tree, Vcs};

use super::tell;
use crate::export::write_edits;
use crate::failure::Failure;

/// A commit that would have been made.
#[derive(Debug, Clone)]
struct Made {
    info: CommitInfo,
    parent: CommitId,
    edits: Vec<FileEdit>,
}

#[derive(Debug, Default)]
struct Records {
    made: BTreeMap<CommitId, Made>,
    /// Refs of remotes that would have been set; `None` for deleted ones.
    remote: BTreeMap<(String, RefName), Option<ObjectId>>,
    /// Refs of this repository that would have been set.
    local: BTreeMap<RefName, Option<ObjectId>>,
    /// What would have been written to the work tree.
    work_tree: Vec<FileEdit>,
    /// Commits that were described, among which one that would be made may be found again.
    seen: BTreeMap<CommitId, CommitInfo>,
}

#[derive(Debug)]
pub(super) struct RecordingVcs {
    inner: Arc<dyn Vcs>,
    reporter: Arc<dyn Reporter>,
    records: Mutex<Records>,
}

impl RecordingVcs {
    pub(super) fn new(inner: Arc<dyn Vcs>, reporter: Arc<dyn Reporter>) -> Self {
        Self { inner, reporter, records: Mutex::default() }
    }

    fn records(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn made(&self, commit: &CommitId) -> Option<Made> {
        self.records().made.get(commit).cloned()
    }

    /// The recorded commits from `commit` down, newest first, and the real one below them.
    fn down_to_real(&self, commit: &CommitId) -> (Vec<Made>, CommitId) {
        let (mut chain, mut at) = (Vec::new(), commit.clone());
        while let Some(made) = self.made(&at) {
            at = made.parent.clone();
            chain.push(made);
        }
        (chain, at)
    }

    /// Records a commit, or finds the one that was described before and is the same.
    async fn record(&self, parent: &CommitId, edits: Vec<FileEdit>, message: &str, time: i64) -> Result<CommitId> {
        let below = self.tree(parent).await?;
        let tree: Arc<dyn Tree> = Arc::new(Overlay::new(below, edits.iter().cloned()));
        if let Some(known) = self.known(parent, message, tree.as_ref()).await? {
            return Ok(known);
        }
        let name = synthetic(parent, &edits, message, time);
        let info = CommitInfo {
            id: CommitId::new(&name),
            tree: ObjectId::new(name.chars().rev().collect::<String>()),
            parents: vec![parent.clone()],
            message: message.to_owned(),
            time,
        };
        let id = info.id.clone();
        self.records().made.insert(id.clone(), Made { info, parent: parent.clone(), edits });
        Ok(id)
    }

    async fn known(&self, parent: &CommitId, message: &str, tree: &dyn Tree) -> Result<Option<CommitId>> {
        let alike = |info: &&CommitInfo| {
            info.parents == std::slice::from_ref(parent) && info.message.trim_end() == message.trim_end()
        };
        let candidates: Vec<CommitId> =
            self.records().seen.values().filter(alike).map(|info| info.id.clone()).collect();
        for candidate in candidates {
            if difference(self.tree(&candidate).await?.as_ref(), tree)?.is_empty() {
                return Ok(Some(candidate));
            }
        }
        Ok(None)
    }

    /// The edits of one commit, as they would be made on another parent; `None` where nothing is left of them. Fails
    /// with `Conflict`.
    async fn replayed(
        &self,
        commit: &CommitInfo,
        onto: &CommitId,
        without: &[RepoPath],
    ) -> Result<Option<Vec<FileEdit>>> {
        let own = self.own_changes(&commit.id).await?;
        let unfit = |why: String| Failure::DryRunConflict {
            what: format!("{} does not fit on {}: {why}", commit.id.short(), onto.short()),
        };
        if own.by_hand {
            return Err(unfit("it is a merge made by hand".to_owned()).into());
        }
        let before: Arc<dyn Tree> = match commit.parents.first() {
            Some(parent) => self.tree(parent).await?,
            None => Arc::new(releasekit_core::tree::MemoryTree::default()),
        };
        let (after, there) = (self.tree(&commit.id).await?, self.tree(onto).await?);
        let was_empty = own.is_nothing();
        let mut edits = Vec::new();
        for path in own.paths.into_iter().filter(|path| !without.contains(path)) {
            let (content, found) = (after.read(&path)?, there.read(&path)?);
            if found == content {
                continue;
            }
            if found != before.read(&path)? {
                return Err(unfit(format!("both change `{path}`")).into());
            }
            edits.push(match content {
                Some(content) => FileEdit::write(path, content),
                None => FileEdit::delete(path),
            });
        }
        Ok((was_empty || !edits.is_empty()).then_some(edits))
    }

    /// The commit that the tags would be: what it changes is the system's own, so here it changes nothing.
    async fn tag_commit(&self, request: &TagRequest) -> Result<RefUpdate> {
        let at = &request.branch.commit;
        let names: Vec<&str> = request.tags.iter().map(|(name, _)| name.as_str()).collect();
        let made = self.record(at, Vec::new(), &format!("tag {}", names.join(", ")), request.time).await?;
        Ok(RefUpdate {
            name: RefName::Branch(request.branch.name.clone()),
            new: Some(ObjectId::from(made)),
            expected: Expected::At(ObjectId::from(at.clone())),
        })
    }

    /// What does not agree with the expectations of some updates.
    fn surprise(
        &self,
        place: &str,
        updates: &[RefUpdate],
        now: impl Fn(&RefName) -> Option<ObjectId>,
    ) -> Option<BackendError> {
        let update = updates.iter().find(|update| !update.fits(now(&update.name).as_ref()))?;
        let what = format!("{} of {place} is not where it is expected", update.name);
        Some(Failure::DryRunConflict { what }.into())
    }
}

/// A name for a commit that does not exist, the same for the same content.
fn synthetic(parent: &CommitId, edits: &[FileEdit], message: &str, time: i64) -> String {
    let part = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, parent, message, time).hash(&mut hasher);
        edits.iter().for_each(|edit| (&edit.path, &edit.content).hash(&mut hasher));
        hasher.finish()
    };
    let name = format!("{:016x}{:016x}{:016x}", part(0), part(1), part(2));
    name[..40].to_owned()
}

/// What turns one tree into another.
fn difference(from: &dyn Tree, to: &dyn Tree) -> Result<Vec<FileEdit>> {
    let (before, after) = (from.files()?, to.files()?);
    let gone = before.iter().filter(|path| after.binary_search(path).is_err()).cloned().map(FileEdit::delete);
    let mut edits: Vec<FileEdit> = gone.collect();
    for path in after.iter() {
        let content = to.read(path)?;
        if content != from.read(path)? {
            edits.extend(content.map(|content| FileEdit::write(path.clone(), content)));
        }
    }
    Ok(edits)
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
        for (name, object) in &self.records().local {
            match (name, object) {
                (RefName::Tag(tag), Some(object)) => drop(tags.insert(tag.clone(), CommitId::new(object.as_str()))),
                (RefName::Tag(tag), None) => drop(tags.remove(tag)),
                (RefName::Branch(_), _) => {}
            }
        }
        Ok(tags.into_iter().map(|(name, commit)| Tag { name, commit }).collect())
    }

    async fn resolve(&self, revision: &str) -> Result<Option<CommitId>> {
        let id = CommitId::new(revision);
        if self.made(&id).is_some() {
            return Ok(Some(id));
        }
        let names = |name: &RefName| match name {
            RefName::Tag(tag) => tag.as_str() == revision,
            RefName::Branch(branch) => branch.as_str() == revision,
        };
        let recorded = self.records().local.iter().find(|(name, _)| names(name)).map(|(_, object)| object.clone());
        match recorded {
            Some(object) => Ok(object.map(|object| CommitId::new(object.as_str()))),
            None => self.inner.resolve(revision).await,
        }
    }

    async fn commits(&self, ids: &[CommitId]) -> Result<Vec<CommitInfo>> {
        let mut found = Vec::new();
        for id in ids {
            match self.made(id) {
                Some(made) => found.push(made.info),
                None => found.extend(self.inner.commits(std::slice::from_ref(id)).await?),
            }
        }
        self.records().seen.extend(found.iter().map(|info| (info.id.clone(), info.clone())));
        Ok(found)
    }

    async fn ancestors_among(&self, candidates: &[CommitId], descendant: &CommitId) -> Result<Vec<bool>> {
        let (chain, real) = self.down_to_real(descendant);
        let below = self.inner.ancestors_among(candidates, &real).await?;
        let recorded = |candidate: &CommitId| chain.iter().any(|made| made.info.id == *candidate);
        Ok(candidates.iter().zip(below).map(|(candidate, below)| below || recorded(candidate)).collect())
    }

    async fn commits_between(&self, hidden: &CommitId, head: &CommitId) -> Result<Vec<CommitInfo>> {
        let (hidden_chain, hidden_real) = self.down_to_real(hidden);
        let (chain, real) = self.down_to_real(head);
        let mut found = self.inner.commits_between(&hidden_real, &real).await?;
        let is_hidden = |made: &&Made| hidden_chain.iter().any(|other| other.info.id == made.info.id);
        found.extend(chain.iter().rev().filter(|made| !is_hidden(made)).map(|made| made.info.clone()));
        self.records().seen.extend(found.iter().map(|info| (info.id.clone(), info.clone())));
        Ok(found)
    }

    async fn own_changes(&self, commit: &CommitId) -> Result<OwnChanges> {
        match self.made(commit) {
            Some(made) => Ok(OwnChanges::of_contents(made.edits.into_iter().map(|edit| edit.path).collect())),
            None => self.inner.own_changes(commit).await,
        }
    }

    async fn is_contained(&self, commit: &CommitId, into: &CommitId) -> Result<bool> {
        let (chain, real) = self.down_to_real(commit);
        let there = self.tree(into).await?;
        for edit in chain.iter().rev().flat_map(|made| &made.edits) {
            if there.read(&edit.path)? != edit.content {
                return Ok(false);
            }
        }
        let (_, into) = self.down_to_real(into);
        if real == into { Ok(true) } else { self.inner.is_contained(&real, &into).await }
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
        let (chain, real) = self.down_to_real(commit);
        let tree = self.inner.tree(&real).await?;
        let lay = |below, made: &Made| Arc::new(Overlay::new(below, made.edits.iter().cloned())) as Arc<dyn Tree>;
        Ok(chain.iter().rev().fold(tree, lay))
    }

    async fn history(&self, request: &HistoryRequest) -> Result<History> {
        let (chain, real) = self.down_to_real(&request.head);
        let below = self.inner.history(&HistoryRequest { head: real, ..request.clone() }).await?;
        Ok(history::above(below, &chain, &request.scopes))
    }

    async fn path_runs(&self, from: &CommitId, path: &RepoPath) -> Result<Vec<PathRun>> {
        let (chain, real) = self.down_to_real(from);
        let mut runs = self.inner.path_runs(&real, path).await?;
        for made in chain.iter().rev() {
            history::put_on_top(&mut runs, made, path);
        }
        Ok(runs)
    }

    async fn remote_url(&self, remote: &str) -> Result<Option<String>> {
        self.inner.remote_url(remote).await
    }

    async fn remote_refs(&self, remote: &str) -> Result<RemoteRefs> {
        let mut refs = self.inner.remote_refs(remote).await?;
        for ((of, name), object) in self.records().remote.iter().filter(|((of, _), _)| of == remote) {
            debug_assert_eq!(of, remote);
            refs.refs.retain(|found| found.name != *name);
            refs.refs.extend(object.iter().map(|object| RemoteRef {
                name: name.clone(),
                object: object.clone(),
                commit: CommitId::new(object.as_str()),
            }));
        }
        refs.refs.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(refs)
    }

    async fn fetch(&self, remote: &str, objects: &[ObjectId]) -> Result<()> {
        for object in objects {
            let id = CommitId::new(object.as_str());
            if self.made(&id).is_none() && self.inner.resolve(object.as_str()).await?.is_none() {
                let need = Need::Object { remote: remote.to_owned(), object: object.clone() };
                let fetch = self.inner.hint(&need);
                return Err(Failure::DryRunFetch { object: object.to_string(), fetch }.into());
            }
        }
        Ok(())
    }

    async fn export(&self, request: &ExportRequest) -> Result<()> {
        let (chain, real) = self.down_to_real(&request.commit);
        let at_real = |tag: &Tag| Tag { name: tag.name.clone(), commit: self.down_to_real(&tag.commit).1 };
        let tags = request.tags.iter().map(at_real).collect();
        self.inner.export(&ExportRequest { commit: real, into: request.into.clone(), tags }).await?;
        for made in chain.iter().rev() {
            write_edits(&request.into, &made.edits).map_err(BackendError::from_diagnostic)?;
        }
        Ok(())
    }

    async fn commit(&self, request: &CommitRequest) -> Result<CommitId> {
        let id = self.record(&request.parent, request.edits.clone(), &request.message, request.time).await?;
        if self.made(&id).is_some() {
            let first = request.message.lines().next().unwrap_or_default();
            tell(self.reporter.as_ref(), format!("commit {} files, `{first}`", request.edits.len()));
        }
        Ok(id)
    }

    async fn replay(&self, request: &ReplayRequest) -> Result<CommitId> {
        let mut at = request.onto.clone();
        for info in self.commits(&request.commits).await? {
            if let Some(edits) = self.replayed(&info, &at, &request.without).await? {
                at = self.record(&at, edits, &info.message, info.time).await?;
            }
        }
        Ok(at)
    }

    async fn tag(&self, request: &TagRequest) -> Result<Vec<RefUpdate>> {
        let update = |(name, _): &(TagName, String)| RefUpdate {
            name: RefName::Tag(name.clone()),
            new: Some(ObjectId::from(request.commit.clone())),
            expected: Expected::Absent,
        };
        let branch = if self.capabilities().tag_is_commit { Some(self.tag_commit(request).await?) } else { None };
        Ok(branch.into_iter().chain(request.tags.iter().map(update)).collect())
    }

    async fn push(&self, remote: &str, updates: &[RefUpdate]) -> Result<Pushed> {
        let refs = self.remote_refs(remote).await?;
        let now = |name: &RefName| refs.object(name).cloned();
        if let Some(error) = self.surprise(&format!("`{remote}`"), updates, now) {
            return Ok(Pushed::Refused(error));
        }
        for update in updates {
            let verb = if update.new.is_some() { "set" } else { "delete" };
            tell(self.reporter.as_ref(), format!("{verb} {} of `{remote}`", update.name));
            self.records().remote.insert((remote.to_owned(), update.name.clone()), update.new.clone());
        }
        Ok(Pushed::Accepted)
    }

    async fn update_refs(&self, updates: &[RefUpdate]) -> Result<()> {
        let tags = self.tags().await?;
        let recorded = self.records().local.clone();
        let now = |name: &RefName| match (recorded.get(name), name) {
            (Some(object), _) => object.clone(),
            (None, RefName::Tag(name)) => {
                tags.iter().find(|tag| tag.name == *name).map(|tag| ObjectId::from(tag.commit.clone()))
            }
            // Where a branch of this repository stands is not asked for.
            (None, RefName::Branch(_)) => None,
        };
        let known: Vec<RefUpdate> =
            updates.iter().filter(|update| matches!(update.name, RefName::Tag(_))).cloned().collect();
        if let Some(error) = self.surprise("this repository", &known, now) {
            return Err(error);
        }
        for update in updates {
            tell(self.reporter.as_ref(), format!("set {} here", update.name));
            self.records().local.insert(update.name.clone(), update.new.clone());
        }
        Ok(())
    }
}
