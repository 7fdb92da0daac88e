//! Before anything irreversible: does the release commit still say what its manifest says, and does history agree?

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::model::{CommitId, TagName};
use releasekit_core::policy::{Policy, Stale};
use releasekit_core::vcs::{BranchTip, Need, RemoteRefs, Tag};

use crate::branch::{self, Branches, Held, Reach};
use crate::error::{Error, Result};
use crate::locate::{self, ReleaseCommit};
use crate::manifest::{self, Tagging};
use crate::plan::{Planned, Row};
use crate::session::{Policies, Session, Snapshot};
use crate::stale;

/// What was found out about a release on the way.
#[derive(Debug)]
pub(crate) struct Checked {
    /// The plan made again at the release commit's first parent: the source of the release notes.
    pub replanned: Planned,
}

/// Runs all checks before a release is tagged; independent faults are reported together.
pub(crate) async fn check(
    session: &Session,
    release: &ReleaseCommit,
    snapshot: &Snapshot,
    remote: &RemoteRefs,
) -> Result<Checked> {
    let mut problems = untagged(session, release, snapshot, remote).await?;
    if holder(session, release, &snapshot.policy, remote).await?.is_none() {
        problems.push(not_on_branch(release, &snapshot.policy, remote)?);
    }
    Error::raise(problems)?;
    let replanned = stale::replan(session, release, &tags_before(release, remote)).await?;
    let found = stale::judge(release, snapshot, &replanned)?;
    found.warn_of_newcomers(session);
    match snapshot.policy.stale {
        Stale::Error => Error::raise(found.stale)?,
        Stale::Warn => {
            found.stale.iter().for_each(|error| session.warn_of(error, "`stale = \"warn\"` lets it pass"));
        }
    }
    Ok(Checked { replanned })
}

/// Looks once more at what the remote could have changed while packages were built. Gives the branch that holds the
/// release commit, as it is now.
///
/// That the branch has moved on is no reason to stop; that it no longer holds the release commit is. The tags are pushed
/// right after this. What is left of the gap cannot be closed: a push leases the refs that it moves, and one that stays
/// where it is cannot be leased in the same push. Should the branch be moved back in that moment, the tags stand, and
/// `publish` refuses them.
pub(crate) async fn once_more(
    session: &Session,
    release: &ReleaseCommit,
    policy: &Policy,
    remote: &RemoteRefs,
) -> Result<BranchTip> {
    let mut problems = conflicts(session, release, remote).await?;
    let holder = holder(session, release, policy, remote).await?;
    if holder.is_none() {
        problems.push(not_on_branch(release, policy, remote)?);
    }
    Error::raise(problems)?;
    Ok(holder.expect("a release that no branch holds was refused"))
}

/// Runs all checks before anything of a tagged release is built or sent, against the remote as it is now. Gives what the
/// release commit holds.
pub(crate) async fn published(session: &Session, release: &ReleaseCommit) -> Result<Snapshot> {
    let remote = session.vcs.remote_refs(&session.policies.current().remote).await?;
    let snapshot = session.snapshot_at(&release.commit.id, Policies::Committed).await?;
    let mut problems = tagged(session, release, &snapshot, &remote).await?;
    let preferred = Some(&release.manifest.branch);
    let branches = Branches { session, policy: &snapshot.policy, remote: &remote };
    match branches.held(&release.commit.id, preferred, Reach::Remote).await? {
        Held::By(_) => {}
        Held::Nowhere => problems.push(not_on_branch(release, &snapshot.policy, &remote)?),
        Held::Unknown => session.warn(
            format!("whether the branch still holds {} could not be checked", release.commit.id.short()),
            Some(format!("in a shallow clone {} brings what is missing", session.vcs.hint(&Need::History))),
        ),
    }
    Error::together(problems).map_or(Ok(snapshot), Err)
}

/// What `release`, or for a tagged release `publish`, would refuse, as far as this clone can tell without fetching.
pub(crate) async fn in_the_way(
    session: &Session,
    release: &ReleaseCommit,
    snapshot: &Snapshot,
    remote: &RemoteRefs,
) -> Result<Vec<Error>> {
    let mut problems = if locate::missing(&release.manifest, remote).is_empty() {
        tagged(session, release, snapshot, remote).await?
    } else {
        refusals(session, release, snapshot, remote).await?
    };
    let preferred = Some(&release.manifest.branch);
    let branches = Branches { session, policy: &snapshot.policy, remote };
    if branches.held(&release.commit.id, preferred, Reach::Clone).await? == Held::Nowhere {
        problems.push(not_on_branch(release, &snapshot.policy, remote)?);
    }
    Ok(problems)
}

/// What `release` would refuse of a release that is to be tagged, as far as neither branches nor registries are asked.
pub(crate) async fn refusals(
    session: &Session,
    release: &ReleaseCommit,
    snapshot: &Snapshot,
    remote: &RemoteRefs,
) -> Result<Vec<Error>> {
    let problems = untagged(session, release, snapshot, remote).await?;
    if !problems.is_empty() || snapshot.policy.stale == Stale::Warn {
        return Ok(problems);
    }
    let judged = async {
        let replanned = stale::replan(session, release, &tags_before(release, remote)).await?;
        stale::judge(release, snapshot, &replanned)
    };
    // What keeps the release from being planned again keeps it from being tagged.
    Ok(judged.await.map_or_else(|error| vec![error], |found| found.stale))
}

/// Refuses a release whose tags this clone has elsewhere than the remote: one of them was moved.
pub(crate) async fn agreed(session: &Session, release: &ReleaseCommit, remote: &RemoteRefs) -> Result<()> {
    Error::raise(conflicts(session, release, remote).await?)
}

/// What is wrong with a release that is to be tagged.
async fn untagged(
    session: &Session,
    release: &ReleaseCommit,
    snapshot: &Snapshot,
    remote: &RemoteRefs,
) -> Result<Vec<Error>> {
    let mut problems = conflicts(session, release, remote).await?;
    let before: Vec<TagName> = tags_before(release, remote).into_iter().map(|tag| tag.name).collect();
    problems.extend(manifest::validate(&release.manifest, snapshot, &before, Tagging::ToCome));
    problems.extend(namesakes(release, snapshot));
    Ok(problems)
}

/// What is wrong with a release that is tagged.
async fn tagged(
    session: &Session,
    release: &ReleaseCommit,
    snapshot: &Snapshot,
    remote: &RemoteRefs,
) -> Result<Vec<Error>> {
    let mut problems = conflicts(session, release, remote).await?;
    let missing = locate::missing(&release.manifest, remote);
    if !missing.is_empty() {
        problems.push(Error::NotTagged { missing });
    }
    if let Some(astray) = locate::astray(session, release).await? {
        problems.push(release.astray(astray));
    }
    let all: Vec<TagName> = remote.tags().into_iter().map(|tag| tag.name).collect();
    problems.extend(manifest::validate(&release.manifest, snapshot, &all, Tagging::Made));
    problems.extend(namesakes(release, snapshot));
    Ok(problems)
}

/// Packages of the manifest that a registry would take for others of the repository.
fn namesakes(release: &ReleaseCommit, snapshot: &Snapshot) -> Vec<Error> {
    let namesake = |row: &Row| {
        let package = row.id();
        let other = snapshot.namesake(snapshot.discovery.index_of(&package)?, row.next.as_ref())?.clone();
        Some(Error::Namesakes { package, other })
    };
    release.manifest.packages.iter().filter_map(namesake).collect()
}

/// Tags of the manifest that are on another commit, on the remote or in this clone. The latter are found before anything
/// is pushed, for the tag could not be set here afterwards.
async fn conflicts(session: &Session, release: &ReleaseCommit, remote: &RemoteRefs) -> Result<Vec<Error>> {
    let here: BTreeMap<TagName, CommitId> =
        session.vcs.tags().await?.into_iter().map(|tag| (tag.name, tag.commit)).collect();
    let wanted = &release.commit.id;
    let conflict = |tag: &TagName| {
        let there = remote.tag(tag).map(|found| &found.commit);
        match (there, here.get(tag)) {
            (Some(at), _) if at != wanted => {
                Some(Error::TagConflict { tag: tag.clone(), at: at.clone(), wanted: wanted.clone() })
            }
            (Some(there), Some(here)) if there != here => {
                let take = session.vcs.hint(&Need::RemoteTags);
                Some(Error::TagMoved { tag: tag.clone(), here: here.clone(), there: there.clone(), take })
            }
            (None, Some(at)) if at != wanted => {
                let delete = session.vcs.hint(&Need::DeleteTag(tag.clone()));
                Some(Error::TagConflictHere { tag: tag.clone(), at: at.clone(), wanted: wanted.clone(), delete })
            }
            _ => None,
        }
    };
    Ok(release.tags().filter_map(conflict).collect())
}

/// The branch that holds the release commit: the one it was prepared for where it does.
async fn holder(
    session: &Session,
    release: &ReleaseCommit,
    policy: &Policy,
    remote: &RemoteRefs,
) -> Result<Option<BranchTip>> {
    Branches { session, policy, remote }.holding(&release.commit.id, Some(&release.manifest.branch)).await
}

fn not_on_branch(release: &ReleaseCommit, policy: &Policy, remote: &RemoteRefs) -> Result<Error> {
    let allowed = branch::described(policy, remote)?;
    Ok(Error::ReleaseNotOnBranch { commit: release.commit.id.clone(), allowed })
}

/// The remote's tags without those of the release; a clone may lack some, or have others.
fn tags_before(release: &ReleaseCommit, remote: &RemoteRefs) -> Vec<Tag> {
    let wanted: BTreeSet<&TagName> = release.tags().collect();
    remote.tags().into_iter().filter(|tag| !wanted.contains(&tag.name)).collect()
}
