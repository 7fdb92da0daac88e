//! The files of a commit, and those on disk.

mod commit_tree;
mod entries;
pub(crate) mod link;
mod listing;
mod sparse;
mod work_tree;
mod write;

pub(crate) use commit_tree::CommitTree;
pub(crate) use work_tree::WorkTree;
pub(crate) use write::write;

use gix::ObjectId;
use gix::objs::tree::EntryKind;
use releasekit_core::model::RepoPath;

use crate::error::Error;
use crate::object::missing;

/// What a tree has at a path.
pub(crate) fn find_entry(
    repo: &gix::Repository,
    tree: ObjectId,
    path: &RepoPath,
) -> Result<Option<(EntryKind, ObjectId)>, Error> {
    let lost = |error: gix::Error| match missing(repo, "tree", tree) {
        partial @ Error::Partial { .. } => partial,
        _ => Error::read("a tree")(error),
    };
    let root = repo.find_tree(tree).map_err(lost)?;
    let entry = root.lookup_entry_by_path(path.as_str()).map_err(lost)?;
    Ok(entry.map(|entry| (entry.mode().kind(), entry.object_id())))
}

/// The content of a plain file, by its name; `None` for what is no plain file.
pub(crate) fn find_file(repo: &gix::Repository, tree: ObjectId, path: &RepoPath) -> Result<Option<ObjectId>, Error> {
    let entry = find_entry(repo, tree, path)?;
    Ok(entry.filter(|(kind, _)| matches!(kind, EntryKind::Blob | EntryKind::BlobExecutable)).map(|(_, id)| id))
}
