//! What stands on a release branch: which commit is ours, which are other people's, and which cannot be kept.
//!
//! Ours bears a mark, a digest of its message and of the files it changed. With the mark we know it again wherever it
//! was rebased to, and see that people have amended it. Nothing that is not ours is dropped in silence.

mod mark;

use std::collections::BTreeSet;

use releasekit_core::FileEdit;
use releasekit_core::model::{BranchName, CommitId, RepoPath};
use releasekit_core::vcs::{CommitInfo, OwnChanges, RemoteRef};

use crate::branch::{self, Branches};
use crate::error::{Error, Result, Unkept, Why};
use crate::manifest::Manifest;
pub(crate) use mark::marked;

/// How many commits of a branch that was rebased into its base are looked for.
const LONGEST: usize = 20;

/// What stands on a release branch.
#[derive(Debug, Default)]
pub(crate) struct BranchCommits {
    /// Our commit, where it stands on the base as it is now.
    pub(crate) ours: Option<CommitInfo>,
    /// The commits of others that are to be made anew, parents before children, without merges that add nothing.
    pub(crate) theirs: Vec<CommitId>,
    /// Those of them whose change of the manifest is left out, for it only spells it otherwise.
    pub(crate) respelled: Vec<CommitInfo>,
    /// The commits that cannot be kept.
    unkept: Vec<Unkept>,
    /// Whether releasekit made the branch.
    is_ours: bool,
}

impl BranchCommits {
    /// Fails where something on the branch would be lost, and names it.
    pub(crate) fn refuse_loss(&self, branch: &BranchName) -> Result<()> {
        let commits = self.unkept.clone();
        match commits.as_slice() {
            [] => Ok(()),
            _ if self.is_ours => Err(Error::CommitsUnkept { branch: branch.clone(), commits }),
            _ => Err(Error::BranchForeign { branch: branch.clone(), commits }),
        }
    }

    /// Whether releasekit made the branch.
    pub(crate) fn is_ours(&self) -> bool {
        self.is_ours
    }

    /// Whether nobody else has a commit on it.
    pub(crate) fn is_all_ours(&self) -> bool {
        self.is_ours && self.theirs.is_empty() && self.unkept.is_empty()
    }

    fn lose(&mut self, commit: &CommitInfo, why: Why) {
        let summary = commit.message.lines().next().unwrap_or_default().trim().to_owned();
        self.unkept.push(Unkept { commit: commit.id.clone(), summary, why });
    }
}

/// Looks at a release branch from the commit that is planned.
#[derive(Debug)]
pub(crate) struct Inspection<'a> {
    pub(crate) branches: Branches<'a>,
    pub(crate) head: &'a CommitInfo,
    pub(crate) base: &'a BranchName,
    /// Where the manifests of its releases lie.
    pub(crate) manifest: &'a RepoPath,
}

impl Inspection<'_> {
    /// What stands on the branch beyond HEAD, the base and the releases that were merged.
    pub(crate) async fn at(&self, tip: &RemoteRef) -> Result<BranchCommits> {
        branch::know(self.branches.session, self.branches.policy, &tip.commit).await?;
        let commits = self.branches.session.vcs.commits_between(&self.head.id, &tip.commit).await?;
        let release = self.release_of(tip).await?;
        let is_released = release.is_some();
        let merged = self.merged(&commits, release).await?;
        let mut rest = self.without_base(commits).await?;
        rest.retain(|commit| !merged.contains(&commit.id));
        let is_ours = is_released || rest.iter().any(|commit| mark::is_in(&commit.message));
        let mut found = BranchCommits { is_ours, ..BranchCommits::default() };
        if !is_ours {
            rest.iter().for_each(|commit| found.lose(commit, foreign(commit)));
            return Ok(found);
        }
        let mut planned = None;
        for commit in &rest {
            if self.sort(&mut found, commit).await? {
                planned = self.planned(&commit.id).await?;
            }
        }
        if let Some(planned) = planned {
            self.forget_old_base(&mut found, &planned).await?;
        }
        Ok(found)
    }

    /// Puts a commit where it belongs, and says whether it is ours.
    async fn sort(&self, found: &mut BranchCommits, commit: &CommitInfo) -> Result<bool> {
        let own = self.branches.session.vcs.own_changes(&commit.id).await?;
        let Some(parent) = commit.parents.first() else {
            found.lose(commit, Why::Unrelated);
            return Ok(false);
        };
        match mark::read(&commit.message) {
            Some((message, mark)) if self.is_as_made(commit, &own, message, mark).await? => {
                found.ours = (*parent == self.head.id).then(|| commit.clone());
                return Ok(true);
            }
            _ if mark::is_in(&commit.message) => found.lose(commit, Why::Amended),
            _ if own.by_hand => found.lose(commit, Why::MergedByHand),
            _ if own.is_nothing() && commit.parents.len() > 1 => {}
            _ if !own.paths.contains(self.manifest) => found.theirs.push(commit.id.clone()),
            _ if self.says_the_same(parent, &commit.id).await? => {
                found.theirs.push(commit.id.clone());
                found.respelled.push(commit.clone());
            }
            _ => found.lose(commit, Why::Manifest),
        }
        Ok(false)
    }

    /// Whether a commit is as we made it: its message, and what it changes.
    async fn is_as_made(&self, commit: &CommitInfo, own: &OwnChanges, message: &str, wanted: &str) -> Result<bool> {
        if own.beyond_contents || commit.parents.len() != 1 {
            return Ok(false);
        }
        let tree = self.branches.session.vcs.tree(&commit.id).await?;
        let mut edits = Vec::new();
        for path in &own.paths {
            edits.push(match tree.read(path)? {
                Some(content) => FileEdit::write(path.clone(), content),
                None => FileEdit::delete(path.clone()),
            });
        }
        Ok(mark::of(message, &edits) == wanted)
    }

    /// Whether two commits' manifests hold the same values.
    async fn says_the_same(&self, before: &CommitId, after: &CommitId) -> Result<bool> {
        let (before, after) = (self.manifest(before).await?, self.manifest(after).await?);
        Ok(before.is_some() && before == after)
    }

    /// The manifest of a commit; one that cannot be read is none.
    async fn manifest(&self, commit: &CommitId) -> Result<Option<Manifest>> {
        let tree = self.branches.session.vcs.tree(commit).await?;
        Ok(Manifest::of(tree.as_ref(), self.manifest).ok().flatten())
    }

    /// The commit that one of ours planned, where the clone has it.
    async fn planned(&self, ours: &CommitId) -> Result<Option<CommitId>> {
        let Some(manifest) = self.manifest(ours).await? else { return Ok(None) };
        Ok(self.branches.session.vcs.resolve(manifest.base.as_str()).await?)
    }

    /// Drops what our commit stood on when it was made: where the base was rewritten since, its old commits are nobody's
    /// work on this branch.
    async fn forget_old_base(&self, found: &mut BranchCommits, planned: &CommitId) -> Result<()> {
        let unkept = found.unkept.iter().map(|unkept| unkept.commit.clone());
        let ids: Vec<CommitId> = found.theirs.iter().cloned().chain(unkept).collect();
        let old = self.ancestors(ids, planned).await?;
        found.theirs.retain(|id| !old.contains(id));
        found.respelled.retain(|commit| !old.contains(&commit.id));
        found.unkept.retain(|unkept| !old.contains(&unkept.commit));
        Ok(())
    }

    /// The commits that the base branch does not hold: where HEAD is behind it, the branch may stand on later ones.
    async fn without_base(&self, mut commits: Vec<CommitInfo>) -> Result<Vec<CommitInfo>> {
        let base = self.branches.remote.branch(self.base).filter(|_| !commits.is_empty());
        if let Some(base) = base {
            branch::know(self.branches.session, self.branches.policy, &base.commit).await?;
            let held = self.ancestors(ids(&commits), &base.commit).await?;
            commits.retain(|commit| !held.contains(&commit.id));
        }
        Ok(commits)
    }

    /// Those of the commits that have come into HEAD with a release, by whatever kind of merge. What was pushed after that
    /// is not among them.
    async fn merged(&self, commits: &[CommitInfo], release: Option<CommitId>) -> Result<BTreeSet<CommitId>> {
        let mut merged = BTreeSet::new();
        let Some(release) = release.filter(|_| !commits.is_empty()) else { return Ok(merged) };
        let places = self.places(release, commits.len()).await?;
        for commit in commits.iter().rev() {
            if !merged.contains(&commit.id) && self.is_in_any(&commit.id, &places).await? {
                merged.extend(self.ancestors(ids(commits), &commit.id).await?);
            }
        }
        Ok(merged)
    }

    /// Where the work of a merged branch may be seen whole: at the release, after it for as many commits as a rebase
    /// would have made of the branch, and at HEAD.
    async fn places(&self, release: CommitId, count: usize) -> Result<Vec<CommitId>> {
        let since = self.branches.session.vcs.parents_between(&release, &self.head.id).await?;
        let mut line = vec![self.head.id.clone()];
        for commit in since.iter().rev() {
            if line.last() == Some(&commit.id) {
                line.extend(commit.parents.first().cloned());
            }
        }
        let after = line.iter().rev().skip_while(|id| **id != release).skip(1).take(count.min(LONGEST)).cloned();
        Ok([release.clone()].into_iter().chain(after).chain([self.head.id.clone()]).collect())
    }

    async fn is_in_any(&self, commit: &CommitId, places: &[CommitId]) -> Result<bool> {
        for place in places {
            if self.branches.session.vcs.is_contained(commit, place).await? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The commit that brought the branch's manifest into the history of HEAD.
    async fn release_of(&self, tip: &RemoteRef) -> Result<Option<CommitId>> {
        let Some(wanted) = self.manifest(&tip.commit).await? else { return Ok(None) };
        let runs = self.branches.session.vcs.path_runs(&self.head.id, self.manifest).await?;
        let holds =
            |content: &[u8]| Manifest::from_json(content, self.manifest.as_str()).is_ok_and(|held| held == wanted);
        Ok(runs.into_iter().find(|run| run.content.as_deref().is_some_and(holds)).map(|run| run.oldest))
    }

    async fn ancestors(&self, ids: Vec<CommitId>, of: &CommitId) -> Result<BTreeSet<CommitId>> {
        let reached = self.branches.session.vcs.ancestors_among(&ids, of).await?;
        Ok(ids.into_iter().zip(reached).filter(|(_, reached)| *reached).map(|(id, _)| id).collect())
    }
}

/// What is to be said of a commit on a branch that is not ours.
fn foreign(commit: &CommitInfo) -> Why {
    if commit.parents.is_empty() { Why::Unrelated } else { Why::Foreign }
}

fn ids(commits: &[CommitInfo]) -> Vec<CommitId> {
    commits.iter().map(|commit| commit.id.clone()).collect()
}
