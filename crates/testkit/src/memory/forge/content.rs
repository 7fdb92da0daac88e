//! What a forge in memory holds.

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::forge::{ChangeRequest, DispatchRequest, ForgeCommitRequest, Release, Written};
use releasekit_core::model::{BranchName, CommitId, TagName};
use releasekit_core::{ErrorKind, FileEdit, Result};

use super::refusal::demand;
use crate::memory::vcs::MemoryVcs;
use crate::snapshot::sha256;

/// All that a forge holds of its repository.
#[derive(Debug, Clone, Default)]
pub struct Content {
    /// Where the branches are.
    pub branches: BTreeMap<BranchName, CommitId>,
    /// The commits that the forge made.
    pub commits: Vec<StoredCommit>,
    /// Who can be asked.
    pub people: BTreeSet<String>,
    /// The tags that were pushed.
    pub tags: BTreeSet<TagName>,
    /// The change requests, oldest first.
    pub requests: Vec<StoredRequest>,
    /// The comments, oldest first.
    pub comments: Vec<StoredComment>,
    /// The releases, oldest first.
    pub releases: Vec<StoredRelease>,
    /// The tag of the latest release.
    pub latest: Option<TagName>,
    /// The workflows that were started.
    pub dispatched: Vec<DispatchRequest>,
}

/// A commit, and what it says of the files of its parent.
#[derive(Debug, Clone)]
pub struct StoredCommit {
    /// Its name.
    pub id: CommitId,
    /// What it stands on.
    pub parent: CommitId,
    /// Its message.
    pub message: String,
    /// What it changes.
    pub edits: Vec<FileEdit>,
}

/// A change request, and what only the forge knows of it.
#[derive(Debug, Clone)]
pub struct StoredRequest {
    /// As it is shown.
    pub request: ChangeRequest,
    /// Whether it comes from a fork.
    pub is_of_fork: bool,
    /// Who has reviewed it.
    pub reviewed: Vec<String>,
    /// Whether all that the base asks for is there.
    pub is_ready: bool,
}

impl StoredRequest {
    /// A request that nobody has looked at.
    pub fn new(request: ChangeRequest, is_of_fork: bool) -> Self {
        Self { request, is_of_fork, reviewed: Vec::new(), is_ready: false }
    }
}

/// A comment, as it was written.
#[derive(Debug, Clone)]
pub struct StoredComment {
    /// On which change request.
    pub number: u64,
    /// Its name.
    pub id: u64,
    /// Its whole text.
    pub body: String,
}

/// A release and the bytes of its assets.
#[derive(Debug, Clone)]
pub struct StoredRelease {
    /// As it is shown, but for what is the latest.
    pub release: Release,
    /// Its files' bytes, by their names.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Content {
    /// A repository whose branch `main` is at a commit.
    pub(super) fn at(base: CommitId) -> Self {
        let people = ["ana", "ben"].map(str::to_owned).into();
        Self { branches: BTreeMap::from([(BranchName::new("main"), base)]), people, ..Self::default() }
    }

    /// A name that nothing bears yet.
    pub(super) fn fresh_id(&self) -> u64 {
        (self.requests.len() + self.comments.len() + 1) as u64
    }

    pub(super) fn dispatch(&mut self, request: &DispatchRequest) -> Result<Written<()>> {
        let payload: Result<serde_json::Value, _> = serde_json::from_str(&request.payload);
        demand(payload.is_ok_and(|payload| payload.is_object()), ErrorKind::Invalid, "the payload is no object")?;
        demand(request.repository.contains('/'), ErrorKind::Forbidden, "no such repository is to be seen")?;
        self.dispatched.push(request.clone());
        Ok(Written::Created(()))
    }

    pub(super) fn commit(
        &mut self,
        request: &ForgeCommitRequest,
        repository: Option<&MemoryVcs>,
    ) -> Result<Written<CommitId>> {
        let paths: BTreeSet<_> = request.edits.iter().map(|edit| &edit.path).collect();
        demand(paths.len() == request.edits.len(), ErrorKind::Invalid, "a path is there twice")?;
        demand(!request.edits.is_empty(), ErrorKind::Invalid, "the edits change nothing")?;
        let tip = self.branches.get(&request.branch);
        let made = self.commits.iter().find(|made| Some(&made.id) == tip);
        if let Some(made) = made.filter(|made| made.is(request)) {
            return Ok(Written::Unchanged(made.id.clone()));
        }
        let parent = &request.parent;
        demand(tip.is_none_or(|tip| tip == parent), ErrorKind::Precondition, "the branch is elsewhere")?;
        let known = self.branches.values().chain(self.commits.iter().map(|made| &made.id));
        demand(known.into_iter().any(|known| known == parent), ErrorKind::Precondition, "the parent is not known")?;
        let id = match repository {
            Some(repository) => repository.commit_there(parent, &request.edits, &request.message)?,
            None => CommitId::new(sha256(format!("{request:?} {}", self.commits.len()).as_bytes())),
        };
        let ForgeCommitRequest { parent, message, edits, .. } = request.clone();
        self.commits.push(StoredCommit { id: id.clone(), parent, message, edits });
        self.branches.insert(request.branch.clone(), id.clone());
        Ok(Written::Created(id))
    }
}

impl StoredCommit {
    fn is(&self, request: &ForgeCommitRequest) -> bool {
        self.parent == request.parent && self.message == request.message && self.edits == request.edits
    }
}
