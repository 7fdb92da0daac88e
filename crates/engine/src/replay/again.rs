//! A commit of the past planned again, with the tags of its time.

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::model::{CommitId, PackageId, TagName, Unread, Version};
use releasekit_core::policy::Participation;
use releasekit_core::vcs::{Head, Tag};

use super::releases::PastRelease;
use super::then::{Ranked, Then};
use crate::bump::{Asked, Held, Refusal};
use crate::discover::Groups;
use crate::error::{Behind, Error, Result};
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
    /// Packages that were set aside, each with what stands against planning it, by their index.
    pub(super) aside: BTreeMap<usize, Refusal>,
    /// The versions of every package that were tagged then, whether the commit reaches these tags or not.
    pub(super) tagged: Vec<Vec<(Version, TagName)>>,
}

impl Again {
    /// Plans a commit with the tags that it reaches.
    pub(super) async fn plan(then: &Then<'_>, base: &CommitId, release: &PastRelease) -> Result<Self> {
        let (reached, all) = tags_then(then, base, release).await?;
        let base = base.clone();
        let mut aside = BTreeMap::new();
        let mut snapshot = match then.snapshot(&base).await {
            Ok(snapshot) => snapshot,
            Err(error) => return Ok(Self { base, planned: Err(error), aside, tagged: Vec::new() }),
        };
        let tagged = tagged(&snapshot, &all).unwrap_or_default();
        let head = Head::new(base.clone(), None, false);
        let planned = loop {
            match plan::plan_with_tags(then.session, snapshot.clone(), &head, &reached, &Asked::default()).await {
                Err(error) => {
                    let found = set_aside(&mut snapshot, error, &mut aside);
                    if let Err(error) = found {
                        break Err(error);
                    }
                }
                Ok(planned) if hold_aside(&mut snapshot, &planned, &mut aside) => {}
                planned => break planned,
            }
        };
        Ok(Self { base, planned, aside, tagged })
    }
}

/// Takes packages out of a plan that an error is about, so that the others are planned; gives an error back that is about none.
fn set_aside(snapshot: &mut Snapshot, error: Error, aside: &mut BTreeMap<usize, Refusal>) -> Result<()> {
    let apart: Vec<(PackageId, Error)> = match error {
        Error::BehindTag { packages } => {
            let alone = |it: Behind| (it.package.clone(), Error::BehindTag { packages: vec![it] });
            packages.into_iter().map(alone).collect()
        }
        Error::VersionUnread { packages } => {
            let alone = |it: (PackageId, Unread)| (it.0.clone(), Error::VersionUnread { packages: vec![it] });
            packages.into_iter().map(alone).collect()
        }
        other => return Err(other),
    };
    let discovery = &mut snapshot.discovery;
    for (package, error) in apart {
        let Some(index) = discovery.index_of(&package) else { return Err(error) };
        discovery.members[index].release = Participation::None;
        if aside.insert(index, Refusal::of(&error)).is_some() {
            return Err(error);
        }
    }
    discovery.groups = Groups::resolve(&discovery.members, &snapshot.policy);
    Ok(())
}

/// The same of packages that the plan holds back, and with them others that need not wait to be compared. Gives whether there
/// were any.
fn hold_aside(snapshot: &mut Snapshot, planned: &Planned, aside: &mut BTreeMap<usize, Refusal>) -> bool {
    let before = aside.len();
    for (index, decision) in planned.bumps.0.iter().enumerate() {
        if let Some(Held::Refused(refusal)) = &decision.held {
            snapshot.discovery.members[index].release = Participation::None;
            aside.insert(index, refusal.clone());
        }
    }
    snapshot.discovery.groups = Groups::resolve(&snapshot.discovery.members, &snapshot.policy);
    aside.len() > before
}

/// The tags that a commit reaches, and with them those that lie elsewhere and are older than the release; none of its own.
async fn tags_then(then: &Then<'_>, base: &CommitId, release: &PastRelease) -> Result<(Vec<Tag>, Vec<Tag>)> {
    let own: BTreeSet<&TagName> = release.0.iter().map(|it| &it.tag).collect();
    let is_own = |it: &&Ranked| own.contains(&it.tag.name);
    let begun = then.tags.iter().filter(is_own).map(|it| it.rank).max().unwrap_or_default();
    let others: Vec<&Ranked> = then.tags.iter().filter(|it| !is_own(it)).collect();
    let commits: Vec<CommitId> = others.iter().map(|it| it.tag.commit.clone()).collect();
    let reached = then.session.vcs.ancestors_among(&commits, base).await?;
    let (mut within, mut all) = (Vec::new(), Vec::new());
    for (other, reached) in others.into_iter().zip(reached) {
        within.extend(reached.then(|| other.tag.clone()));
        all.extend((reached || other.rank > begun).then(|| other.tag.clone()));
    }
    Ok((within, all))
}

fn tagged(snapshot: &Snapshot, tags: &[Tag]) -> Result<Vec<Vec<(Version, TagName)>>> {
    let index = TagIndex::new(tags.iter().map(|tag| &tag.name));
    let naming = Naming::resolve(&snapshot.discovery, &snapshot.policy, &index)?;
    Ok((0..snapshot.discovery.members.len()).map(|at| naming.versions(&snapshot.discovery, at, &index)).collect())
}
