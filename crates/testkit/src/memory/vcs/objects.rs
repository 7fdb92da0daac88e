//! Commits and tags by names that follow from what they hold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use releasekit_core::Result;
use releasekit_core::model::{CommitId, ObjectId, RepoPath};
use releasekit_core::vcs::CommitInfo;

use super::codes::{MISSING, refused};
use crate::sha256;

/// The files of a commit.
pub(super) type Files = BTreeMap<RepoPath, Vec<u8>>;

/// A commit with its files.
#[derive(Debug, Clone)]
pub(super) struct Commit {
    pub(super) info: CommitInfo,
    pub(super) files: Arc<Files>,
}

/// What a repository holds, whether or not anything points to it.
#[derive(Debug, Default)]
pub(super) struct Objects {
    commits: BTreeMap<CommitId, Commit>,
    /// Tags that are objects, with the commits they lead to.
    tags: BTreeMap<ObjectId, CommitId>,
}

/// Objects of one place, over those of others that are only read.
#[derive(Debug, Clone, Default)]
pub(super) struct Store {
    own: Arc<Mutex<Objects>>,
    below: Option<Arc<Store>>,
}

impl Store {
    /// An empty one, over this one.
    pub(super) fn above(&self) -> Self {
        Self { own: Arc::default(), below: Some(Arc::new(self.clone())) }
    }

    pub(super) fn own(&self) -> MutexGuard<'_, Objects> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn find(&self, id: &CommitId) -> Option<Commit> {
        let own = self.own().commits.get(id).cloned();
        own.or_else(|| self.below.as_ref()?.find(id))
    }

    /// A commit. Fails with `NotFound`.
    pub(super) fn get(&self, id: &CommitId) -> Result<Commit> {
        self.find(id).ok_or_else(|| refused(MISSING, format!("the clone lacks {id}")))
    }

    /// The commit that an object is or leads to.
    pub(super) fn leads_to(&self, object: &ObjectId) -> Option<CommitId> {
        let commit = CommitId::new(object.as_str());
        let own = self.own().tags.get(object).cloned();
        own.or_else(|| self.find(&commit).map(|found| found.info.id)).or_else(|| self.below.as_ref()?.leads_to(object))
    }

    /// Stores a commit, and gives its name.
    pub(super) fn put(&self, parents: Vec<CommitId>, files: Files, message: &str, time: i64) -> CommitId {
        self.put_signed(parents, files, message, (time, false))
    }

    /// The same with a signature, or without.
    pub(super) fn put_signed(
        &self,
        parents: Vec<CommitId>,
        files: Files,
        message: &str,
        (time, signed): (i64, bool),
    ) -> CommitId {
        let tree = sha256(format!("{files:?}").as_bytes());
        let mark = if signed { " signed" } else { "" };
        let id = CommitId::new(sha256(format!("{parents:?} {tree} {time} {message}{mark}").as_bytes()));
        let info = CommitInfo::new(id.clone(), ObjectId::new(tree), parents, message.to_owned(), time);
        let info = info.with_signed(signed);
        self.store(Commit { info, files: Arc::new(files) });
        id
    }

    fn store(&self, commit: Commit) {
        if self.find(&commit.info.id).is_none() {
            self.own().commits.insert(commit.info.id.clone(), commit);
        }
    }

    /// Stores a tag, and gives its name.
    pub(super) fn put_tag(&self, commit: &CommitId, text: &str) -> ObjectId {
        let object = ObjectId::new(sha256(format!("tag {commit} {text}").as_bytes()));
        if self.leads_to(&object).is_none() {
            self.own().tags.insert(object.clone(), commit.clone());
        }
        object
    }

    /// Everything reachable by the parents that `parents` shows.
    pub(super) fn reachable(&self, from: &CommitId, parents: impl Fn(&Commit) -> Vec<CommitId>) -> BTreeSet<CommitId> {
        let (mut found, mut open) = (BTreeSet::new(), vec![from.clone()]);
        while let Some(next) = open.pop() {
            let Some(commit) = self.find(&next) else { continue };
            if found.insert(next) {
                open.extend(parents(&commit));
            }
        }
        found
    }

    /// Brings an object and all that it stands on here.
    pub(super) fn take(&self, from: &Self, object: &ObjectId) -> Option<CommitId> {
        let commit = from.leads_to(object)?;
        for id in from.reachable(&commit, |commit| commit.info.parents.clone()) {
            from.find(&id).into_iter().for_each(|commit| self.store(commit));
        }
        if object.as_str() != commit.as_str() {
            self.own().tags.insert(object.clone(), commit.clone());
        }
        Some(commit)
    }

    /// What is stored in this place, for comparisons.
    pub(super) fn listed(&self) -> String {
        let own = self.own();
        format!("{:?} {:?}", own.commits.keys(), own.tags)
    }
}
