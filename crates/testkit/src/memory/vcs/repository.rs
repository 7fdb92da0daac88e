//! A clone and its remote: what they hold.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use releasekit_core::model::{BranchName, CommitId, ObjectId, RepoPath, TagName};
use releasekit_core::vcs::{CommitInfo, RefName, Sign, VcsCapabilities};
use releasekit_core::{BackendError, FileEdit, Result};

use super::codes::{PRECONDITION, refused};
use super::files::edit;
use super::objects::{Files, Store};

/// The one remote.
pub const REMOTE: &str = "origin";

/// The file in which tags stand that are commits.
pub const RECORDS: &str = ".memory-tags";

/// When the remote makes commits.
const COMMITTED_THERE: i64 = 1_700_000_300;

/// Locks, whoever panicked before.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a clone has beside objects.
#[derive(Debug)]
pub(super) struct State {
    pub(super) head: CommitId,
    pub(super) branch: BranchName,
    pub(super) refs: BTreeMap<RefName, ObjectId>,
    /// The files of the work tree.
    pub(super) work: Files,
    /// Commits whose parents the clone lacks.
    pub(super) cut: BTreeSet<CommitId>,
}

/// What the remote has.
#[derive(Debug)]
pub(super) struct Remote {
    pub(super) store: Store,
    pub(super) refs: BTreeMap<RefName, ObjectId>,
    pub(super) default_branch: BranchName,
}

/// A clone of a repository. Copies of it are the same clone.
#[derive(Debug, Clone)]
pub struct MemoryVcs {
    pub(super) store: Store,
    pub(super) state: Arc<Mutex<State>>,
    /// Commits whose records of tags count: what is checked out, and what was fetched.
    pub(super) heads: Arc<Mutex<BTreeSet<CommitId>>>,
    pub(super) remote: Arc<Mutex<Remote>>,
    /// The files of each export that are compared with what was committed.
    pub(super) exports: Arc<Mutex<BTreeMap<PathBuf, Files>>>,
    pub(super) capabilities: VcsCapabilities,
    pub(super) root: PathBuf,
    pub(super) records: [RepoPath; 1],
    pub(super) is_scratch: bool,
    /// What the remote is called.
    pub(super) url: String,
    /// Whether what is committed on the remote comes out otherwise.
    pub(super) is_strange: bool,
}

impl MemoryVcs {
    /// A repository whose one commit holds these files; `main` is checked out, and pushed to [`REMOTE`]. The folder is where
    /// the work tree would lie; nothing is written there.
    pub fn new<C: Into<Vec<u8>>>(folder: &Path, files: impl IntoIterator<Item = (RepoPath, C)>) -> Self {
        let files: Files = files.into_iter().map(|(path, content)| (path, content.into())).collect();
        let (store, branch) = (Store::default(), BranchName::new("main"));
        let start = store.put(Vec::new(), files, "start\n", 1_700_000_000);
        let refs = BTreeMap::from([(RefName::Branch(branch.clone()), ObjectId::from(start))]);
        let remote = Remote { store, refs, default_branch: branch };
        let mut capabilities = VcsCapabilities::NONE;
        (capabilities.leases, capabilities.atomic_push, capabilities.scratch) = (true, true, true);
        Self::of_remote(folder, Arc::new(Mutex::new(remote)), capabilities)
    }

    fn of_remote(folder: &Path, remote: Arc<Mutex<Remote>>, capabilities: VcsCapabilities) -> Self {
        let (store, there) = (Store::default(), locked(&remote));
        let branch = there.default_branch.clone();
        let name = RefName::Branch(branch.clone());
        let tip = there.refs.get(&name).and_then(|tip| store.take(&there.store, tip)).expect("the remote has `main`");
        let work = store.find(&tip).map(|commit| commit.files.as_ref().clone()).unwrap_or_default();
        drop(there);
        let refs = BTreeMap::from([(name, ObjectId::from(tip.clone()))]);
        let heads = Arc::new(Mutex::new(BTreeSet::from([tip.clone()])));
        let state = State { head: tip, branch, refs, work, cut: BTreeSet::new() };
        let records = [RepoPath::new(RECORDS).expect("a legal path")];
        let state = Arc::new(Mutex::new(state));
        let (root, exports) = (folder.to_owned(), Arc::default());
        Self {
            store,
            state,
            heads,
            remote,
            exports,
            capabilities,
            root,
            records,
            is_scratch: false,
            url: "memory:".to_owned(),
            is_strange: false,
        }
    }

    /// The same clone with other capabilities, which it has. By default it has all but `tag_is_commit`.
    #[must_use]
    pub fn able(mut self, change: impl FnOnce(&mut VcsCapabilities)) -> Self {
        change(&mut self.capabilities);
        self
    }

    /// The same clone, whose remote has another URL.
    #[must_use]
    pub fn with_url(self, url: impl Into<String>) -> Self {
        Self { url: url.into(), ..self }
    }

    /// Another clone of the same remote, as it is now.
    pub fn clone_at(&self, folder: &Path) -> Self {
        Self::of_remote(folder, self.remote.clone(), self.capabilities).with_url(&self.url)
    }

    /// The same clone, whose remote changes the ends of lines in what a forge commits there.
    #[must_use]
    pub fn with_strange_commits_there(self) -> Self {
        Self { is_strange: true, ..self }
    }

    /// The branches of the remote.
    pub(crate) fn branches_there(&self) -> BTreeMap<BranchName, CommitId> {
        let remote = self.remote();
        let branch = |(name, object): (&RefName, &ObjectId)| match name {
            RefName::Branch(name) => Some((name.clone(), remote.store.leads_to(object)?)),
            RefName::Tag(_) => None,
        };
        remote.refs.iter().filter_map(branch).collect()
    }

    /// The tags of the remote.
    pub(crate) fn tags_there(&self) -> BTreeSet<TagName> {
        let remote = self.remote();
        let tag = |name: &RefName| match name {
            RefName::Tag(name) => Some(name.clone()),
            RefName::Branch(_) => None,
        };
        remote.refs.keys().filter_map(tag).collect()
    }

    /// Moves a branch of the remote, as somebody does who writes there.
    pub(crate) fn move_there(&self, branch: &BranchName, to: &CommitId) {
        self.remote().refs.insert(RefName::Branch(branch.clone()), ObjectId::from(to.clone()));
    }

    /// Makes a commit on the remote, which no branch has yet, and signs it.
    pub(crate) fn commit_there(&self, parent: &CommitId, edits: &[FileEdit], message: &str) -> Result<CommitId> {
        let remote = self.remote();
        let mut files = remote.store.get(parent)?.files.as_ref().clone();
        edit(&mut files, edits)?;
        if self.is_strange {
            files.values_mut().for_each(|content| content.extend_from_slice(b"\r\n"));
        }
        Ok(remote.store.put_signed(vec![parent.clone()], files, message, (COMMITTED_THERE, true)))
    }

    /// The same clone, which lacks the parents of a commit.
    #[must_use]
    pub fn cut_at(self, commit: &CommitId) -> Self {
        self.state().cut.insert(commit.clone());
        self
    }

    /// The commit that is checked out.
    pub fn tip(&self) -> CommitInfo {
        let head = self.state().head.clone();
        self.store.find(&head).expect("what is checked out is here").info
    }

    /// The same clone with tags on what is checked out, of its own and on the remote.
    #[must_use]
    pub fn tagged(self, here: impl IntoIterator<Item = TagName>, there: impl IntoIterator<Item = TagName>) -> Self {
        let at = ObjectId::from(self.state().head.clone());
        self.state().refs.extend(here.into_iter().map(|name| (RefName::Tag(name), at.clone())));
        self.remote().refs.extend(there.into_iter().map(|name| (RefName::Tag(name), at.clone())));
        self
    }

    /// Everything that the clone holds but objects that nothing points to, in words.
    pub fn seen(&self) -> String {
        let state = self.state();
        format!("{} {} {:?} {:?}", state.head, state.branch, state.refs, state.work)
    }

    /// Everything that the clone holds, in words.
    pub fn held(&self) -> String {
        format!("{} {:?} {}", self.seen(), locked(&self.heads), self.store.listed())
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        locked(&self.state)
    }

    pub(super) fn remote(&self) -> MutexGuard<'_, Remote> {
        locked(&self.remote)
    }

    /// Nobody has a key here, and what is thrown away is not signed.
    pub(super) fn refuse_signature(&self, sign: Sign) -> Result<()> {
        if sign == Sign::Require && !self.is_scratch {
            return Err(refused(PRECONDITION, "there is no key to sign with"));
        }
        Ok(())
    }

    pub(super) fn refuse_in_scratch(&self, what: &str) -> Result<()> {
        let refused = || BackendError::unsupported(format!("{what} where new objects are thrown away"));
        if self.is_scratch { Err(refused()) } else { Ok(()) }
    }
}
