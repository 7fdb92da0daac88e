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
use gix::bstr::ByteSlice;
use gix::objs::TreeRefIter;
use gix::objs::tree::EntryKind;
use releasekit_core::model::RepoPath;

use crate::error::Error;
use crate::history::trees::Trees;

/// What a tree has at a path.
pub(crate) fn find_entry(
    trees: &mut Trees<'_>,
    tree: ObjectId,
    path: &RepoPath,
) -> Result<Option<(EntryKind, ObjectId)>, Error> {
    if path.is_root() {
        return Ok(None);
    }
    let mut found = (EntryKind::Tree, tree);
    for name in path.as_str().split('/') {
        if found.0 != EntryKind::Tree {
            return Ok(None);
        }
        let bytes = trees.get(Some(found.1))?;
        let mut entry = None;
        for next in TreeRefIter::from_bytes(&bytes, trees.hash()) {
            let next = next.map_err(Error::read("a tree"))?;
            if next.filename == name.as_bytes().as_bstr() {
                entry = Some((next.mode.kind(), next.oid.to_owned()));
                break;
            }
        }
        let Some(next) = entry else { return Ok(None) };
        found = next;
    }
    Ok(Some(found))
}

/// The content of a plain file, by its name; `None` for what is no plain file.
pub(crate) fn find_file(trees: &mut Trees<'_>, tree: ObjectId, path: &RepoPath) -> Result<Option<ObjectId>, Error> {
    let entry = find_entry(trees, tree, path)?;
    Ok(entry.filter(|(kind, _)| matches!(kind, EntryKind::Blob | EntryKind::BlobExecutable)).map(|(_, id)| id))
}
