//! What git makes of two commits by itself, and with that, what a commit changes by itself.

use gix::ObjectId;
use gix::bstr::ByteSlice;
use gix::objs::Kind;
use releasekit_core::model::{CommitId, RepoPath};
use releasekit_core::vcs::OwnChanges;

use crate::error::Error;
use crate::object::{object_id, read, tree_of};
use crate::program::failure;
use crate::read::commit::Header;
use crate::repository::Git;

/// A merge that git made, as a tree without a commit.
pub(crate) enum Merged {
    /// All of it.
    Clean(ObjectId),
    /// These files need people.
    Conflict(Vec<String>),
}

/// Merges the parents of a merge commit. More than two are left to people.
pub(crate) async fn of_parents(git: &Git, parents: &[ObjectId]) -> Result<Merged, Error> {
    match parents {
        [ours, theirs] => merge(git, &ours.to_string(), &theirs.to_string()).await,
        _ => Ok(Merged::Conflict(Vec::new())),
    }
}

async fn merge(git: &Git, ours: &str, theirs: &str) -> Result<Merged, Error> {
    let options = ["merge-tree", "--write-tree", "--allow-unrelated-histories", "-z", "--name-only", "--no-messages"];
    let output = git.command(options).args([ours, theirs]).output().await?;
    let text = output.stdout_text();
    let mut fields = text.split('\0').filter(|field| !field.is_empty());
    match (output.code, fields.next()) {
        (Some(0), Some(tree)) => Ok(Merged::Clean(object_id(tree)?)),
        (Some(1), Some(_)) => Ok(Merged::Conflict(fields.map(str::to_owned).collect())),
        _ => Err(failure("merge two commits", &output)),
    }
}

/// Whether merging one commit into another would change nothing. What conflicts would change something.
pub(crate) async fn is_contained(git: &Git, commit: &CommitId, into: &CommitId) -> Result<bool, Error> {
    let id = object_id(into.as_str())?;
    let tree = git.read(move |repo| tree_of(repo, id)).await?;
    let merged = merge(git, into.as_str(), commit.as_str()).await?;
    Ok(matches!(merged, Merged::Clean(found) if found == tree))
}

/// What a commit changes against its parent; a merge, against what git makes of its parents.
pub(crate) async fn own_changes(git: &Git, commit: &CommitId) -> Result<OwnChanges, Error> {
    let id = object_id(commit.as_str())?;
    let header = move |repo: &gix::Repository| {
        let bytes = read(repo, id, Kind::Commit)?;
        let header = Header::parse(&bytes).ok_or_else(|| Error::Corrupt { what: format!("commit {id}") })?;
        let first = match header.parents.first() {
            Some(parent) => tree_of(repo, *parent)?,
            None => ObjectId::empty_tree(repo.object_hash()),
        };
        Ok((header, first))
    };
    let (header, first) = git.read(header).await?;
    let merged = if header.parents.len() < 2 { Merged::Clean(first) } else { of_parents(git, &header.parents).await? };
    match merged {
        Merged::Clean(base) => changes(git, base, header.tree).await,
        Merged::Conflict(_) => {
            let mut own = changes(git, first, header.tree).await?;
            own.by_hand = true;
            Ok(own)
        }
    }
}

async fn changes(git: &Git, before: ObjectId, after: ObjectId) -> Result<OwnChanges, Error> {
    let mut own = OwnChanges::default();
    if before == after {
        return Ok(own);
    }
    let (before, after) = (before.to_string(), after.to_string());
    let command = git.command(["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", &before, &after]);
    let output = command.ok("compare two trees").await?;
    let mut fields = output.stdout.split(|byte| *byte == 0);
    while let (Some(facts), Some(name)) = (fields.next(), fields.next()) {
        own.beyond_contents |= !is_of_contents(&facts.to_str_lossy());
        match name.to_str().ok().and_then(|name| RepoPath::new(name).ok()) {
            Some(path) => own.paths.push(path),
            None => own.beyond_contents = true,
        }
    }
    own.paths.sort();
    Ok(own)
}

/// Whether a line such as `:100644 100644 OLD NEW M` is of a plain file that keeps its mode, comes, or goes.
fn is_of_contents(facts: &str) -> bool {
    let mut words = facts.trim_start_matches(':').split(' ');
    match (words.next(), words.next()) {
        (Some("000000"), Some(new)) => new == "100644",
        (Some("100644" | "100755"), Some("000000")) => true,
        (Some(old @ ("100644" | "100755")), Some(new)) => old == new,
        _ => false,
    }
}
