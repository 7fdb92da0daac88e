//! A commit of the past planned again, with the tags of its time.

use std::collections::BTreeSet;

use releasekit_core::model::{CommitId, TagName, Version};
use releasekit_core::vcs::{Head, Tag};

use super::releases::PastRelease;
use super::then::Then;
use crate::error::Result;
use crate::naming::{Naming, TagIndex};
use crate::plan::{self, Planned};
use crate::session::Snapshot;

/// A plan of a commit of the past.
#[derive(Debug)]
pub(super) struct Again {
    /// The commit.
    pub(super) base: CommitId,
    /// The plan. What the commit itself says against one is part of the answer.
    pub(super) planned: Result<Planned>,
    /// The versions of every package that were tagged then, whether the commit reaches these tags or not.
    pub(super) tagged: Vec<Vec<(Version, TagName)>>,
}

impl Again {
    /// Plans a commit with the tags that it reaches.
    pub(super) async fn plan(then: &Then<'_>, base: &CommitId, release: &PastRelease) -> Result<Self> {
        let (reached, all) = tags_then(then, base, release).await?;
        let base = base.clone();
        let snapshot = match then.snapshot(&base).await {
            Ok(snapshot) => snapshot,
            Err(error) => return Ok(Self { base, planned: Err(error), tagged: Vec::new() }),
        };
        let tagged = tagged(&snapshot, &all).unwrap_or_default();
        let head = Head::new(base.clone(), None, false);
        let planned = plan::plan_with_tags(then.session, snapshot, &head, &reached).await;
        Ok(Self { base, planned, tagged })
    }
}

/// The tags that a commit reaches, and with them those that lie elsewhere and are older than the release; none of its own.
async fn tags_then(then: &Then<'_>, base: &CommitId, release: &PastRelease) -> Result<(Vec<Tag>, Vec<Tag>)> {
    let (own, begun) = (release.0.iter().map(|it| &it.tag).collect::<BTreeSet<_>>(), release.begun());
    let others: Vec<_> = then.tags.iter().filter(|it| !own.contains(&it.tag.name)).collect();
    let commits: Vec<CommitId> = others.iter().map(|it| it.tag.commit.clone()).collect();
    let reached = then.session.vcs.ancestors_among(&commits, base).await?;
    let (mut within, mut all) = (Vec::new(), Vec::new());
    for (other, reached) in others.into_iter().zip(reached) {
        within.extend(reached.then(|| other.tag.clone()));
        all.extend((reached || other.time < begun).then(|| other.tag.clone()));
    }
    Ok((within, all))
}

fn tagged(snapshot: &Snapshot, tags: &[Tag]) -> Result<Vec<Vec<(Version, TagName)>>> {
    let index = TagIndex::new(tags.iter().map(|tag| &tag.name));
    let naming = Naming::resolve(&snapshot.discovery, &snapshot.policy, &index)?;
    Ok((0..snapshot.discovery.members.len()).map(|at| naming.versions(&snapshot.discovery, at, &index)).collect())
}
