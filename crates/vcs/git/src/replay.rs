//! Makes commits anew on another parent, without a work tree: a three-way merge of trees for each of them.

use gix::ObjectId;
use gix::objs::Kind;
use releasekit_core::model::CommitId;
use releasekit_core::vcs::Sign;

use crate::backend::Git;
use crate::commit::{self, By};
use crate::error::Error;
use crate::object::{object_id, read, tree_of};
use crate::program::failure;
use crate::read::commit::{Header, Signature, author_line, committer_line, message};
use crate::sign::{self, Signed};

/// Replays commits, oldest first, and gives the last one made; `onto` itself where nothing is left of them.
///
/// A merge is replayed as what it changed against its first parent. A commit whose change is already there is dropped.
pub(crate) async fn replay(git: &Git, commits: &[CommitId], onto: &CommitId) -> Result<CommitId, Error> {
    let sign = sign::wanted(git, Sign::Auto, Signed::Commit).await?;
    let mut tip = onto.clone();
    for commit in commits {
        let change = Change::read(git, commit, &tip).await?;
        let merged = change.merge(git, commit).await?;
        let is_dropped = change.ours == merged.as_str() && change.theirs != change.base;
        if !is_dropped {
            tip = commit::write(git, &merged, &tip, &change.message, &change.by, sign).await?;
        }
    }
    Ok(tip)
}

/// What one commit changes, and what it is to be made on.
struct Change {
    base: ObjectId,
    ours: ObjectId,
    theirs: ObjectId,
    message: String,
    by: By,
}

impl Change {
    async fn read(git: &Git, commit: &CommitId, tip: &CommitId) -> Result<Self, Error> {
        let (id, tip) = (object_id(commit.as_str())?, object_id(tip.as_str())?);
        let read = move |repo: &gix::Repository| {
            let bytes = read(repo, id, Kind::Commit)?;
            let header = Header::parse(&bytes).ok_or_else(|| Error::Corrupt { what: format!("commit {id}") })?;
            let base = match header.parents.first() {
                Some(parent) => tree_of(repo, *parent)?,
                None => ObjectId::empty_tree(repo.object_hash()),
            };
            let ours = tree_of(repo, tip)?;
            Ok(Self { base, ours, theirs: header.tree, message: message(&bytes), by: by(&bytes) })
        };
        git.read(read).await
    }

    /// Merges by commits of our own around the three trees, for this git cannot be told the base of a merge.
    async fn merge(&self, git: &Git, commit: &CommitId) -> Result<String, Error> {
        let base = bare_commit(git, self.base, None).await?;
        let ours = bare_commit(git, self.ours, Some(&base)).await?;
        let theirs = bare_commit(git, self.theirs, Some(&base)).await?;
        let args = ["merge-tree", "--write-tree", "-z", "--name-only", "--no-messages", &ours, &theirs];
        let output = git.command(args).output().await?;
        let text = output.stdout_text();
        let mut fields = text.split('\0').filter(|field| !field.is_empty()).map(str::to_owned);
        match (output.code, fields.next()) {
            (Some(0), Some(tree)) => Ok(tree),
            (Some(1), Some(_)) => Err(Error::ReplayConflict { commit: commit.to_string(), files: fields.collect() }),
            _ => Err(failure("merge a commit with its new base", &output)),
        }
    }
}

async fn bare_commit(git: &Git, tree: ObjectId, parent: Option<&str>) -> Result<String, Error> {
    let tree = tree.to_string();
    let parent = parent.into_iter().flat_map(|parent| ["-p", parent]);
    let mut command = git.command(["commit-tree"]).args(parent).args(["-m", "releasekit", &tree]);
    for role in ["AUTHOR", "COMMITTER"] {
        command = command.var(&format!("GIT_{role}_NAME"), "releasekit");
        command = command.var(&format!("GIT_{role}_EMAIL"), "releasekit@localhost");
        command = command.var(&format!("GIT_{role}_DATE"), "@0 +0000");
    }
    command.text("write a commit to merge with").await
}

/// The author stays who it was; the committer is the user, at the time the commit was first made.
fn by(commit: &[u8]) -> By {
    let author = Signature::parse(&author_line(commit));
    let variables =
        vec![("GIT_AUTHOR_NAME", author.name), ("GIT_AUTHOR_EMAIL", author.email), ("GIT_AUTHOR_DATE", author.date)];
    By { variables, time: Signature::parse(&committer_line(commit)).date }
}
