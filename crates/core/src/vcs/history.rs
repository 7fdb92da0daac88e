//! What is asked of a repository, and what it answers.

use std::sync::Arc;

use super::Judge;
use crate::model::{BranchName, CommitId, ObjectId, RepoPath, TagName};

/// Where the repository stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Head {
    /// The commit that is checked out.
    pub commit: CommitId,
    /// The branch that is checked out; `None` when detached.
    pub branch: Option<BranchName>,
    /// Whether history is cut off somewhere.
    pub shallow: bool,
}

impl Head {
    /// A repository that stands at a commit.
    pub fn new(commit: CommitId, branch: Option<BranchName>, shallow: bool) -> Self {
        Self { commit, branch, shallow }
    }
}

/// A tag and the commit it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tag {
    /// Its name.
    pub name: TagName,
    /// The commit, through any annotated tag.
    pub commit: CommitId,
}

impl Tag {
    /// A tag that leads to a commit.
    pub fn new(name: TagName, commit: CommitId) -> Self {
        Self { name, commit }
    }
}

/// A commit without its changes.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CommitInfo {
    /// Its name.
    pub id: CommitId,
    /// The name of its tree: two commits with the same tree hold the same files.
    pub tree: ObjectId,
    /// Its parents, first parent first. Empty at a root, and where the history is cut.
    pub parents: Vec<CommitId>,
    /// The whole message.
    pub message: String,
    /// When it was committed, in seconds since 1970, UTC.
    pub time: i64,
    /// Whether it bears a signature, whoever made that.
    pub signed: bool,
}

impl CommitInfo {
    /// A commit without a signature.
    pub fn new(id: CommitId, tree: ObjectId, parents: Vec<CommitId>, message: String, time: i64) -> Self {
        Self { id, tree, parents, message, time, signed: false }
    }

    /// The same with a signature, or without.
    #[must_use]
    pub fn with_signed(self, signed: bool) -> Self {
        Self { signed, ..self }
    }
}

/// A commit and its parents.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CommitParents {
    /// Its name.
    pub id: CommitId,
    /// Its parents, first parent first. Empty at a root, and where the history is cut.
    pub parents: Vec<CommitId>,
}

impl CommitParents {
    /// A commit with these parents.
    pub fn new(id: CommitId, parents: Vec<CommitId>) -> Self {
        Self { id, parents }
    }
}

/// A part of the repository that one package listens to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Scope {
    /// The folder; what lies in a deeper scope's folder belongs to that one.
    pub folder: RepoPath,
    /// Further paths, as globs from the repository root; one that matches a folder takes all of it.
    pub globs: Vec<String>,
    /// Folders and files, from the repository root, that do not count, however deep inside they lie.
    pub ignore: Vec<RepoPath>,
    /// Commits reachable from here do not count; `None` counts all.
    pub since: Option<CommitId>,
}

impl Scope {
    /// A folder, since the first commit.
    pub fn new(folder: RepoPath) -> Self {
        Self { folder, globs: Vec::new(), ignore: Vec::new(), since: None }
    }

    /// The same with further paths.
    #[must_use]
    pub fn with_globs(self, globs: Vec<String>) -> Self {
        Self { globs, ..self }
    }

    /// The same without some folders and files.
    #[must_use]
    pub fn with_ignored(self, ignore: Vec<RepoPath>) -> Self {
        Self { ignore, ..self }
    }

    /// The same without what is reachable from a commit.
    #[must_use]
    pub fn with_since(self, since: Option<CommitId>) -> Self {
        Self { since, ..self }
    }
}

/// What to walk.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct HistoryRequest {
    /// Where to start.
    pub head: CommitId,
    /// The packages' parts of the repository.
    pub scopes: Vec<Scope>,
    /// Who says whose a folder is in another commit than `head`, which merges are told, and which commits name scopes. Without one, every folder is
    /// whose it is at `head`, and neither merges nor what touches no scope are told.
    pub judge: Option<Arc<dyn Judge>>,
}

impl HistoryRequest {
    /// A walk from a commit.
    pub fn new(head: CommitId, scopes: Vec<Scope>) -> Self {
        Self { head, scopes, judge: None }
    }

    /// The same, with somebody who judges files and messages.
    #[must_use]
    pub fn with_judge(mut self, judge: Arc<dyn Judge>) -> Self {
        self.judge = Some(judge);
        self
    }
}

/// A commit that touched at least one scope it counts for, or addresses some.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct TouchingCommit {
    /// Its name.
    pub id: CommitId,
    /// The whole message.
    pub message: String,
    /// When it was committed, in seconds since 1970, UTC.
    pub time: i64,
    /// Indices into the request's scopes, ascending.
    pub scopes: Vec<usize>,
    /// The first parent of a merge, from which its difference is taken; `None` of what is no merge.
    pub merged_into: Option<CommitId>,
    /// Whether the first parents from the head do not lead to it: a merge, if it is one, that another merge brought.
    pub is_brought: bool,
    /// Of a commit that the judge says addresses scopes, the indices of all that it would count for, touched or not, ascending;
    /// empty of others.
    pub in_range: Vec<usize>,
}

impl TouchingCommit {
    /// A commit that touched scopes, by their indices.
    pub fn new(id: CommitId, message: String, time: i64, scopes: Vec<usize>) -> Self {
        Self { id, message, time, scopes, merged_into: None, is_brought: false, in_range: Vec::new() }
    }

    /// The same as a merge with this first parent.
    #[must_use]
    pub fn with_merged_into(mut self, first_parent: Option<CommitId>) -> Self {
        self.merged_into = first_parent;
        self
    }

    /// The same as one that another merge brought, or not.
    #[must_use]
    pub fn with_brought(mut self, is_brought: bool) -> Self {
        self.is_brought = is_brought;
        self
    }

    /// The same as one that addresses the scopes in whose range it lies.
    #[must_use]
    pub fn with_in_range(mut self, scopes: Vec<usize>) -> Self {
        self.in_range = scopes;
        self
    }
}

/// What one pass over the history found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct History {
    /// Commits that are no merges and whose work was not left out by all merges that they came by, merges that the judge wants told, and commits that address scopes, children before parents.
    pub commits: Vec<TouchingCommit>,
    /// A commit with parents that this clone lacks, met on the way: then nothing may be concluded.
    pub cut_at: Option<CommitId>,
}

impl History {
    /// Commits, children before parents, with where the history is cut off.
    pub fn new(commits: Vec<TouchingCommit>, cut_at: Option<CommitId>) -> Self {
        Self { commits, cut_at }
    }
}

/// A run of first-parent commits over which a file did not change.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PathRun {
    /// The commit nearest to the start.
    pub newest: CommitId,
    /// The commit farthest from the start.
    pub oldest: CommitId,
    /// The file's content; `None` where it does not exist.
    pub content: Option<Vec<u8>>,
    /// Whether the oldest commit has parents that this clone lacks.
    pub cut: bool,
}

impl PathRun {
    /// A run from its newest to its oldest commit.
    pub fn new(newest: CommitId, oldest: CommitId, content: Option<Vec<u8>>, cut: bool) -> Self {
        Self { newest, oldest, content, cut }
    }
}

/// What a commit changes by itself: against its parent, and a merge against what the system makes of its parents.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct OwnChanges {
    /// The files, sorted; one whose name is no path of ours is left out.
    pub paths: Vec<RepoPath>,
    /// Whether it changes more than the contents of plain files: modes, links, submodules, or files left out above.
    pub beyond_contents: bool,
    /// Whether it is a merge that the system cannot make by itself, so that what is its own cannot be told.
    pub by_hand: bool,
}

impl OwnChanges {
    /// Changes of the contents of plain files alone.
    pub fn of_contents(paths: Vec<RepoPath>) -> Self {
        Self { paths, ..Self::default() }
    }

    /// Whether the commit changes nothing by itself.
    pub fn is_nothing(&self) -> bool {
        self.paths.is_empty() && !self.beyond_contents && !self.by_hand
    }
}
