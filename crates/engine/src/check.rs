//! Before anything irreversible: does the release commit still say what its manifest says, and does history agree?

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::model::{CommitId, PackageId, TagName};
use releasekit_core::policy::{Policy, Stale};
use releasekit_core::vcs::{Head, RefName, RemoteRefs, Tag};

use crate::bump;
use crate::error::{Error, Result};
use crate::history::Change;
use crate::locate::ReleaseCommit;
use crate::naming::{Naming, TagIndex};
use crate::plan::{self, Planned, Reason, Row};
use crate::session::{Session, Snapshot};
use crate::{branch, notes};

/// What was found out about a release on the way.
#[derive(Debug)]
pub struct Checked {
    /// The plan made again at the release commit's first parent: the source of the release notes.
    pub replanned: Planned,
}

/// Runs all checks; independent faults are reported together.
pub async fn check(
    session: &Session,
    release: &ReleaseCommit,
    snapshot: &Snapshot,
    remote: &RemoteRefs,
) -> Result<Checked> {
    let mut problems = conflicts(release, remote);
    problems.extend(conflicts_here(release, remote, &session.vcs.tags().await?));
    problems.extend(drift(release, snapshot));
    problems.extend(off_branch(session, release, snapshot, remote).await?);
    if let Some(error) = Error::together(problems) {
        return Err(error);
    }
    let before = tags_before(release, remote);
    if let Some(error) = Error::together(tag_drift(release, snapshot, &before)?) {
        return Err(error);
    }
    let replanned = replan(session, release, &before).await?;
    judge(session, release, snapshot, &replanned)?;
    Ok(Checked { replanned })
}

/// Tags of the manifest that exist on another commit.
fn conflicts(release: &ReleaseCommit, remote: &RemoteRefs) -> Vec<Error> {
    let on_other = |tag: &TagName| {
        remote.tag(tag).filter(|found| found.commit != release.commit.id).map(|found| found.commit.clone())
    };
    let conflict = |tag: &TagName| {
        let at = on_other(tag)?;
        Some(Error::TagConflict { tag: tag.clone(), at, wanted: release.commit.id.clone() })
    };
    release.tags().filter_map(conflict).collect()
}

/// The same in this clone alone: found before anything is pushed, for the tag could not be set here afterwards.
fn conflicts_here(release: &ReleaseCommit, remote: &RemoteRefs, tags: &[Tag]) -> Vec<Error> {
    let wanted: BTreeSet<&TagName> = release.tags().filter(|tag| remote.tag(tag).is_none()).collect();
    let elsewhere = tags.iter().filter(|tag| wanted.contains(&tag.name) && tag.commit != release.commit.id);
    let conflict = |tag: &Tag| Error::TagConflictHere {
        tag: tag.name.clone(),
        at: tag.commit.clone(),
        wanted: release.commit.id.clone(),
    };
    elsewhere.map(conflict).collect()
}

/// Versions in the files that differ from the manifest.
fn drift(release: &ReleaseCommit, snapshot: &Snapshot) -> Vec<Error> {
    let members: BTreeMap<PackageId, _> =
        snapshot.discovery.members.iter().map(|member| (member.id.clone(), member)).collect();
    let of_row = |row: &Row| {
        let found = members.get(&row.id());
        let version = found.and_then(|member| member.package.version.clone());
        let in_tags_only = found.is_some_and(|member| member.package.version_file.is_none() && version.is_none());
        if in_tags_only || version == row.next {
            return None;
        }
        Some(Error::ManifestDrift {
            package: row.id(),
            file: found.map(|member| member.package.manifest.clone()),
            found: version,
            wanted: row.next.clone(),
        })
    };
    release.manifest.packages.iter().filter_map(of_row).collect()
}

async fn off_branch(
    session: &Session,
    release: &ReleaseCommit,
    snapshot: &Snapshot,
    remote: &RemoteRefs,
) -> Result<Option<Error>> {
    let preferred = Some(&release.manifest.branch);
    let held = branch::holding(session, &snapshot.policy, remote, &release.commit.id, preferred).await?;
    if held.is_some() {
        return Ok(None);
    }
    let allowed = branch::described(&snapshot.policy, remote)?;
    Ok(Some(Error::ReleaseNotOnBranch { commit: release.commit.id.clone(), allowed }))
}

/// The remote's tags without those of the release; a clone may lack some, or have others.
fn tags_before(release: &ReleaseCommit, remote: &RemoteRefs) -> Vec<Tag> {
    let wanted: BTreeSet<&TagName> = release.tags().collect();
    remote_tags(remote).into_iter().filter(|tag| !wanted.contains(&tag.name)).collect()
}

/// Tags of the manifest that the release commit's own formats do not read as those versions: no later plan would know
/// what was released.
fn tag_drift(release: &ReleaseCommit, snapshot: &Snapshot, before: &[Tag]) -> Result<Vec<Error>> {
    let names: Vec<TagName> = before.iter().map(|tag| tag.name.clone()).collect();
    let naming = Naming::resolve(&snapshot.discovery, &snapshot.policy, &names)?;
    let of_row = |row: &Row| {
        let index = snapshot.discovery.members.iter().position(|member| member.id == row.id())?;
        let (tag, next) = (row.tag.as_ref()?, row.next.as_ref()?);
        let expected = naming.tag(&snapshot.discovery, index, next);
        let read = naming.versions(&snapshot.discovery, index, &TagIndex::new([tag]));
        let fits = *tag == expected || read.iter().any(|(version, _)| version == next);
        (!fits).then(|| Error::TagDrift { package: row.id(), tag: tag.clone(), expected })
    };
    Ok(release.manifest.packages.iter().filter_map(of_row).collect())
}

/// Plans the first parent of the release commit with the tags that were there before it.
async fn replan(session: &Session, release: &ReleaseCommit, tags: &[Tag]) -> Result<Planned> {
    let Some(parent) = release.commit.parents.first() else {
        return Err(Error::Shallow { at: release.commit.id.short().to_owned() });
    };
    let snapshot = session.release(parent).await?;
    let head = Head { commit: parent.clone(), branch: None, shallow: session.vcs.head().await?.shallow };
    plan::plan_with_tags(session, snapshot, &head, tags).await
}

/// Compares the plan made again with the manifest: a higher version is stale, further commits are warned of.
fn judge(session: &Session, release: &ReleaseCommit, snapshot: &Snapshot, replanned: &Planned) -> Result<()> {
    let rows: BTreeMap<PackageId, &Row> = release.manifest.packages.iter().map(|row| (row.id(), row)).collect();
    let mut stale = Vec::new();
    let mut slipped_in = BTreeSet::new();
    for (index, member) in replanned.snapshot.discovery.members.iter().enumerate() {
        let Some(row) = rows.get(&member.id) else { continue };
        let commits = newcomers(replanned, index, row);
        let scheme = replanned.snapshot.discovery.scheme(member);
        match (&replanned.bumps.0[index].next, &row.next) {
            (Some(now), Some(then)) if scheme.compare(now, then).is_gt() => stale.push(Error::Stale {
                package: member.id.clone(),
                planned: then.clone(),
                now: now.clone(),
                because: farthest(&commits, &replanned.snapshot.policy),
            }),
            _ => slipped_in.extend(commits.iter().map(|change| (change.commit.clone(), change.summary.clone()))),
        }
    }
    warn_of_newcomers(session, &slipped_in);
    match (Error::together(stale), snapshot.policy.stale) {
        (Some(error), Stale::Error) => Err(error),
        (Some(error), Stale::Warn) => {
            session.warn(error.to_string(), Some("`stale = \"warn\"` lets it pass".to_owned()));
            Ok(())
        }
        (None, _) => Ok(()),
    }
}

/// The newest of the commits that move the farthest.
fn farthest(commits: &[&Change], policy: &Policy) -> Option<String> {
    let by_bump = commits.iter().rev().max_by_key(|change| bump::of_commit(&change.parsed, policy));
    by_bump.map(|change| change.summary.clone())
}

/// Commits worth a line that the manifest does not know.
fn newcomers<'a>(replanned: &'a Planned, index: usize, row: &Row) -> Vec<&'a Change> {
    let known: BTreeSet<&CommitId> = row
        .reasons
        .iter()
        .filter_map(|reason| match reason {
            Reason::Commit { commit, .. } => Some(commit),
            _ => None,
        })
        .collect();
    let policy = &replanned.snapshot.policy;
    let listed =
        replanned.changes.members[index].commits.iter().filter(|change| notes::is_listed(&change.parsed, policy));
    listed
        .filter(|change| {
            !known.contains(&change.commit)
                && bump::of_commit(&change.parsed, policy) > releasekit_core::model::Bump::None
        })
        .collect()
}

fn warn_of_newcomers(session: &Session, commits: &BTreeSet<(CommitId, String)>) {
    for (commit, summary) in commits {
        let message =
            format!("{} was merged after the release was prepared and ships with it: {summary}", commit.short());
        session.warn(message, None);
    }
}

/// The tags of a remote, as names and commits.
pub fn remote_tags(remote: &RemoteRefs) -> Vec<Tag> {
    let tag = |found: &releasekit_core::vcs::RemoteRef| match &found.name {
        RefName::Tag(name) => Some(Tag { name: name.clone(), commit: found.commit.clone() }),
        RefName::Branch(_) => None,
    };
    remote.refs.iter().filter_map(tag).collect()
}
