//! The plan, one row per package. Pure. Its JSON is a stable interface (schema 1).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use releasekit_core::model::{Bump, CommitId, EcosystemLabel, PackageId, PackageName, RepoPath, TagName, Version};
use releasekit_core::policy::Participation;
use releasekit_core::vcs::{Head, Tag};

use crate::bump::{self, Asked, Bumps, Decision, Reason};
use crate::error::{Error, Result};
use crate::history::{self, AskedByFile, Changes};
use crate::session::{Session, Snapshot};

/// The version of the plan's and the manifest's JSON.
pub const SCHEMA: u32 = 1;

/// What becomes of a package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It moves.
    Included,
    /// It is unchanged.
    Skipped,
    /// It is private, configured to take no part, waits for what it needs, or the command line leaves it out.
    Excluded,
    /// The command line leaves it out, and something that moves needs it.
    DependencyOnly,
}

/// A package in a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Its name.
    pub name: PackageName,
    /// Its ecosystem.
    pub ecosystem: String,
    /// The label of its workspace.
    pub label: EcosystemLabel,
    /// Its folder.
    pub path: RepoPath,
    /// Its group.
    pub group: Option<String>,
    /// Its version in the files.
    pub current: Option<Version>,
    /// Its version to come; `None` where it does not move.
    pub next: Option<Version>,
    /// How far it moves.
    pub bump: Bump,
    /// What becomes of it.
    pub status: Status,
    /// The longest way down to a package that needs nobody.
    pub level: usize,
    /// Its place, from 1, dependencies first.
    pub order: usize,
    /// The tag to come.
    pub tag: Option<TagName>,
    /// Why it moves.
    pub reasons: Vec<Reason>,
}

impl Row {
    /// The package it is about.
    pub fn id(&self) -> PackageId {
        PackageId::new(self.label.clone(), self.name.clone())
    }

    /// Whether it moves.
    pub fn is_included(&self) -> bool {
        self.status == Status::Included
    }
}

/// What would be released from a commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasePlan {
    /// The version of this format.
    pub schema: u32,
    /// The commit that was planned.
    pub commit: CommitId,
    /// All packages, ordered by `order`.
    pub packages: Vec<Row>,
}

impl ReleasePlan {
    /// The rows that move.
    pub fn included(&self) -> impl Iterator<Item = &Row> {
        self.packages.iter().filter(|row| row.is_included())
    }

    /// Whether nothing moves.
    pub fn is_empty(&self) -> bool {
        self.included().next().is_none()
    }
}

/// A plan with everything it was made from, for those who explain it or write changelogs.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The files that were planned.
    pub snapshot: Snapshot,
    /// What happened to each package.
    pub changes: Changes,
    /// What was decided.
    pub bumps: Bumps,
    /// The plan.
    pub plan: ReleasePlan,
}

impl Planned {
    /// The format that most released packages of each label are tagged in.
    pub fn tag_formats(&self) -> BTreeMap<String, String> {
        let mut counts: BTreeMap<String, BTreeMap<&str, (bool, usize)>> = BTreeMap::new();
        for (index, member) in self.snapshot.discovery.members.iter().enumerate() {
            let counted = counts.entry(member.id.label.to_string()).or_default();
            let (released, count) = counted.entry(self.changes.naming.general_format(index).as_str()).or_default();
            *released |= member.release != Participation::None;
            *count += 1;
        }
        let most =
            counts.into_iter().map(|(label, formats)| (label, formats.into_iter().max_by_key(|(_, rank)| *rank)));
        most.filter_map(|(label, format)| Some((label, format?.0.to_owned()))).collect()
    }

    /// The other packages of a member's group that move by themselves, and so bring the group to its version.
    pub fn movers(&self, member: usize, group: Option<&str>) -> BTreeSet<usize> {
        let groups = self.snapshot.discovery.groups.shared().iter();
        let own = groups.filter(|shared| shared.name.as_deref() == group && shared.holds(member));
        let moves = |index: &usize| *index != member && bump::is_by_itself(&self.bumps.0[*index].reasons);
        own.flat_map(|shared| shared.members.iter().copied()).filter(moves).collect()
    }
}

/// Plans a commit.
pub async fn plan(session: &Session, snapshot: Snapshot, head: &Head) -> Result<Planned> {
    plan_as_asked(session, snapshot, head, &Asked::default()).await
}

/// Plans a commit with what a command asks for.
pub async fn plan_as_asked(session: &Session, snapshot: Snapshot, head: &Head, asked: &Asked) -> Result<Planned> {
    plan_over(session, snapshot, head, asked, &[]).await
}

/// The same over a release that never came to be, with what it used up of change files.
pub(crate) async fn plan_over(
    session: &Session,
    snapshot: Snapshot,
    head: &Head,
    asked: &Asked,
    used: &[(PackageId, AskedByFile)],
) -> Result<Planned> {
    let mut changes = history::changes(session, &snapshot, head).await?;
    changes.take_back(&snapshot.discovery, used);
    match decide(snapshot, changes, asked) {
        Err(Error::TagExists { packages, .. }) => {
            let is_behind = is_behind(session, head, &packages[0].tag).await?;
            Err(Error::TagExists { packages, is_behind })
        }
        decided => decided,
    }
}

/// Whether HEAD lies behind a tag, as an old checkout does.
async fn is_behind(session: &Session, head: &Head, tag: &TagName) -> Result<bool> {
    let tags = session.vcs.tags().await?;
    let Some(tag) = tags.iter().find(|found| found.name == *tag) else { return Ok(false) };
    Ok(session.vcs.ancestors_among(std::slice::from_ref(&head.commit), &tag.commit).await? == [true])
}

/// Plans a commit of the past with the tags that were there then.
pub(crate) async fn plan_with_tags(
    session: &Session,
    snapshot: Snapshot,
    head: &Head,
    tags: &[Tag],
    asked: &Asked,
) -> Result<Planned> {
    let changes = history::changes_with_tags(session, &snapshot, head, tags).await?;
    decide(snapshot, changes, asked)
}

/// Plans what is known. Pure.
pub fn decide(snapshot: Snapshot, changes: Changes, asked: &Asked) -> Result<Planned> {
    let bumps = bump::decide(&snapshot.discovery, &snapshot.graph, &changes, &snapshot.policy, asked)?;
    let plan = build(&snapshot, &changes, &bumps);
    Ok(Planned { snapshot, changes, bumps, plan })
}

fn build(snapshot: &Snapshot, changes: &Changes, bumps: &Bumps) -> ReleasePlan {
    let rows =
        snapshot.graph.order().iter().zip(1..).map(|(&index, order)| row(snapshot, changes, bumps, index, order));
    let mut packages: Vec<Row> = rows.collect();
    if bumps.0.iter().any(|decision| decision.left_out.is_some()) {
        mark_needed(snapshot, bumps, &mut packages);
    }
    ReleasePlan { schema: SCHEMA, commit: changes.head.clone(), packages }
}

/// Tells what is left out and needed by something that moves from what is left out.
fn mark_needed(snapshot: &Snapshot, bumps: &Bumps, rows: &mut [Row]) {
    let moving = (0..bumps.0.len()).filter(|index| bumps.0[*index].next.is_some());
    let needed: BTreeSet<usize> = moving.flat_map(|index| snapshot.graph.closure(index, false)).collect();
    for (row, index) in rows.iter_mut().zip(snapshot.graph.order()) {
        let takes_part = snapshot.discovery.members[*index].release != Participation::None;
        if takes_part && bumps.0[*index].left_out.is_some() && needed.contains(index) {
            row.status = Status::DependencyOnly;
        }
    }
}

fn row(snapshot: &Snapshot, changes: &Changes, bumps: &Bumps, index: usize, order: usize) -> Row {
    let member = &snapshot.discovery.members[index];
    let Decision { bump, next, reasons, held, left_out, .. } = bumps.0[index].clone();
    let status = match (member.release, &next) {
        (Participation::None, _) => Status::Excluded,
        _ if held.is_some() || left_out.is_some() => Status::Excluded,
        (_, Some(_)) => Status::Included,
        (_, None) => Status::Skipped,
    };
    Row {
        name: member.id.name.clone(),
        ecosystem: snapshot.discovery.workspace(member).ecosystem.ecosystem.to_owned(),
        label: member.id.label.clone(),
        path: member.package.path.clone(),
        group: snapshot.discovery.groups.name(index).map(str::to_owned),
        current: history::present(&member.package, changes.members[index].last.as_ref()),
        tag: next.as_ref().map(|next| changes.naming.tag(&snapshot.discovery, index, next)),
        next,
        bump,
        status,
        level: snapshot.graph.level(index),
        order,
        reasons,
    }
}
