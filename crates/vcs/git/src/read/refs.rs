//! HEAD, tags and revisions.

use gix::ObjectId;
use gix::bstr::{BStr, ByteSlice};
use gix::hashtable::HashMap;
use gix::objs::{FindHeader, Kind};
use releasekit_core::model::{BranchName, CommitId, TagName};
use releasekit_core::vcs::{Head, Tag};

use crate::error::Error;
use crate::object::commit_id;

/// Where the repository stands.
pub(crate) fn head(repo: &gix::Repository) -> Result<Head, Error> {
    let head = repo.head().map_err(Error::read("HEAD"))?;
    let branch = head.referent_name().map(|name| BranchName::new(name.shorten().to_str_lossy()));
    let shallow = repo.is_shallow().map_err(Error::read("the shallow boundary"))?;
    match head.into_peeled_id() {
        Ok(commit) => Ok(Head::new(commit_id(commit.detach()), branch, shallow)),
        Err(_) if repo.head().is_ok_and(|head| head.is_unborn()) => {
            let branch = branch.map_or_else(|| "HEAD".to_owned(), |branch| branch.to_string());
            Err(Error::NoCommit { branch })
        }
        Err(error) => Err(Error::read("HEAD")(error)),
    }
}

/// All tags that lead to commits, ordered by name. Names that are no UTF-8 are left out: no tag of ours has one.
pub(crate) fn tags(repo: &gix::Repository) -> Result<Vec<Tag>, Error> {
    let platform = repo.references().map_err(Error::read("the refs"))?;
    let mut tags = Vec::new();
    let mut known = HashMap::default();
    for reference in platform.tags().map_err(Error::read("the tags"))? {
        let reference = reference.map_err(Error::read("a tag"))?;
        let Ok(name) = reference.name().shorten().to_str() else { continue };
        // Packed refs say by themselves what a tag leads to.
        let Some(id) = reference.inner.peeled.or_else(|| reference.try_id().map(gix::Id::detach)) else { continue };
        // A release sets many tags on one commit.
        if let Some(commit) = known.entry(id).or_insert_with(|| leads_to(repo, id)) {
            tags.push(Tag::new(TagName::new(name), commit_id(*commit)));
        }
    }
    tags.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(tags)
}

/// The commit that an object is or leads to. One that the clone lacks is taken for one: it is for the history to miss.
fn leads_to(repo: &gix::Repository, id: ObjectId) -> Option<ObjectId> {
    match repo.objects.try_header(&id) {
        Ok(Some(header)) if header.kind == Kind::Tag => {
            let end = repo.find_object(id).ok()?.peel_tags_to_end().ok()?;
            (end.kind == Kind::Commit).then_some(end.id)
        }
        Ok(Some(header)) => (header.kind == Kind::Commit).then_some(id),
        Ok(None) | Err(_) => Some(id),
    }
}

/// The commit that a revision names.
pub(crate) fn resolve(repo: &gix::Repository, revision: &str) -> Option<CommitId> {
    let id = repo.rev_parse_single(BStr::new(revision)).ok()?;
    let commit = id.object().ok()?.peel_to_kind(Kind::Commit).ok()?;
    Some(commit_id(commit.id))
}
