//! Where the history of a tag left that of a commit, for tags that are set on branches of their own.

use std::collections::BTreeSet;

use releasekit_core::model::{CommitId, TagName};

use crate::error::Result;
use crate::session::Session;

/// The last commit that both a tag and `head` have behind them; `None` where `head` reaches the tag, or they have nothing in
/// common.
pub async fn fork(session: &Session, head: &CommitId, tag: &TagName) -> Result<Option<CommitId>> {
    let tags = session.vcs.tags().await?;
    let Some(tag) = tags.into_iter().find(|found| found.name == *tag) else { return Ok(None) };
    if session.vcs.ancestors_among(std::slice::from_ref(&tag.commit), head).await? == [true] {
        return Ok(None);
    }
    let apart = session.vcs.commits_between(head, &tag.commit).await?;
    let own: BTreeSet<&CommitId> = apart.iter().map(|commit| &commit.id).collect();
    let behind = apart.iter().rev().flat_map(|commit| &commit.parents);
    Ok(behind.filter(|parent| !own.contains(parent)).map(CommitId::clone).next())
}
