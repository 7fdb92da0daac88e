//! A version control system: the history, the tags, and the few writes a release needs.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;

use crate::edit::FileEdit;
use crate::error::{BackendError, Result};
use crate::model::{BranchName, CommitId, ObjectId, RepoPath, TagName};
use crate::tree::Tree;

mod lack;

pub use self::lack::{Lack, Need};

/// What a version control system can do. What it cannot, the engine does without, or makes up for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct VcsCapabilities {
    /// A tag is itself a commit, on top of a branch and pushed with it. The clone then sees tags by the commits that it
    /// fetches.
    pub tag_is_commit: bool,
    /// Several refs are pushed all or none. Without, the remote is looked at after a push that failed.
    pub atomic_push: bool,
    /// A push can name what it expects the remote to hold. Without, the remote is looked at right before each push, and
    /// what moves in between is lost.
    pub leases: bool,
    /// The same repository can be had with new objects landing elsewhere: [`Vcs::scratch`]. Without, a dry run shows what
    /// it reads and ends where something would be made.
    pub scratch: bool,
}

impl VcsCapabilities {
    /// A system that can do none of these.
    pub const NONE: Self = Self { tag_is_commit: false, atomic_push: false, leases: false, scratch: false };
}

/// Where the repository stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The commit that is checked out.
    pub commit: CommitId,
    /// The branch that is checked out; `None` when detached.
    pub branch: Option<BranchName>,
    /// Whether history is cut off somewhere.
    pub shallow: bool,
}

/// A tag and the commit it leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its name.
    pub name: TagName,
    /// The commit, through any annotated tag.
    pub commit: CommitId,
}

/// A commit without its changes.
#[derive(Debug, Clone, PartialEq, Eq)]
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
}

/// A part of the repository that one package listens to.
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// What to walk.
#[derive(Debug, Clone)]
pub struct HistoryRequest {
    /// Where to start.
    pub head: CommitId,
    /// The packages' parts of the repository.
    pub scopes: Vec<Scope>,
}

/// A commit that touched at least one scope it counts for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TouchingCommit {
    /// Its name.
    pub id: CommitId,
    /// The whole message.
    pub message: String,
    /// When it was committed, in seconds since 1970, UTC.
    pub time: i64,
    /// Indices into the request's scopes, ascending.
    pub scopes: Vec<usize>,
}

/// What one pass over the history found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct History {
    /// Commits that are no merges, children before parents.
    pub commits: Vec<TouchingCommit>,
    /// A commit with parents that this clone lacks, met on the way: then nothing may be concluded.
    pub cut_at: Option<CommitId>,
}

/// A run of first-parent commits over which a file did not change.
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// A ref, by kind. Shown to people as such; how a system spells it is the system's own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RefName {
    /// A branch.
    Branch(BranchName),
    /// A tag.
    Tag(TagName),
}

impl fmt::Display for RefName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Branch(name) => write!(f, "branch `{name}`"),
            Self::Tag(name) => write!(f, "tag `{name}`"),
        }
    }
}

/// What a push expects to find.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// No such ref.
    Absent,
    /// The ref at exactly this object.
    At(ObjectId),
}

/// A ref to be set or deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefUpdate {
    /// Which ref.
    pub name: RefName,
    /// What it shall point to; `None` deletes it.
    pub new: Option<ObjectId>,
    /// What is there now.
    pub expected: Expected,
}

impl RefUpdate {
    /// Whether it may be made where the ref is at `found`: that is what is expected, or what is wanted.
    pub fn fits(&self, found: Option<&ObjectId>) -> bool {
        let is_expected = match (&self.expected, found) {
            (Expected::Absent, None) => true,
            (Expected::At(object), Some(found)) => object == found,
            _ => false,
        };
        is_expected || found == self.new.as_ref()
    }
}

/// A ref as a remote shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteRef {
    /// Which ref.
    pub name: RefName,
    /// What it points to.
    pub object: ObjectId,
    /// The commit it leads to.
    pub commit: CommitId,
}

/// The refs of a remote.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RemoteRefs {
    /// The branch that a clone checks out.
    pub default_branch: Option<BranchName>,
    /// Branches and tags, ordered by name.
    pub refs: Vec<RemoteRef>,
    /// Branches that are another name of one: what is pushed to them goes there. Not every remote says so.
    pub aliases: Vec<BranchName>,
}

/// A branch and the commit that it is at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BranchTip {
    /// Which branch.
    pub name: BranchName,
    /// Where it is.
    pub commit: CommitId,
}

impl RemoteRefs {
    /// All tags, each with the commit that it leads to.
    pub fn tags(&self) -> Vec<Tag> {
        let tag = |found: &RemoteRef| match &found.name {
            RefName::Tag(name) => Some(Tag { name: name.clone(), commit: found.commit.clone() }),
            RefName::Branch(_) => None,
        };
        self.refs.iter().filter_map(tag).collect()
    }

    /// What a ref points to; `None` where there is no such ref.
    pub fn object(&self, name: &RefName) -> Option<&ObjectId> {
        self.refs.iter().find(|found| found.name == *name).map(|found| &found.object)
    }

    /// The tag of that name.
    pub fn tag(&self, name: &TagName) -> Option<&RemoteRef> {
        self.refs.iter().find(|found| matches!(&found.name, RefName::Tag(tag) if tag == name))
    }

    /// The branch of that name.
    pub fn branch(&self, name: &BranchName) -> Option<&RemoteRef> {
        self.refs.iter().find(|found| matches!(&found.name, RefName::Branch(branch) if branch == name))
    }
}

/// Whether commits and tags are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Sign {
    /// As the user's own settings say.
    #[default]
    Auto,
    /// Always; fails where it cannot be done.
    Require,
    /// Never.
    Never,
}

/// A commit to be made.
#[derive(Debug, Clone)]
pub struct CommitRequest {
    /// The commit it stands on, and whose files it changes.
    pub parent: CommitId,
    /// The changes.
    pub edits: Vec<FileEdit>,
    /// The whole message.
    pub message: String,
    /// Author and committer date, in seconds since 1970, UTC.
    pub time: i64,
    /// Whether to sign.
    pub sign: Sign,
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

/// Commits to be made anew on another parent.
#[derive(Debug, Clone)]
pub struct ReplayRequest {
    /// The commits, parents before children.
    pub commits: Vec<CommitId>,
    /// The parent of the first of them.
    pub onto: CommitId,
    /// Files whose changes are left out.
    pub without: Vec<RepoPath>,
}

/// Tags to be made, all on one commit.
#[derive(Debug, Clone)]
pub struct TagRequest {
    /// The commit.
    pub commit: CommitId,
    /// A branch that holds the commit, where the remote has it. A tag that is a commit goes on top of it.
    pub branch: BranchTip,
    /// Names and messages.
    pub tags: Vec<(TagName, String)>,
    /// The tags' date, in seconds since 1970, UTC.
    pub time: i64,
    /// Whether to sign.
    pub sign: Sign,
}

/// A throw-away checkout to be made.
#[derive(Debug, Clone)]
pub struct ExportRequest {
    /// Which commit.
    pub commit: CommitId,
    /// An empty or absent folder outside of any repository.
    pub into: PathBuf,
    /// Tags that the export has, beside the repository's own.
    pub tags: Vec<Tag>,
}

/// What a push did.
#[derive(Debug)]
pub enum Pushed {
    /// The remote has it all.
    Accepted,
    /// A ref was not as expected, or a rule forbids it. The remote has none of it, or where pushes are not atomic some.
    Refused(BackendError),
    /// Nobody knows; look before trying again.
    Unknown(BackendError),
}

/// A repository of one version control system.
///
/// Reads never take a lock that a user's own command would wait for. Writes touch neither the work tree nor the index,
/// and are idempotent: doing the same again changes nothing.
#[async_trait]
pub trait Vcs: fmt::Debug + Send + Sync {
    /// What it can do.
    fn capabilities(&self) -> VcsCapabilities;

    /// The root of the work tree, absolute.
    fn root(&self) -> &Path;

    /// The folder where we keep state: private to the repository, shared by its linked work trees, never committed.
    fn private_folder(&self) -> PathBuf;

    /// Files and folders of commits in which the system itself keeps records, such as a list of tags: a change of them
    /// moves no package.
    fn bookkeeping(&self) -> &[RepoPath];

    /// Files outside of exports whose content decides what programs with credentials do: settings, logins, program files.
    /// One that is not there is named too where it would count if it were. None is read.
    async fn trusted_files(&self) -> Result<Vec<PathBuf>>;

    /// What a user would run, with the system's own program: one command in backticks, or several, to be put into a
    /// sentence as `run {hint} first`.
    fn hint(&self, need: &Need) -> String;

    /// The error that says what the clone lacks, with the system's own code and with help. Its kind is `Precondition`.
    fn incomplete(&self, lack: Lack) -> BackendError;

    /// Where the repository stands. Fails with `Precondition` before the first commit.
    async fn head(&self) -> Result<Head>;

    /// Tracked files that differ from HEAD, and untracked ones that are not ignored, sorted.
    async fn status(&self) -> Result<Vec<RepoPath>>;

    /// All tags, ordered by name.
    async fn tags(&self) -> Result<Vec<Tag>>;

    /// The commit that a revision names; `None` where there is none.
    async fn resolve(&self, revision: &str) -> Result<Option<CommitId>>;

    /// Describes commits. Fails with `NotFound` where the clone lacks one.
    async fn commits(&self, ids: &[CommitId]) -> Result<Vec<CommitInfo>>;

    /// Which of the candidates are `descendant` or reachable from it, in one walk; one the clone lacks is not.
    async fn ancestors_among(&self, candidates: &[CommitId], descendant: &CommitId) -> Result<Vec<bool>>;

    /// Commits reachable from `head` but not from `hidden`, parents before children; merges included.
    async fn commits_between(&self, hidden: &CommitId, head: &CommitId) -> Result<Vec<CommitInfo>>;

    /// What a commit changes by itself.
    async fn own_changes(&self, commit: &CommitId) -> Result<OwnChanges>;

    /// Whether merging `commit` into `into` would change nothing, whatever way it has come there.
    async fn is_contained(&self, commit: &CommitId, into: &CommitId) -> Result<bool>;

    /// The files of the work tree: tracked ones and untracked ones that are not ignored.
    async fn work_tree(&self) -> Result<Arc<dyn Tree>>;

    /// Writes files of the work tree, as an editor does: nothing is staged, and a file that is there keeps its mode.
    ///
    /// Fails with `Precondition` before anything is written where a link stands in the place of a file or of a folder above
    /// it.
    async fn write_work_tree(&self, edits: &[FileEdit]) -> Result<()>;

    /// The files of a commit.
    async fn tree(&self, commit: &CommitId) -> Result<Arc<dyn Tree>>;

    /// One pass over the history for all packages.
    async fn history(&self, request: &HistoryRequest) -> Result<History>;

    /// The content of a file back along the first parents of `from`, newest first, ending with the first run that
    /// lacks the file, the first commit, or where the history is cut.
    async fn path_runs(&self, from: &CommitId, path: &RepoPath) -> Result<Vec<PathRun>>;

    /// The URL of a remote; `None` where there is no such remote.
    async fn remote_url(&self, remote: &str) -> Result<Option<String>>;

    /// The refs of a remote, asked now.
    async fn remote_refs(&self, remote: &str) -> Result<RemoteRefs>;

    /// Brings commits and all their history within what the clone holds; sets no ref.
    async fn fetch(&self, remote: &str, objects: &[ObjectId]) -> Result<()>;

    /// Makes a checkout with the repository's history, filters kept, hooks, sparseness and line-ending conversion off.
    async fn export(&self, request: &ExportRequest) -> Result<()>;

    /// Makes a commit that no ref points to.
    async fn commit(&self, request: &CommitRequest) -> Result<CommitId>;

    /// Makes commits anew on another parent, each with what it changes by itself; gives the last, or `onto` where nothing
    /// is left of them. Fails with `Conflict`.
    async fn replay(&self, request: &ReplayRequest) -> Result<CommitId>;

    /// Makes tags and says which refs have to be set for them to exist; sets none. Where a tag is a commit, that is the
    /// request's branch, from where it is.
    async fn tag(&self, request: &TagRequest) -> Result<Vec<RefUpdate>>;

    /// Sets refs of a remote, as the capabilities say all or none, and each only from what is expected. Runs no hook.
    async fn push(&self, remote: &str, updates: &[RefUpdate]) -> Result<Pushed>;

    /// Sets refs of this repository, each only from what is expected. Fails with `Conflict`.
    async fn update_refs(&self, updates: &[RefUpdate]) -> Result<()>;

    /// The same repository, whose new objects land in a folder of the caller's.
    ///
    /// What is read through it is what this repository holds, and what was made through it. [`commit`](Vcs::commit),
    /// [`replay`](Vcs::replay), [`tag`](Vcs::tag) and [`fetch`](Vcs::fetch) are the real ones, but that their objects lie in
    /// `into`; [`export`](Vcs::export) may read from there as long as the export lasts. Nothing of this repository is
    /// written, whatever is done, and this repository knows nothing of what was made.
    ///
    /// It never signs, whatever a request or the user's settings say, and runs no hook: nobody is asked for a pass phrase.
    /// [`push`](Vcs::push), [`update_refs`](Vcs::update_refs) and [`write_work_tree`](Vcs::write_work_tree) fail with
    /// `Unsupported`.
    ///
    /// `into` is absent or an empty folder outside of any repository. It is the caller's, who removes it when neither this
    /// nor an export of it is used any more. Fails with `Unsupported`, and writes nothing, without the capability
    /// [`scratch`](VcsCapabilities::scratch); with `Precondition` where the folder cannot be used.
    async fn scratch(&self, into: &Path) -> Result<Arc<dyn Vcs>>;
}
