//! What is known of a package of a past release, beside its plan.

use std::collections::BTreeSet;

use releasekit_core::VersionScheme;
use releasekit_core::model::{Bump, CommitId, TagName, Version};
use releasekit_core::policy::{BumpSource, Policy};
use releasekit_core::vcs::CommitInfo;

use super::again::Again;
use super::asked::{Asked, Wanted};
use super::releases::Shipped;
use super::titles::{Folders, Titles};
use crate::bump::{Reason, STEPS, is_below_one, leads, step};
use crate::change_files;
use crate::error::Result;
use crate::history::Baseline;
use crate::plan::Planned;
use crate::session::Snapshot;

/// A commit and the first line of its message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) commit: CommitId,
    pub(super) summary: String,
}

/// What a difference is judged by.
#[derive(Debug, Clone)]
pub(super) struct Evidence<'a> {
    pub(super) scheme: &'a dyn VersionScheme,
    pub(super) takes_part: bool,
    pub(super) shipped: &'a Version,
    /// What the plan begins at.
    pub(super) last: Option<&'a Version>,
    /// What the plan gives.
    pub(super) next: Option<&'a Version>,
    /// How far the plan moves the package, or its group.
    pub(super) said: Bump,
    /// Whether commits are a reason for that.
    pub(super) by_commits: bool,
    /// Whether trailers have a say in that.
    pub(super) by_trailers: bool,
    /// The version in the package file, where the plan has its own from there.
    pub(super) file: Option<&'a Version>,
    /// How far people moved it.
    pub(super) step: Bump,
    /// The highest tag below what shipped, where the planned commit does not reach it and a plan that did would have given what
    /// shipped.
    pub(super) unreached: Option<&'a TagName>,
    pub(super) asked: Option<Asked>,
    /// The version that what counts gives to the package when it is read plainly: the titles of the range, of its group too, or
    /// the change files that name it.
    pub(super) plainly: Option<Version>,
    /// Whether change files say how far packages move, and commits do not.
    pub(super) by_files: bool,
    /// The commit that brought the version, be it that it raised it or carries the work.
    pub(super) brought_by: Named,
    /// Whether work with a known type came with the raise, or between it and the tag.
    pub(super) carries_work: bool,
}

impl<'a> Evidence<'a> {
    /// Looks at what there is. Where plan and release agree, nothing more is read.
    pub(super) async fn gather(
        shipped: &'a Shipped,
        again: &'a Again,
        (planned, index): (&'a Planned, usize),
        titles: &mut Titles<'_>,
    ) -> Result<Self> {
        let discovery = &planned.snapshot.discovery;
        let (member, changes) = (&discovery.members[index], &planned.changes.members[index]);
        let (scheme, decision) = (discovery.scheme(member), &planned.bumps.0[index]);
        let last = changes.last.as_ref();
        let brought_by = shipped.brought_by();
        let summary = |message: &str| message.trim_start().lines().next().unwrap_or_default().to_owned();
        let mut evidence = Self {
            scheme,
            takes_part: member.release != releasekit_core::policy::Participation::None,
            shipped: &shipped.version,
            last: last.map(|last| &last.version),
            next: decision.next.as_ref(),
            said: decision.bump,
            by_commits: false,
            by_trailers: false,
            file: None,
            step: last.map_or(Bump::None, |last| step(scheme, &last.version, &shipped.version)),
            unreached: unreached(scheme, &shipped.version, &again.tagged[index], (last, decision.bump)),
            asked: None,
            plainly: None,
            by_files: false,
            brought_by: Named { commit: brought_by.id.clone(), summary: summary(&brought_by.message) },
            carries_work: false,
        };
        if evidence.agrees() {
            return Ok(evidence);
        }
        let together = together(planned, index);
        let is_commit = |reason: &Reason| {
            matches!(reason, Reason::Commit { .. } | Reason::Trailer { .. } | Reason::ChangeFile { .. })
        };
        evidence.by_commits = together.iter().any(|at| planned.bumps.0[*at].reasons.iter().any(is_commit));
        evidence.by_trailers = together.iter().any(|at| planned.changes.members[*at].has_trailers());
        evidence.file = member.package.version.as_ref().filter(|file| evidence.is_from(file));
        let wanted = Wanted {
            name: member.id.name.as_str(),
            rules: discovery.files(member),
            version: &shipped.version,
            step: evidence.step,
        };
        let Snapshot { tree, policy, .. } = &planned.snapshot;
        evidence.by_files = policy.counts(BumpSource::ChangeFiles) && !policy.counts(BumpSource::Commits);
        // What a plan follows is no reason for it to differ.
        if !policy.counts(BumpSource::ChangeFiles) {
            evidence.asked = wanted.in_files(&change_files::readable(tree.as_ref(), discovery)?, index);
        }
        let Some(last) = last else { return Ok(evidence) };
        let range = titles.between(&last.commit, &again.base).await?;
        let after = titles.between(&again.base, &shipped.tagged.id).await?;
        let unread: &[CommitInfo] = if policy.counts(BumpSource::Trailers) { &[] } else { &range };
        let asked = evidence.asked.take().or_else(|| wanted.in_commits(unread)).or_else(|| wanted.in_commits(&after));
        evidence.asked = asked;
        if evidence.by_files {
            let bump = changes.bump_by_files();
            let is_any = bump > Bump::None;
            evidence.plainly = is_any.then(|| scheme.bump(&last.version, bump, None)).transpose()?;
            return Ok(evidence);
        }
        let folders = folders(planned, &together);
        if let Some((bump, _)) = titles.farthest(&range, &folders, policy).await? {
            let tamed = tamed(scheme, &last.version, bump, policy);
            evidence.plainly = Some(scheme.bump(&last.version, tamed, None)?);
        }
        if let Some((_, work)) = titles.farthest(&after, &folders, policy).await? {
            evidence.carries_work = true;
            if shipped.brought_by() == &shipped.tagged {
                evidence.brought_by = Named { commit: work.id.clone(), summary: summary(&work.message) };
            }
        }
        Ok(evidence)
    }

    /// Whether the plan gives what stands in a package file: one that is ahead of the last release, or of a first one.
    fn is_from(&self, file: &Version) -> bool {
        let (scheme, final_of_it) = (self.scheme, self.scheme.finalize(file));
        // A version with a label is released as it stands, one that marks development is not.
        let is_next = |next: &Version| [file, &final_of_it].iter().any(|it| scheme.compare(it, next).is_eq());
        let is_ahead = self.last.is_none_or(|last| self.scheme.compare(file, last).is_gt());
        is_ahead && self.next.is_some_and(is_next)
    }

    /// Whether the plan gives what shipped.
    pub(super) fn agrees(&self) -> bool {
        self.next.is_some_and(|next| self.scheme.compare(next, self.shipped).is_eq())
    }
}

fn tamed(scheme: &dyn VersionScheme, last: &Version, bump: Bump, policy: &Policy) -> Bump {
    if !is_below_one(scheme, last) {
        return bump;
    }
    match bump {
        Bump::Major => policy.breaking_below_one,
        Bump::Minor => policy.features_below_one,
        other => other,
    }
}

/// The highest tag of the package below what shipped, unless the plan begins there or above, or moves less far than people did
/// from that tag.
fn unreached<'a>(
    scheme: &dyn VersionScheme,
    shipped: &Version,
    tagged: &'a [(Version, TagName)],
    (last, said): (Option<&Baseline>, Bump),
) -> Option<&'a TagName> {
    let below = tagged.iter().filter(|(version, _)| scheme.compare(version, shipped).is_lt());
    let (version, tag) = below.max_by(|a, b| scheme.compare(&a.0, &b.0))?;
    let is_reason = match last {
        None => true,
        Some(last) if scheme.compare(&last.version, version).is_ge() => false,
        Some(_) => STEPS.into_iter().any(|bump| bump <= said && leads(scheme, version, bump, shipped)),
    };
    is_reason.then_some(tag)
}

/// The packages that share a version with one, and that one.
fn together(planned: &Planned, index: usize) -> BTreeSet<usize> {
    let groups = planned.snapshot.discovery.groups.shared().iter().filter(|group| group.holds(index));
    groups.flat_map(|group| group.members.iter().copied()).chain([index]).collect()
}

fn folders(planned: &Planned, together: &BTreeSet<usize>) -> Folders {
    let members = planned.snapshot.discovery.members.iter().enumerate();
    let (mut own, mut others) = (Vec::new(), Vec::new());
    for (index, member) in members {
        let list = if together.contains(&index) { &mut own } else { &mut others };
        list.push(member.package.path.clone());
    }
    Folders { own, others }
}
