//! The edits as a commit on the release branch, pushed with a lease. Other people's commits stay on top.

mod signing;

use releasekit_core::event::Event;
use releasekit_core::model::{BranchName, CommitId, ObjectId, RepoPath};
use releasekit_core::policy::Policy;
use releasekit_core::vcs::{
    Author, CommitInfo, CommitRequest, Expected, RefName, RefUpdate, RemoteRef, ReplayRequest, Sign,
};
use releasekit_core::{Diagnostic, ErrorKind, FileEdit, Forge};

use crate::branch::Branches;
use crate::error::{Error, Result};
use crate::push;
use crate::release_branch::{self, BranchCommits, Inspection};
use crate::session::Session;
use crate::subject::Subject;
use signing::Signing;

/// What became of the release branch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// The branch.
    pub branch: BranchName,
    /// Its tip.
    pub commit: CommitId,
    /// Whether it had to be pushed.
    pub pushed: bool,
    /// The commits of others, as they stand on top of ours now.
    pub replayed: Vec<CommitId>,
}

/// A release commit to be made.
#[derive(Debug)]
pub(crate) struct Proposal<'a> {
    /// What it stands on.
    pub head: &'a CommitInfo,
    /// The branch it is for.
    pub base: &'a BranchName,
    /// The release branch, on which it is made.
    pub branch: &'a BranchName,
    /// Where its manifest lies.
    pub manifest: &'a RepoPath,
    /// The changes.
    pub edits: Vec<FileEdit>,
    /// What is released.
    pub subject: &'a Subject,
    /// The forge, which may have to sign it.
    pub forge: Option<&'a dyn Forge>,
}

/// Commits and pushes. Where the branch already holds the same, nothing happens; where it holds what would be lost, it is
/// left as it is.
pub(crate) async fn propose(branches: Branches<'_>, proposal: Proposal<'_>) -> Result<Proposed> {
    let Branches { session, policy, remote } = branches;
    let branch = proposal.branch;
    let tip = remote.branch(branch);
    let inspection = Inspection { branches, head: proposal.head, base: proposal.base, manifest: proposal.manifest };
    // What lies on the branch is judged before anything is made, and acted upon after our commit is there: only then can the
    // two be compared.
    let others = match tip {
        Some(tip) => inspection.at(tip).await?,
        None => BranchCommits::default(),
    };
    let made = commit(session, policy, &proposal).await?;
    // Their commits on top do not count: a run with nothing new must not push, whoever committed in between. That is asked
    // before anything is refused, since what stays as it is loses nothing.
    if let (Some(existing), Some(tip)) = (&others.ours, tip)
        && same(session, existing, made.info()).await?
    {
        return Ok(Proposed {
            branch: branch.clone(),
            commit: tip.commit.clone(),
            pushed: false,
            replayed: Vec::new(),
        });
    }
    others.refuse_loss(branch)?;
    warn_of_respelled(session, &others.respelled, proposal.manifest);
    let (ours, on_the_way) = match made {
        Made::Whole(ours) => (ours, None),
        Made::Unsigned(plain, forge) => Signing { branches, proposal: &proposal, plain, forge }.signed().await?,
    };
    // The lease is on the tip that was looked at, so a commit that came since then is not pushed over.
    let commit = replay(session, others.theirs, &ours, &proposal).await?;
    push_branch(branches, branch, tip, &commit, on_the_way).await?;
    let replayed = session.vcs.parents_between(&ours.id, &commit).await?.into_iter().map(|commit| commit.id);
    Ok(Proposed { branch: branch.clone(), replayed: replayed.collect(), commit, pushed: true })
}

fn warn_of_respelled(session: &Session, commits: &[CommitInfo], manifest: &RepoPath) {
    for commit in commits {
        let message = format!(
            "{} also changes how `{manifest}` is written, which is made anew; its other changes are kept",
            commit.id.short()
        );
        session.warn(message, None);
    }
}

/// Our commit, as far as it could be made here.
enum Made<'a> {
    /// As it is pushed.
    Whole(CommitInfo),
    /// Without the signature that it must have, which this forge can give.
    Unsigned(CommitInfo, &'a dyn Forge),
}

impl Made<'_> {
    fn info(&self) -> &CommitInfo {
        let (Self::Whole(info) | Self::Unsigned(info, _)) = self;
        info
    }
}

async fn commit<'a>(session: &Session, policy: &Policy, proposal: &Proposal<'a>) -> Result<Made<'a>> {
    let message = release_branch::marked(&message(policy, proposal), &proposal.edits);
    let request = CommitRequest::new(proposal.head.id.clone(), message, proposal.head.time);
    let author = policy.pull_request.author.as_deref().and_then(Author::of);
    let request = request.with_edits(proposal.edits.clone()).with_sign(policy.sign).with_author(author);
    let error = match session.vcs.commit(&request).await {
        Ok(id) => return Ok(Made::Whole(session.describe(&id).await?)),
        Err(error) => error,
    };
    let is_unsigned = policy.sign == Sign::Require && error.kind() == ErrorKind::Precondition;
    let signer = proposal.forge.filter(|forge| is_unsigned && forge.capabilities().signed_commits);
    let Some(forge) = signer else { return Err(error.into()) };
    // Whether the signature is all that is missing, the same commit without one tells.
    match session.vcs.commit(&request.with_sign(Sign::Never)).await {
        Ok(id) => Ok(Made::Unsigned(session.describe(&id).await?, forge)),
        Err(other) if other.kind() != ErrorKind::Precondition => Err(other.into()),
        Err(_) => Err(error.into()),
    }
}

fn message(policy: &Policy, proposal: &Proposal<'_>) -> String {
    proposal.subject.line(policy.pull_request.commit_message.as_deref())
}

/// Whether two commits are the same work: same parent, files and message, whoever made them.
async fn same(session: &Session, existing: &CommitInfo, ours: &CommitInfo) -> Result<bool> {
    let existing = session.describe(&existing.id).await?;
    let message = |commit: &CommitInfo| commit.message.trim_end().to_owned();
    Ok(existing.parents == ours.parents && existing.tree == ours.tree && message(&existing) == message(ours))
}

async fn replay(
    session: &Session,
    theirs: Vec<CommitId>,
    ours: &CommitInfo,
    &Proposal { branch, manifest, .. }: &Proposal<'_>,
) -> Result<CommitId> {
    if theirs.is_empty() {
        return Ok(ours.id.clone());
    }
    let request = ReplayRequest::new(theirs, ours.id.clone()).leaving_out(vec![manifest.clone()]);
    session.vcs.replay(&request).await.map_err(|error| match error.kind() {
        ErrorKind::Conflict => Error::ReplayConflict { branch: branch.clone(), source: error },
        _ => Error::Backend(error),
    })
}

async fn push_branch(
    Branches { session, policy, .. }: Branches<'_>,
    branch: &BranchName,
    tip: Option<&RemoteRef>,
    commit: &CommitId,
    on_the_way: Option<RefUpdate>,
) -> Result<()> {
    let update = RefUpdate::new(
        RefName::Branch(branch.clone()),
        Some(ObjectId::from(commit.clone())),
        tip.map_or(Expected::Absent, |tip| Expected::At(tip.object.clone())),
    );
    session.phase(format!("pushing `{branch}` to `{}`", policy.remote));
    let updates: Vec<RefUpdate> = [update].into_iter().chain(on_the_way).collect();
    push::push(session, &policy.remote, &updates).await?;
    session.report(Event::Phase(format!("`{branch}` is at {}", commit.short())));
    Ok(())
}
