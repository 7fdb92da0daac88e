//! Where history may begin, for tags that are nobody's or are set on branches of their own.

use std::collections::BTreeSet;

use releasekit_core::model::{CommitId, TagName};

use crate::error::Result;
use crate::session::Session;

/// The newest of some tags that `head` reaches, and its commit; of several on one commit the last by name.
pub async fn newest(session: &Session, head: &CommitId, tags: &[&TagName]) -> Result<Option<(TagName, CommitId)>> {
    let all = session.vcs.tags().await?;
    let wanted: BTreeSet<&TagName> = tags.iter().copied().collect();
    let tags: Vec<_> = all.into_iter().filter(|tag| wanted.contains(&tag.name)).collect();
    let commits: Vec<CommitId> = tags.iter().map(|tag| tag.commit.clone()).collect();
    let reached = session.vcs.ancestors_among(&commits, head).await?;
    let infos = session.vcs.commits(&commits).await?;
    let reached = tags.into_iter().zip(infos).zip(reached).filter(|(_, is_reached)| *is_reached);
    let newest = reached.map(|(tag, _)| tag).max_by(|(a, at), (b, then)| (at.time, &a.name).cmp(&(then.time, &b.name)));
    Ok(newest.map(|(tag, _)| (tag.name, tag.commit)))
}

/// The last commit that both a tag and `head` have behind them; `None` where `head` reaches the tag, or they have nothing in
/// common.
pub async fn fork(session: &Session, head: &CommitId, tag: &TagName) -> Result<Option<CommitId>> {
    let tags = session.vcs.tags().await?;
    let Some(tag) = tags.into_iter().find(|found| found.name == *tag) else { return Ok(None) };
    if session.vcs.ancestors_among(std::slice::from_ref(&tag.commit), head).await? == [true] {
        return Ok(None);
    }
    let apart = session.vcs.parents_between(head, &tag.commit).await?;
    let own: BTreeSet<&CommitId> = apart.iter().map(|commit| &commit.id).collect();
    let behind = apart.iter().rev().flat_map(|commit| &commit.parents);
    Ok(behind.filter(|parent| !own.contains(parent)).map(CommitId::clone).next())
}
