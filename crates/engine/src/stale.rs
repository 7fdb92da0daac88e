//! Whether a merged release still is what would be released: it is planned again where it was merged, and held against its
//! manifest.

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::model::{Bump, CommitId, PackageId, RepoPath};
use releasekit_core::policy::Policy;
use releasekit_core::vcs::{Head, Lack, Tag};

use crate::bump::Reason;
use crate::changelogs;
use crate::error::{Error, Result};
use crate::history::{AskedByFile, Change};
use crate::locate::ReleaseCommit;
use crate::notes;
use crate::plan::{self, Planned, Row};
use crate::session::{Policies, Session, Snapshot};

/// What a plan made again has beyond the manifest.
#[derive(Debug, Default)]
pub(crate) struct Judged {
    /// What makes the release stale.
    pub stale: Vec<Error>,
    /// Commits that ship with it and change no version, with their summaries.
    slipped_in: BTreeSet<(CommitId, String)>,
    /// Change files that describe what ships with it, and wait for the next release.
    late: BTreeSet<RepoPath>,
}

impl Judged {
    /// Says what ships without having been planned.
    pub(crate) fn warn_of_newcomers(&self, session: &Session) {
        for (commit, summary) in &self.slipped_in {
            let message =
                format!("{} was merged after the release was prepared and ships with it: {summary}", commit.short());
            session.warn(message, None);
        }
        for file in &self.late {
            let message = format!(
                "`{file}` was merged after the release was prepared: what it describes may ship with it, and moves its packages \
                 once more in the next release"
            );
            session.warn(message, None);
        }
    }
}

/// Plans the first parent of the release commit with the tags that were there before it.
pub(crate) async fn replan(session: &Session, release: &ReleaseCommit, tags: &[Tag]) -> Result<Planned> {
    let Some(parent) = release.commit.parents.first() else {
        return Err(session.lacks(Lack::History(release.commit.id.clone())));
    };
    let snapshot = session.snapshot_at(parent, Policies::Committed).await?;
    let head = Head::new(parent.clone(), None, session.vcs.head().await?.shallow);
    plan::plan_with_tags(session, snapshot, &head, tags, &release.manifest.options.asked()).await
}

/// Compares the plan made again with the manifest. A higher version is stale, and so is a breaking change that the
/// changelog does not list: whoever reads it to decide on an update would not find it. Other commits ship.
///
/// `snapshot` is what the release commit holds.
pub(crate) fn judge(release: &ReleaseCommit, snapshot: &Snapshot, replanned: &Planned) -> Result<Judged> {
    let rows: BTreeMap<PackageId, &Row> = release.manifest.packages.iter().map(|row| (row.id(), row)).collect();
    let mut judged = Judged::default();
    for (index, member) in replanned.snapshot.discovery.members.iter().enumerate() {
        let Some(row) = rows.get(&member.id) else { continue };
        let (commits, files) = (newcomers(replanned, index, row), new_files(replanned, index, row));
        let scheme = replanned.snapshot.discovery.scheme(member);
        match (&replanned.bumps.0[index].next, &row.next) {
            (Some(now), Some(then)) if scheme.compare(now, then).is_gt() => judged.stale.push(Error::Stale {
                package: member.id.clone(),
                planned: then.clone(),
                now: now.clone(),
                because: farthest(&commits, &files, &replanned.snapshot.policy),
            }),
            _ => match unlisted(replanned, snapshot, index, row, &commits)? {
                Some(error) => judged.stale.push(error),
                None => {
                    let told = |it: &&Change| (it.commit.clone(), it.summary().to_owned());
                    judged.slipped_in.extend(commits.iter().map(told));
                    judged.late.extend(files.iter().map(|it| it.file.path.clone()));
                }
            },
        }
    }
    Ok(judged)
}

/// A breaking change that came too late for the changelog. What was never released has nothing that could break.
fn unlisted(
    replanned: &Planned,
    snapshot: &Snapshot,
    index: usize,
    row: &Row,
    commits: &[&Change],
) -> Result<Option<Error>> {
    let Some(version) = row.next.clone().filter(|_| !row.reasons.contains(&Reason::FirstRelease)) else {
        return Ok(None);
    };
    let Some((changelog, text)) = changelogs::written(replanned, snapshot.tree.as_ref(), index)? else {
        return Ok(None);
    };
    for change in commits.iter().filter(|change| change.parsed.breaking) {
        let line = notes::line_of(&change.parsed, &replanned.snapshot.policy)?;
        if line.is_some_and(|line| !text.contains(&line)) {
            let (package, because) = (row.id(), format!("{} {}", change.commit.short(), change.summary()));
            return Ok(Some(Error::Unlisted { package, version, changelog, because }));
        }
    }
    Ok(None)
}

/// The newest of the commits that move the farthest, or the change file that moves farther.
fn farthest(commits: &[&Change], files: &[&AskedByFile], policy: &Policy) -> Option<String> {
    let by_commits = commits.iter().rev().map(|change| (change.bump(policy), change.summary().to_owned()));
    let by_files = files.iter().map(|asked| (asked.bump, asked.file.path.to_string()));
    by_files.chain(by_commits).max_by_key(|(bump, _)| *bump).map(|(_, said)| said)
}

/// Change files that move a package and that the manifest does not know.
fn new_files<'a>(replanned: &'a Planned, index: usize, row: &Row) -> Vec<&'a AskedByFile> {
    let is_known = |path: &RepoPath| {
        row.reasons.iter().any(|reason| matches!(reason, Reason::ChangeFile { file, .. } if file == path))
    };
    let asked = replanned.changes.members[index].by_files.iter();
    asked.filter(|asked| asked.bump > Bump::None && !is_known(&asked.file.path)).collect()
}

/// Commits worth a line that the manifest does not know.
fn newcomers<'a>(replanned: &'a Planned, index: usize, row: &Row) -> Vec<&'a Change> {
    let known: BTreeSet<&CommitId> = row
        .reasons
        .iter()
        .filter_map(|reason| match reason {
            Reason::Commit { commit, .. } | Reason::Trailer { commit, .. } => Some(commit),
            _ => None,
        })
        .collect();
    let policy = &replanned.snapshot.policy;
    let commits = replanned.changes.members[index].commits.iter();
    let is_new = |change: &&Change| !known.contains(&change.commit) && change.bump(policy) > Bump::None;
    commits.filter(is_new).collect()
}
