//! A repository in memory with a history, and a remote that can change between two looks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use releasekit_core::model::*;
use releasekit_core::tree::MemoryTree;
use releasekit_core::vcs::*;
use releasekit_core::*;

use crate::memory::MemoryVcs;

type Files = BTreeMap<RepoPath, Vec<u8>>;

/// What the repository and its remote hold.
#[derive(Debug, Default)]
pub(crate) struct State {
    commits: BTreeMap<CommitId, (CommitInfo, Arc<dyn Tree>)>,
    /// What is checked out.
    pub(crate) head: String,
    /// Commits whose parents the clone lacks.
    pub(crate) cut: BTreeSet<CommitId>,
    /// Commits that only the remote has.
    pub(crate) remote_only: BTreeSet<CommitId>,
    /// The tags of this clone.
    pub(crate) here: BTreeMap<String, String>,
    /// The tags of the remote.
    pub(crate) there: BTreeMap<String, String>,
    /// Where the remote has `main`.
    pub(crate) main: String,
    /// What happens on the remote after so many looks at it.
    pub(crate) later: Option<(usize, Change)>,
    looks: usize,
    /// Tags that were pushed.
    pub(crate) pushed: Vec<String>,
}

/// What somebody else does on the remote.
pub(crate) type Change = fn(&mut State);

/// A repository; its clones are the same one.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    state: Arc<Mutex<State>>,
    exports: Arc<MemoryVcs>,
}

impl State {
    fn info(&self, id: &CommitId) -> Result<CommitInfo> {
        let missing = || BackendError::new(crate::memory::FAULT, ErrorKind::NotFound, format!("no commit {id}"));
        if self.remote_only.contains(id) {
            return Err(missing());
        }
        let mut info = self.commits.get(id).ok_or_else(missing)?.0.clone();
        if self.cut.contains(id) {
            info.parents.clear();
        }
        Ok(info)
    }

    fn reachable(&self, from: &CommitId) -> BTreeSet<CommitId> {
        let (mut found, mut open) = (BTreeSet::new(), vec![from.clone()]);
        while let Some(next) = open.pop() {
            if found.insert(next.clone()) {
                open.extend(self.info(&next).map(|info| info.parents).unwrap_or_default());
            }
        }
        found
    }
}

impl Line {
    /// An empty repository; `like` says where its folders are.
    pub(crate) fn new(like: MemoryVcs) -> Self {
        Self { state: Arc::default(), exports: Arc::new(like) }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Makes a commit with these files.
    pub(crate) fn commit(&self, id: &str, parents: &[&str], files: &Files) -> &Self {
        let info = CommitInfo {
            id: CommitId::new(id),
            parents: parents.iter().map(|parent| CommitId::new(*parent)).collect(),
            ..crate::world::commit()
        };
        let tree: Arc<dyn Tree> = Arc::new(MemoryTree::new(files.clone()));
        self.state().commits.insert(info.id.clone(), (info, tree));
        self
    }
}

fn tag(name: &str, at: &str) -> Tag {
    Tag { name: TagName::new(name), commit: CommitId::new(at) }
}

#[async_trait]
impl Vcs for Line {
    fn capabilities(&self) -> VcsCapabilities {
        VcsCapabilities::NONE
    }
    fn root(&self) -> &Path {
        self.exports.root()
    }
    fn private_folder(&self) -> PathBuf {
        self.exports.private_folder()
    }
    fn bookkeeping(&self) -> &[RepoPath] {
        self.exports.bookkeeping()
    }
    async fn trusted_files(&self) -> Result<Vec<PathBuf>> {
        Ok(Vec::new())
    }
    fn hint(&self, need: &Need) -> String {
        self.exports.hint(need)
    }
    fn incomplete(&self, lack: Lack) -> BackendError {
        self.exports.incomplete(lack)
    }
    async fn head(&self) -> Result<Head> {
        let state = self.state();
        Ok(Head { commit: CommitId::new(&*state.head), branch: None, shallow: !state.cut.is_empty() })
    }
    async fn status(&self) -> Result<Vec<RepoPath>> {
        Ok(Vec::new())
    }
    async fn tags(&self) -> Result<Vec<Tag>> {
        Ok(self.state().here.iter().map(|(name, at)| tag(name, at)).collect())
    }
    async fn resolve(&self, revision: &str) -> Result<Option<CommitId>> {
        let id = CommitId::new(revision);
        Ok(self.state().info(&id).is_ok().then_some(id))
    }
    async fn commits(&self, ids: &[CommitId]) -> Result<Vec<CommitInfo>> {
        let state = self.state();
        ids.iter().map(|id| state.info(id)).collect()
    }
    async fn ancestors_among(&self, candidates: &[CommitId], descendant: &CommitId) -> Result<Vec<bool>> {
        let reachable = self.state().reachable(descendant);
        Ok(candidates.iter().map(|candidate| reachable.contains(candidate)).collect())
    }
    async fn commits_between(&self, _hidden: &CommitId, _head: &CommitId) -> Result<Vec<CommitInfo>> {
        Ok(Vec::new())
    }
    async fn work_tree(&self) -> Result<Arc<dyn Tree>> {
        let head = CommitId::new(&*self.state().head);
        self.tree(&head).await
    }
    async fn tree(&self, commit: &CommitId) -> Result<Arc<dyn Tree>> {
        let state = self.state();
        state.info(commit)?;
        Ok(state.commits[commit].1.clone())
    }
    async fn history(&self, _request: &HistoryRequest) -> Result<History> {
        Ok(History::default())
    }
    async fn path_runs(&self, from: &CommitId, path: &RepoPath) -> Result<Vec<PathRun>> {
        let state = self.state();
        let (mut runs, mut next): (Vec<PathRun>, _) = (Vec::new(), Some(from.clone()));
        while let Some(id) = next {
            let info = state.info(&id)?;
            let content = state.commits[&id].1.read(path)?;
            match runs.last_mut() {
                Some(run) if run.content == content => run.oldest = id.clone(),
                _ => {
                    runs.push(PathRun { newest: id.clone(), oldest: id.clone(), content: content.clone(), cut: false })
                }
            }
            runs.last_mut().unwrap().cut = state.cut.contains(&id);
            next = info.parents.into_iter().next().filter(|_| content.is_some());
        }
        Ok(runs)
    }
    async fn remote_url(&self, _remote: &str) -> Result<Option<String>> {
        Ok(None)
    }
    async fn remote_refs(&self, _remote: &str) -> Result<RemoteRefs> {
        let mut state = self.state();
        state.looks += 1;
        if let Some((_, change)) = state.later.filter(|(after, _)| state.looks > *after) {
            state.later = None;
            change(&mut state);
        }
        let main = BranchName::new("main");
        let branch = (RefName::Branch(main.clone()), state.main.clone());
        let tags = state.there.iter().map(|(name, at)| (RefName::Tag(TagName::new(name)), at.clone()));
        let all = [branch].into_iter().chain(tags);
        let at =
            |(name, at): (RefName, String)| RemoteRef { name, object: ObjectId::new(&at), commit: CommitId::new(at) };
        Ok(RemoteRefs { default_branch: Some(main), refs: all.map(at).collect(), ..RemoteRefs::default() })
    }
    async fn fetch(&self, _remote: &str, objects: &[ObjectId]) -> Result<()> {
        let mut state = self.state();
        for object in objects {
            state.remote_only.remove(&CommitId::new(object.as_str()));
        }
        Ok(())
    }
    async fn export(&self, request: &ExportRequest) -> Result<()> {
        let tree = self.tree(&request.commit).await?;
        let like = MemoryVcs { tree, commit: self.state().info(&request.commit)?, ..self.exports.as_ref().clone() };
        like.export(request).await
    }
    async fn commit(&self, request: &CommitRequest) -> Result<CommitId> {
        self.exports.commit(request).await
    }
    async fn replay(&self, request: &ReplayRequest) -> Result<CommitId> {
        self.exports.replay(request).await
    }
    async fn own_changes(&self, commit: &CommitId) -> Result<OwnChanges> {
        self.exports.own_changes(commit).await
    }
    async fn is_contained(&self, commit: &CommitId, into: &CommitId) -> Result<bool> {
        self.exports.is_contained(commit, into).await
    }
    async fn tag(&self, request: &TagRequest) -> Result<Vec<RefUpdate>> {
        let update = |(name, _): &(TagName, String)| RefUpdate {
            name: RefName::Tag(name.clone()),
            new: Some(request.commit.clone().into()),
            expected: Expected::Absent,
        };
        Ok(request.tags.iter().map(update).collect())
    }
    async fn push(&self, _remote: &str, updates: &[RefUpdate]) -> Result<Pushed> {
        let mut state = self.state();
        for update in updates {
            let RefName::Tag(name) = &update.name else { continue };
            let taken = state.there.insert(name.to_string(), update.new.as_ref().unwrap().as_str().to_owned());
            assert_eq!(taken, None, "a tag is pushed where none is");
            state.pushed.push(name.to_string());
        }
        Ok(Pushed::Accepted)
    }
    async fn update_refs(&self, updates: &[RefUpdate]) -> Result<()> {
        let mut state = self.state();
        for update in updates {
            let RefName::Tag(name) = &update.name else { continue };
            state.here.insert(name.to_string(), update.new.as_ref().unwrap().as_str().to_owned());
        }
        Ok(())
    }
}
