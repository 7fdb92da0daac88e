//! What version control systems promise by their capabilities: the same cases for every one of them.
//!
//! A case ends with the promise that was broken. Systems that promise more than they keep show that each case bites.

use releasekit_core::model::{BranchName, CommitId, TagName};
use releasekit_core::vcs::{Expected, Pushed, RefName, RefUpdate, TagRequest};
use releasekit_core::{Result, Vcs};

use super::{Kept, held};

/// Holds pushes to the capabilities, with two commits of the repository. The remote has a branch `suite` afterwards, and
/// had none before.
pub async fn pushes(vcs: &dyn Vcs, remote: &str, [one, two]: [&CommitId; 2]) -> Kept {
    let capabilities = vcs.capabilities();
    let branch = RefName::Branch(BranchName::new("suite"));
    let fresh = set(&branch, one);
    for time in ["once", "again"] {
        held(accepts(vcs, remote, std::slice::from_ref(&fresh)).await?, format!("a ref is pushed {time}"))?;
        held(is_at(vcs, remote, &branch, Some(one)).await?, "the remote shows what was pushed")?;
    }
    if !capabilities.leases {
        return Ok(());
    }
    let stale = set(&branch, two);
    held(!accepts(vcs, remote, std::slice::from_ref(&stale)).await?, "leases: a stale expectation is refused")?;
    held(is_at(vcs, remote, &branch, Some(one)).await?, "leases: what is refused is left alone")?;
    let tag = RefName::Tag(TagName::new("suite-1"));
    held(!accepts(vcs, remote, &[set(&tag, one), stale]).await?, "leases: one stale expectation refuses a push")?;
    let is_absent = is_at(vcs, remote, &tag, None).await?;
    held(is_absent || !capabilities.atomic_push, "atomic_push: nothing of what is refused arrives")
}

/// Holds the making of tags to the capabilities.
pub async fn tags(vcs: &dyn Vcs, request: &TagRequest) -> Kept {
    let updates = vcs.tag(request).await.map_err(|error| error.to_string())?;
    if !vcs.capabilities().tag_is_commit {
        let names: Vec<RefName> = request.tags.iter().map(|(name, _)| RefName::Tag(name.clone())).collect();
        let is_new = updates.iter().all(|update| update.expected == Expected::Absent);
        let same = updates.iter().map(|update| &update.name).eq(&names);
        return held(same && is_new, "without tag_is_commit a tag is a ref of its own");
    }
    let [update] = updates.as_slice() else { return held(false, "tag_is_commit: one branch moves, and nothing else") };
    let branch = &request.branch;
    held(update.name == RefName::Branch(branch.name.clone()), "tag_is_commit: the request's branch moves")?;
    let from = Expected::At(branch.commit.clone().into());
    held(update.expected == from, "tag_is_commit: it moves from where the remote has it")?;
    let new: Vec<CommitId> = update.new.iter().map(|object| CommitId::new(object.as_str())).collect();
    let infos = vcs.commits(&new).await.map_err(|error| error.to_string())?;
    let is_on_top = infos.iter().any(|info| info.parents == [branch.commit.clone()]);
    held(is_on_top, "tag_is_commit: one commit stands on the branch")
}

fn set(name: &RefName, new: &CommitId) -> RefUpdate {
    RefUpdate { name: name.clone(), new: Some(new.clone().into()), expected: Expected::Absent }
}

async fn accepts(vcs: &dyn Vcs, remote: &str, updates: &[RefUpdate]) -> Result<bool, String> {
    let pushed = vcs.push(remote, updates).await.map_err(|error| error.to_string())?;
    Ok(matches!(pushed, Pushed::Accepted))
}

async fn is_at(vcs: &dyn Vcs, remote: &str, name: &RefName, at: Option<&CommitId>) -> Result<bool, String> {
    let refs = vcs.remote_refs(remote).await.map_err(|error| error.to_string())?;
    Ok(refs.object(name).map(|object| object.as_str()) == at.map(CommitId::as_str))
}
