//! Makes commits anew on another parent, without a work tree: a three-way merge of trees for each of them.

use gix::ObjectId;
use gix::objs::Kind;
use gix::objs::tree::EntryKind;
use releasekit_core::model::{CommitId, RepoPath};
use releasekit_core::vcs::{ReplayRequest, Sign};

use crate::commit::{self, By};
use crate::error::Error;
use crate::history::graph::Cache;
use crate::history::trees::Trees;
use crate::merge::{self, Merged};
use crate::object::{object_id, read, tree_of};
use crate::program::failure;
use crate::read::commit::{Header, Signature, author_line, committer_line, message};
use crate::repository::Git;
use crate::scratch;
use crate::sign::{self, Signed};
use crate::tree::find_entry;

/// Replays commits, parents before children, and gives the last one made; the new parent itself where nothing is left of
/// them. A commit whose change is there already, or left out, is dropped; one that was empty from the first is kept.
pub(crate) async fn replay(git: &Git, request: &ReplayRequest) -> Result<CommitId, Error> {
    let sign = sign::wanted(git, Sign::Auto, Signed::Commit).await?;
    let mut tip = request.onto.clone();
    for commit in &request.commits {
        let change = Change::read(git, commit, &tip).await?;
        let was_empty = change.parents.len() < 2 && change.theirs == change.base;
        let merged = change.without(git, &request.without).await?.merge(git, commit).await?;
        if was_empty || change.ours != merged.as_str() {
            let new = commit::New { tree: &merged, parent: &tip, message: &change.message, by: &change.by };
            tip = commit::write(git, new, sign).await?;
        }
    }
    Ok(tip)
}

/// What one commit changes, and what it is to be made on.
#[derive(Clone)]
struct Change {
    parents: Vec<ObjectId>,
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
            let (message, by) = (message(&bytes), by(&bytes));
            Ok(Self { parents: header.parents, base, ours, theirs: header.tree, message, by })
        };
        let mut change = git.read(read).await?;
        if change.parents.len() > 1 {
            // What a merge brings from its parents is theirs; its own is what it has beyond them.
            change.base = match merge::of_parents(git, &change.parents).await? {
                Merged::Clean(tree) => tree,
                Merged::Conflict(files) => return Err(Error::ReplayConflict { commit: commit.to_string(), files }),
            };
        }
        Ok(change)
    }

    /// The same without what it does to some files.
    async fn without(&self, git: &Git, paths: &[RepoPath]) -> Result<Self, Error> {
        let (base, theirs, wanted) = (self.base, self.theirs, paths.to_vec());
        let find = move |repo: &gix::Repository, known: &Cache| {
            let mut trees = Trees::new(repo, known.packs(repo));
            let mut lines = Vec::new();
            for path in &wanted {
                let before = find_entry(&mut trees, base, path)?;
                if before != find_entry(&mut trees, theirs, path)? {
                    lines.push(index_line(before, path));
                }
            }
            Ok(lines.concat())
        };
        let lines = git.read_graph(find).await?;
        if lines.is_empty() {
            return Ok(self.clone());
        }
        let folder = scratch::folder(&git.places.scratch)?;
        let file = folder.path().join("index");
        let command =
            |args: [&str; 3]| git.command(args.into_iter().filter(|arg| !arg.is_empty())).var("GIT_INDEX_FILE", &file);
        let theirs = self.theirs.to_string();
        command(["read-tree", &theirs, ""]).done("read the tree of a commit").await?;
        let edit = command(["update-index", "-z", "--index-info"]).input(lines);
        edit.done("leave a file of a commit out").await?;
        let tree = command(["write-tree", "--missing-ok", ""]).text("write the tree").await?;
        Ok(Self { theirs: object_id(&tree)?, ..self.clone() })
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

/// A line for `git update-index --index-info`: what a path is to be, or that it is not to be.
fn index_line(entry: Option<(EntryKind, ObjectId)>, path: &RepoPath) -> String {
    match entry {
        Some((kind, id)) => format!("{} {id}\t{}\0", kind.as_octal_str(), path.as_str()),
        None => format!("0 {}\t{}\0", ObjectId::null(gix::hash::Kind::Sha1), path.as_str()),
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
