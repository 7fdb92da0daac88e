//! A repository in memory with a history, and a remote that can change between two looks.
//!
//! It is not the testkit's: tests name the commits of this one, and let somebody else act on its remote between two looks or
//! just before a push.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use releasekit_core::model::*;
use releasekit_core::tree::{MemoryTree, Overlay};
use releasekit_core::vcs::*;
use releasekit_core::*;
use releasekit_testkit::memory::fault;
use releasekit_testkit::memory::vcs::MemoryVcs;

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
    /// The remote's other branches.
    others: BTreeMap<String, String>,
    /// What happens on the remote after so many looks at it.
    pub(crate) later: Option<(usize, Change)>,
    looks: usize,
    /// What happens on the remote when something is pushed, before it is.
    pub(crate) overtaken: Option<Change>,
    /// Tags that were pushed.
    pub(crate) pushed: Vec<String>,
}

/// What somebody else does on the remote.
pub(crate) type Change = fn(&mut State);

/// A repository; its clones are the same one.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    state: Arc<Mutex<State>>,
    /// Where its folders are, and how it speaks.
    like: MemoryVcs,
    /// What it can do.
    can: VcsCapabilities,
    records: [RepoPath; 1],
}

/// Where tags stand that are commits, by lines of name and commit.
const RECORDS: &str = "tags.txt";

impl State {
    fn info(&self, id: &CommitId) -> Result<CommitInfo> {
        let missing = || {
            BackendError::new(releasekit_testkit::memory::FAULT, format!("no commit {id}"))
                .with_kind(ErrorKind::NotFound)
        };
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

    /// The tags that stand in the files of a commit.
    fn recorded(&self, at: &str) -> Vec<(String, String)> {
        let Some((_, tree)) = self.commits.get(&CommitId::new(at)) else { return Vec::new() };
        let text = tree.read(&RepoPath::new(RECORDS).unwrap()).unwrap().unwrap_or_default();
        let lines = String::from_utf8(text).unwrap();
        lines.lines().filter_map(|line| line.split_once(' ')).map(|(name, at)| (name.into(), at.into())).collect()
    }

    fn remote_refs(&self) -> Vec<RemoteRef> {
        let of = |name: RefName, object: &str, commit: &str| {
            RemoteRef::new(name, ObjectId::new(object), CommitId::new(commit))
        };
        let branch = |name: &str, at: &str| of(RefName::Branch(BranchName::new(name)), at, at);
        let tag = |name: &str, object: &str, at: &str| of(RefName::Tag(TagName::new(name)), object, at);
        let mut refs = vec![branch("main", &self.main)];
        refs.extend(self.others.iter().map(|(name, at)| branch(name, at)));
        refs.extend(self.there.iter().map(|(name, at)| tag(name, at, at)));
        refs.extend(self.recorded(&self.main).iter().map(|(name, at)| tag(name, &self.main, at)));
        refs
    }

    /// Sets a ref of the remote.
    fn set(&mut self, update: &RefUpdate) {
        let new = update.new.as_ref().unwrap().to_string();
        match &update.name {
            RefName::Branch(name) if name.as_str() == "main" => self.main = new,
            RefName::Branch(name) => drop(self.others.insert(name.to_string(), new)),
            RefName::Tag(name) => {
                self.there.insert(name.to_string(), new);
                self.pushed.push(name.to_string());
            }
        }
    }
}

/// A commit as others of the line are.
fn info(id: CommitId, parents: Vec<CommitId>) -> CommitInfo {
    CommitInfo::new(id, ObjectId::new("tree"), parents, "release".to_owned(), 1_700_000_000)
}

fn nowhere<T>() -> Result<T> {
    Err(fault(ErrorKind::Unsupported))
}

fn careful() -> VcsCapabilities {
    let mut capabilities = VcsCapabilities::NONE;
    (capabilities.leases, capabilities.atomic_push, capabilities.scratch) = (true, true, true);
    capabilities
}

impl Line {
    /// An empty repository; `like` says where its folders are.
    pub(crate) fn new(like: MemoryVcs) -> Self {
        let records = [RepoPath::new(RECORDS).unwrap()];
        Self { state: Arc::default(), like, can: careful(), records }
    }

    /// The same repository with other capabilities, which it has.
    pub(crate) fn able(mut self, change: impl Fn(&mut VcsCapabilities)) -> Self {
        change(&mut self.can);
        self
    }

    /// Tags as a commit on a branch.
    fn record(&self, request: &TagRequest) -> RefUpdate {
        let at = &request.branch.commit;
        let (mut state, id) = (self.state(), format!("tags-on-{at}"));
        let mut lines = state.recorded(at.as_str());
        lines.extend(request.tags.iter().map(|(name, _)| (name.to_string(), request.commit.to_string())));
        let text: String = lines.iter().map(|(name, at)| format!("{name} {at}\n")).collect();
        let below = state.commits[at].1.clone();
        let tree = Overlay::new(below, [FileEdit::write(self.records[0].clone(), text)]);
        let info = info(CommitId::new(&id), vec![at.clone()]);
        state.commits.insert(info.id.clone(), (info, Arc::new(tree)));
        RefUpdate::new(
            RefName::Branch(request.branch.name.clone()),
            Some(ObjectId::new(id)),
            Expected::At(at.clone().into()),
        )
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// Makes a commit with these files.
    pub(crate) fn commit(&self, id: &str, parents: &[&str], files: &Files) -> &Self {
        let info = info(CommitId::new(id), parents.iter().map(|parent| CommitId::new(*parent)).collect());
        let tree: Arc<dyn Tree> = Arc::new(MemoryTree::new(files.clone()));
        self.state().commits.insert(info.id.clone(), (info, tree));
        self
    }
}

fn tag(name: &str, at: &str) -> Tag {
    Tag::new(TagName::new(name), CommitId::new(at))
}

#[async_trait]
impl Vcs for Line {
    fn capabilities(&self) -> VcsCapabilities {
        self.can
    }
    fn root(&self) -> &Path {
        self.like.root()
    }
    fn private_folder(&self) -> PathBuf {
        self.like.private_folder()
    }
    fn bookkeeping(&self) -> &[RepoPath] {
        &self.records
    }
    async fn trusted_files(&self) -> Result<Vec<PathBuf>> {
        Ok(Vec::new())
    }
    fn hint(&self, need: &Need) -> String {
        self.like.hint(need)
    }
    fn incomplete(&self, lack: Lack) -> BackendError {
        self.like.incomplete(lack)
    }
    async fn head(&self) -> Result<Head> {
        let state = self.state();
        Ok(Head::new(CommitId::new(&*state.head), None, !state.cut.is_empty()))
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
    async fn write_work_tree(&self, _edits: &[FileEdit]) -> Result<()> {
        nowhere()
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
                _ => runs.push(PathRun::new(id.clone(), id.clone(), content.clone(), false)),
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
        let default_branch = Some(BranchName::new("main"));
        Ok(RemoteRefs::new(default_branch, state.remote_refs()))
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
        std::fs::create_dir_all(&request.into).unwrap();
        for file in tree.files()?.iter() {
            let place = file.on_disk(&request.into);
            std::fs::create_dir_all(place.parent().unwrap()).unwrap();
            std::fs::write(place, tree.read(file)?.unwrap()).unwrap();
        }
        Ok(())
    }
    async fn commit(&self, _request: &CommitRequest) -> Result<CommitId> {
        nowhere()
    }
    async fn replay(&self, _request: &ReplayRequest) -> Result<CommitId> {
        nowhere()
    }
    async fn own_changes(&self, _commit: &CommitId) -> Result<OwnChanges> {
        nowhere()
    }
    async fn is_contained(&self, _commit: &CommitId, _into: &CommitId) -> Result<bool> {
        nowhere()
    }
    async fn tag(&self, request: &TagRequest) -> Result<Vec<RefUpdate>> {
        if self.can.tag_is_commit {
            return Ok(vec![self.record(request)]);
        }
        let update = |(name, _): &(TagName, String)| {
            RefUpdate::new(RefName::Tag(name.clone()), Some(request.commit.clone().into()), Expected::Absent)
        };
        Ok(request.tags.iter().map(update).collect())
    }
    async fn push(&self, _remote: &str, updates: &[RefUpdate]) -> Result<Pushed> {
        let mut state = self.state();
        if let Some(change) = state.overtaken.take() {
            change(&mut state);
        }
        let found = RemoteRefs::new(None, state.remote_refs());
        let fits = |update: &&RefUpdate| !self.can.leases || update.fits(found.object(&update.name));
        let (fitting, stale): (Vec<_>, Vec<_>) = updates.iter().partition(fits);
        if stale.is_empty() || !self.can.atomic_push {
            fitting.into_iter().for_each(|update| state.set(update));
        }
        let error = BackendError::new(releasekit_testkit::memory::FAULT, "a ref is elsewhere")
            .with_kind(ErrorKind::Conflict)
            .with_help("look");
        Ok(if stale.is_empty() { Pushed::Accepted } else { Pushed::Refused(error) })
    }
    async fn update_refs(&self, updates: &[RefUpdate]) -> Result<()> {
        let mut state = self.state();
        for update in updates {
            assert!(matches!(update.name, RefName::Tag(_)), "{} of the user is moved", update.name);
            let RefName::Tag(name) = &update.name else { continue };
            let object = update.new.as_ref().unwrap().to_string();
            let recorded = state.recorded(&object).into_iter().find(|(tag, _)| tag == name.as_str());
            state.here.insert(name.to_string(), recorded.map_or(object, |(_, at)| at));
        }
        Ok(())
    }
    async fn scratch(&self, _into: &Path) -> Result<Arc<dyn Vcs>> {
        let state = self.state();
        let (commits, cut, remote_only) = (state.commits.clone(), state.cut.clone(), state.remote_only.clone());
        let copy = State { commits, cut, remote_only, ..State::default() };
        Ok(Arc::new(Self { state: Arc::new(Mutex::new(copy)), ..self.clone() }))
    }
}
