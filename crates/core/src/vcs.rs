//! A version control system: the history, the tags, and the few writes a release needs.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;

use crate::edit::FileEdit;
use crate::error::{BackendError, Result};
use crate::model::{CommitId, ObjectId, RepoPath};
use crate::tree::Tree;

mod capabilities;
mod history;
mod judge;
mod lack;
mod refs;
mod request;

pub use self::capabilities::VcsCapabilities;
pub use self::history::{
    CommitInfo, CommitParents, Head, History, HistoryRequest, OwnChanges, PathRun, Scope, Tag, TouchingCommit,
};
pub use self::judge::Judge;
pub use self::lack::{Lack, Need};
pub use self::refs::{BranchTip, Expected, Pushed, RefName, RefUpdate, RemoteRef, RemoteRefs};
pub use self::request::{Author, CommitRequest, ExportRequest, ReplayRequest, Sign, TagRequest};

/// A repository of one version control system.
///
/// Reads never take a lock that a user's own command would wait for, and write nothing that anybody sees: a system may store
/// objects to answer, such as what it merges. Writes touch neither the work tree nor the index unless they say so, run no
/// hook, and are idempotent: doing the same again changes nothing. A commit that the clone lacks is `NotFound`, and what
/// cannot be read as a name at all is `Invalid`. `releasekit_testkit::suite::vcs` holds every promise made here.
#[async_trait]
pub trait Vcs: fmt::Debug + Send + Sync {
    /// What it can do. Always the same for one repository.
    fn capabilities(&self) -> VcsCapabilities;

    /// The root of the work tree, absolute.
    fn root(&self) -> &Path;

    /// The folder where we keep state: absolute, private to the repository, shared by its linked work trees, never
    /// committed and never part of the work tree. It need not be there yet.
    fn private_folder(&self) -> PathBuf;

    /// Files and folders of commits in which the system itself keeps records, such as a list of tags: a change of them
    /// moves no package.
    fn bookkeeping(&self) -> &[RepoPath];

    /// Files outside of exports whose content decides what programs with credentials do: settings, logins, program files.
    /// One that is not there is named too where it would count if it were. All are absolute. None is read.
    async fn trusted_files(&self) -> Result<Vec<PathBuf>>;

    /// What a user would run, with the system's own program: one command in backticks, or several, to be put into a
    /// sentence as `run {hint} first`. Names what the need names.
    fn hint(&self, need: &Need) -> String;

    /// The error that says what the clone lacks, with the system's own code and with help. Its kind is `Precondition`.
    fn incomplete(&self, lack: Lack) -> BackendError;

    /// Where the repository stands. Fails with `Precondition` before the first commit.
    async fn head(&self) -> Result<Head>;

    /// Tracked files that differ from HEAD, be they changed, new or gone, and untracked ones that are not ignored, sorted. An
    /// index that stands between the two does not count.
    async fn status(&self) -> Result<Vec<RepoPath>>;

    /// All tags of this repository, ordered by name. A tag that leads to no commit is left out; one whose commit the clone
    /// lacks is not.
    async fn tags(&self) -> Result<Vec<Tag>>;

    /// The commit that a revision names, in the system's own syntax; `None` where there is none. Whole names of commits,
    /// names of tags and of branches are revisions everywhere, and so are whole names of objects that lead to a commit.
    async fn resolve(&self, revision: &str) -> Result<Option<CommitId>>;

    /// Describes commits, in the order asked. Fails with `NotFound` where the clone lacks one.
    async fn commits(&self, ids: &[CommitId]) -> Result<Vec<CommitInfo>>;

    /// Which of the candidates are `descendant` or reachable from it, in the order asked, in one walk; one the clone lacks
    /// is not. Past where history is cut off nothing is reachable.
    async fn ancestors_among(&self, candidates: &[CommitId], descendant: &CommitId) -> Result<Vec<bool>>;

    /// Commits reachable from `head` but not from `hidden`, parents before children; merges included.
    ///
    /// Fails with `Precondition` where `hidden` could reach some of them beyond where history is cut off.
    async fn commits_between(&self, hidden: &CommitId, head: &CommitId) -> Result<Vec<CommitInfo>>;

    /// The same commits in the same order with their parents alone, which a system may know without reading what they say.
    async fn parents_between(&self, hidden: &CommitId, head: &CommitId) -> Result<Vec<CommitParents>> {
        let commits = self.commits_between(hidden, head).await?;
        Ok(commits.into_iter().map(|commit| CommitParents::new(commit.id, commit.parents)).collect())
    }

    /// What a commit changes by itself. A root changes all of its files, and a merge what it adds to what its parents bring.
    async fn own_changes(&self, commit: &CommitId) -> Result<OwnChanges>;

    /// Whether merging `commit` into `into` would change nothing, whatever way it has come there. What conflicts would.
    async fn is_contained(&self, commit: &CommitId, into: &CommitId) -> Result<bool>;

    /// The files of the work tree: tracked ones and untracked ones that are not ignored, as they are when they are read.
    async fn work_tree(&self) -> Result<Arc<dyn Tree>>;

    /// Writes files of the work tree, as an editor does: folders above a file are made, nothing is staged, bytes are kept,
    /// and a file that is there keeps its mode. Deleting what is not there is fine.
    ///
    /// Fails with `Precondition` before anything is written where a link stands in the place of a file or of a folder above
    /// it.
    async fn write_work_tree(&self, edits: &[FileEdit]) -> Result<()>;

    /// The files of a commit, by the bytes that are committed, whatever lies on disk.
    async fn tree(&self, commit: &CommitId) -> Result<Arc<dyn Tree>>;

    /// Says that the history of a commit will be asked for, so that a system can begin to read while something else is done.
    /// Nothing comes of it but time.
    async fn expect_history(&self, head: &CommitId) {
        let _ = head;
    }

    /// One pass over the history for all packages: the commits that touch any scope, children before parents, whatever
    /// their dates. Each scope counts what its own `since` does not reach. A file belongs to the scopes with the longest
    /// folder that it lies in, and to those whose globs name it or a folder above it, unless they ignore it; a file that
    /// moves counts at both ends. Merges are left out, for what they bring stands in other commits.
    ///
    /// With a [`Judge`], a file belongs to whom the nearest of its package files names that lies beside or above it in the
    /// commit's own tree, a file that goes in that of its parent. Where none says anything the folders hold as above, but in
    /// a history that has no commit in common with any `since` but `head`, where such files are nobody's. Merges that speak are told too,
    /// with the files that differ from their first parents.
    ///
    /// Where the walk meets a commit whose parents the clone lacks, [`History::cut_at`] names it. Fails with `NotFound` for
    /// a `head` or a `since` that the clone lacks, and with `Invalid` for what is no glob.
    async fn history(&self, request: &HistoryRequest) -> Result<History>;

    /// The content of a file back along the first parents of `from`, newest first, ending with the first run that
    /// lacks the file, the first commit, or where the history is cut. Commits that leave the file alone are part of a run.
    async fn path_runs(&self, from: &CommitId, path: &RepoPath) -> Result<Vec<PathRun>>;

    /// The URL of a remote, without a credential that stands in it; `None` where there is no such remote.
    async fn remote_url(&self, remote: &str) -> Result<Option<String>>;

    /// The refs of a remote, asked now and ordered by name.
    ///
    /// Fails with `Precondition` where there is no such remote or it may not be asked, with `Unauthenticated` or `Forbidden`
    /// by what it says of the credential, and with `Transient` where it cannot be reached.
    async fn remote_refs(&self, remote: &str) -> Result<RemoteRefs>;

    /// Brings commits and all their history within what the clone holds; sets no ref. What is here is not asked for.
    ///
    /// Fails like [`remote_refs`](Self::remote_refs), and with `NotFound` for what the remote lacks.
    async fn fetch(&self, remote: &str, objects: &[ObjectId]) -> Result<()>;

    /// Makes a checkout with the repository's history, filters kept, hooks, sparseness and line-ending conversion off: the
    /// files have the bytes that are committed. Tools may do there what they like, this repository is only read.
    ///
    /// Fails with `Precondition` where the folder is not empty or lies in a repository, where the checkout differs from its
    /// commit, and where a link in it leads out.
    async fn export(&self, request: &ExportRequest) -> Result<()>;

    /// Has tools that ask the system whether files of an export have changed be told that these, which are tracked, have not.
    /// The files keep their bytes, and of all others is told what is so. The export is one that no code has run in yet. Fails
    /// with `Unsupported` by default.
    async fn hide(&self, _export: &Path, _files: &[RepoPath]) -> Result<()> {
        Err(BackendError::unsupported("hiding what is pinned from tools that ask for a version"))
    }

    /// Makes a commit that no ref points to: the parent's files with the edits, byte for byte, a file keeping its mode.
    /// Deleting what is not there is fine. The same request gives the same commit, unless a signature holds the time.
    ///
    /// Fails with `Precondition` where an edit names what is no plain file, or lies below one, where nobody is named as
    /// author, and where it is to be signed and cannot be.
    async fn commit(&self, request: &CommitRequest) -> Result<CommitId>;

    /// Makes commits anew on another parent, in the order given, each with what it changes by itself, its message, author
    /// and date; gives the last, or `onto` where nothing is left of them. A commit is dropped whose changes are there
    /// already or left out; one that was empty from the first is kept. They are signed as the user's settings say.
    ///
    /// Fails with `Conflict`, naming the commit, where one does not fit or is a merge made by hand.
    async fn replay(&self, request: &ReplayRequest) -> Result<CommitId>;

    /// Makes tags and says which refs have to be set for them to exist; sets none. The updates are in the order of the
    /// request. Where a tag is a commit, there is one: the request's branch, from where it is, to a commit that changes
    /// nothing but [`bookkeeping`](Self::bookkeeping). Unsigned tags are the same for the same request.
    ///
    /// Fails with `Invalid` for a name that the system does not allow, and with `Precondition` where they are to be signed
    /// and cannot be; then no tag is left to be set.
    async fn tag(&self, request: &TagRequest) -> Result<Vec<RefUpdate>>;

    /// Sets refs of a remote and nothing here, as the capabilities say all or none, and each only from what is expected. A
    /// branch may be moved anywhere. A ref that is as wanted is fine, so that a push whose answer was lost can be repeated.
    ///
    /// What the remote says is [`Pushed`]. Fails where it could not even be tried: with `Invalid` for a name that the system
    /// does not allow or that stands there twice, with `NotFound` for an object that the clone lacks, and like
    /// [`remote_refs`](Self::remote_refs) where that is certain to have stopped it.
    async fn push(&self, remote: &str, updates: &[RefUpdate]) -> Result<Pushed>;

    /// Sets refs of this repository, all or none, each only from what is expected. One that is as wanted is left alone. Where
    /// a tag is a commit, it is set by naming a commit that records it.
    ///
    /// Fails with `Conflict` where a ref is elsewhere, with `Precondition` for a branch that is checked out in any work tree,
    /// with `Invalid` for a name that the system does not allow or that stands there twice, and with `NotFound` for an
    /// object that the clone lacks.
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
