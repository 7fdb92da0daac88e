//! Stage 7: the edits as a commit on the release branch, pushed with a lease. Other people's commits stay on top.

use releasekit_core::event::Event;
use releasekit_core::model::{BranchName, CommitId, ObjectId};
use releasekit_core::policy::Policy;
use releasekit_core::vcs::{CommitInfo, CommitRequest, Expected, Pushed, RefName, RefUpdate, RemoteRef, RemoteRefs};
use releasekit_core::{Diagnostic, ErrorKind, FileEdit};

use crate::branch;
use crate::error::{Error, Result};
use crate::manifest::Manifest;
use crate::session::Session;

/// What became of the release branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// The branch.
    pub branch: BranchName,
    /// Its tip.
    pub commit: CommitId,
    /// Whether it had to be pushed.
    pub pushed: bool,
    /// Commits of others that were made anew on top of ours.
    pub replayed: Vec<CommitId>,
}

/// A release commit to be made.
#[derive(Debug)]
pub struct Proposal<'a> {
    /// What it stands on.
    pub head: &'a CommitInfo,
    /// The branch it is for.
    pub base: &'a BranchName,
    /// The changes.
    pub edits: Vec<FileEdit>,
    /// How many packages move.
    pub count: usize,
}

/// The release branch of a base branch.
pub fn branch_name(policy: &Policy, base: &BranchName) -> BranchName {
    BranchName::new(policy.pull_request.branch.replace("{base}", base.as_str()))
}

/// Commits and pushes. Where the branch already holds the same, nothing happens.
pub async fn propose(
    session: &Session,
    policy: &Policy,
    remote: &RemoteRefs,
    proposal: Proposal<'_>,
) -> Result<Proposed> {
    let branch = branch_name(policy, proposal.base);
    let tip = remote.branch(&branch);
    let others = match tip {
        Some(tip) => standing(session, policy, remote, &proposal, tip).await?,
        None => Standing::default(),
    };
    let ours = commit(session, policy, &proposal).await?;
    if let (Some(existing), Some(tip)) = (&others.ours, tip)
        && same(session, existing, &ours).await?
    {
        return Ok(Proposed { branch, commit: tip.commit.clone(), pushed: false, replayed: Vec::new() });
    }
    let commit = replay(session, &others.theirs, ours, &branch).await?;
    push(session, policy, &branch, tip, &commit).await?;
    Ok(Proposed { branch, commit, pushed: true, replayed: others.theirs })
}

/// What stands on a release branch.
#[derive(Debug, Default)]
struct Standing {
    /// Our commit, where it stands on the base as it is now.
    ours: Option<CommitInfo>,
    /// The commits of others, oldest first, without merges of the base.
    theirs: Vec<CommitId>,
}

/// Looks at the release branch. One whose manifest is merged is spent: nothing of it is kept.
async fn standing(
    session: &Session,
    policy: &Policy,
    remote: &RemoteRefs,
    proposal: &Proposal<'_>,
    tip: &RemoteRef,
) -> Result<Standing> {
    let head = proposal.head;
    branch::know(session, policy, tip).await?;
    let manifest = Manifest::of(session.vcs.tree(&tip.commit).await?.as_ref())?;
    if let Some(manifest) = &manifest
        && is_merged(session, &head.id, manifest).await?
    {
        return Ok(Standing::default());
    }
    let mut found = Standing::default();
    let commits = session.vcs.commits_between(&head.id, &tip.commit).await?;
    let of_base = of_base(session, policy, remote.branch(proposal.base), &commits).await?;
    for (commit, of_base) in commits.into_iter().zip(of_base) {
        let [parent] = commit.parents.as_slice() else { continue };
        if of_base {
            continue;
        }
        if changes_manifest(session, &commit.id, parent).await? {
            found.ours = (*parent == head.id).then_some(commit);
        } else {
            found.theirs.push(commit.id);
        }
    }
    Ok(found)
}

/// Which commits the base branch itself holds: where HEAD is behind it, the release branch may stand on later ones.
async fn of_base(
    session: &Session,
    policy: &Policy,
    base: Option<&RemoteRef>,
    commits: &[CommitInfo],
) -> Result<Vec<bool>> {
    let Some(base) = base.filter(|_| !commits.is_empty()) else { return Ok(vec![false; commits.len()]) };
    branch::know(session, policy, base).await?;
    let ids: Vec<CommitId> = commits.iter().map(|commit| commit.id.clone()).collect();
    Ok(session.vcs.ancestors_among(&ids, &base.commit).await?)
}

/// Whether the history of a commit has held this manifest.
async fn is_merged(session: &Session, head: &CommitId, manifest: &Manifest) -> Result<bool> {
    let runs = session.vcs.path_runs(head, &Manifest::path()).await?;
    let held = runs.iter().filter_map(|run| run.content.as_deref());
    Ok(held
        .filter_map(|content| Manifest::from_json(content, crate::manifest::PATH).ok())
        .any(|held| held == *manifest))
}

async fn changes_manifest(session: &Session, commit: &CommitId, parent: &CommitId) -> Result<bool> {
    let path = Manifest::path();
    let now = session.vcs.tree(commit).await?.read(&path)?;
    let before = session.vcs.tree(parent).await?.read(&path)?;
    Ok(now != before)
}

async fn commit(session: &Session, policy: &Policy, proposal: &Proposal<'_>) -> Result<CommitInfo> {
    let request = CommitRequest {
        parent: proposal.head.id.clone(),
        edits: proposal.edits.clone(),
        message: message(policy, proposal),
        time: proposal.head.time,
        sign: policy.sign,
    };
    let id = session.vcs.commit(&request).await?;
    session.describe(&id).await
}

fn message(policy: &Policy, proposal: &Proposal<'_>) -> String {
    let count = proposal.count.to_string();
    let message =
        policy.pull_request.commit_message.replace("{count}", &count).replace("{base}", proposal.base.as_str());
    if proposal.count == 1 { message.replace("1 packages", "1 package") } else { message }
}

/// Whether two commits are the same work: same parent, files and message, whoever made them.
async fn same(session: &Session, existing: &CommitInfo, ours: &CommitInfo) -> Result<bool> {
    let existing = session.describe(&existing.id).await?;
    let message = |commit: &CommitInfo| commit.message.trim_end().to_owned();
    Ok(existing.parents == ours.parents && existing.tree == ours.tree && message(&existing) == message(ours))
}

async fn replay(session: &Session, theirs: &[CommitId], ours: CommitInfo, branch: &BranchName) -> Result<CommitId> {
    if theirs.is_empty() {
        return Ok(ours.id);
    }
    session.vcs.replay(theirs, &ours.id).await.map_err(|error| match error.kind() {
        ErrorKind::Conflict => Error::ReplayConflict { branch: branch.clone(), source: error },
        _ => Error::Backend(error),
    })
}

async fn push(
    session: &Session,
    policy: &Policy,
    branch: &BranchName,
    tip: Option<&RemoteRef>,
    commit: &CommitId,
) -> Result<()> {
    let update = RefUpdate {
        name: RefName::Branch(branch.clone()),
        new: Some(ObjectId::from(commit.clone())),
        expected: tip.map_or(Expected::Absent, |tip| Expected::At(tip.object.clone())),
    };
    session.phase(format!("pushing `{branch}` to `{}`", policy.remote));
    settle(session, &policy.remote, std::slice::from_ref(&update)).await?;
    session.report(Event::Phase(format!("`{branch}` is at {}", commit.short())));
    Ok(())
}

/// Pushes refs; where the reply is lost, what the remote then shows decides.
pub async fn settle(session: &Session, remote: &str, updates: &[RefUpdate]) -> Result<()> {
    match session.vcs.push(remote, updates).await? {
        Pushed::Accepted => Ok(()),
        Pushed::Refused(error) => Err(Error::Backend(error)),
        Pushed::Unknown(error) => {
            let shown = session.vcs.remote_refs(remote).await?;
            if updates.iter().all(|update| is_at(&shown, update)) { Ok(()) } else { Err(Error::Backend(error)) }
        }
    }
}

fn is_at(shown: &RemoteRefs, update: &RefUpdate) -> bool {
    let found = shown.refs.iter().find(|found| found.name == update.name);
    found.map(|found| &found.object) == update.new.as_ref()
}
