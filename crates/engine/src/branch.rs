//! Which branch a release is made from, and whether the clone knows what the remote knows.

use globset::Glob;
use releasekit_core::Diagnostic;
use releasekit_core::model::{BranchName, CommitId, ObjectId, TagName};
use releasekit_core::policy::Policy;
use releasekit_core::vcs::{Head, RefName, RemoteRef, RemoteRefs};

use crate::codes;
use crate::error::{AllowedBranches, Error, Result};
use crate::history::Changes;
use crate::session::Session;

/// What the configuration says of the branches that releases may be made from, else the remote's default branch.
fn patterns<'a>(policy: &'a Policy, remote: &'a RemoteRefs) -> Vec<&'a str> {
    let default = policy.default_branch.as_deref().or(remote.default_branch.as_ref().map(BranchName::as_str));
    match policy.release_branches.as_slice() {
        [] => default.into_iter().collect(),
        patterns => patterns.iter().map(String::as_str).collect(),
    }
}

/// The remote's branches that releases may be made from, and what was asked for, to be said where none will do.
pub fn described(policy: &Policy, remote: &RemoteRefs) -> Result<AllowedBranches> {
    let found = allowed(policy, remote)?.into_iter().map(|(name, _)| name.clone()).collect();
    Ok(AllowedBranches { patterns: patterns(policy, remote).into_iter().map(str::to_owned).collect(), found })
}

/// The remote's branches that releases may be made from.
pub fn allowed<'a>(policy: &Policy, remote: &'a RemoteRefs) -> Result<Vec<(&'a BranchName, &'a RemoteRef)>> {
    let mut found = Vec::new();
    for pattern in patterns(policy, remote) {
        let invalid = |error: globset::Error| Error::InvalidGlob { glob: pattern.to_owned(), why: error.to_string() };
        let glob = Glob::new(pattern).map_err(invalid)?.compile_matcher();
        for remote_ref in &remote.refs {
            if let RefName::Branch(name) = &remote_ref.name
                && glob.is_match(name.as_str())
            {
                found.push((name, remote_ref));
            }
        }
    }
    Ok(found)
}

/// The allowed branch that holds a commit: the one that is checked out where it does, else the first.
pub async fn holding(
    session: &Session,
    policy: &Policy,
    remote: &RemoteRefs,
    commit: &CommitId,
    preferred: Option<&BranchName>,
) -> Result<Option<BranchName>> {
    let mut branches = allowed(policy, remote)?;
    branches.sort_by_key(|(name, _)| Some(*name) != preferred);
    for (name, tip) in branches {
        know(session, policy, tip).await?;
        let held = session.vcs.ancestors_among(std::slice::from_ref(commit), &tip.commit).await?;
        if held == [true] {
            return Ok(Some(name.clone()));
        }
    }
    Ok(None)
}

/// Which branch that releases may be made from holds a commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Held {
    /// This one.
    By(BranchName),
    /// None of them.
    Nowhere,
    /// None that the clone has the history of; there is more that it lacks.
    Unknown,
}

/// How far a question about history may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// What is missing is fetched.
    Remote,
    /// The clone must do, as for commands that change nothing.
    Clone,
}

/// Whether an allowed branch holds a commit, where the clone may lack the history that would tell. The branch that is
/// preferred is asked first.
pub async fn held(
    session: &Session,
    policy: &Policy,
    remote: &RemoteRefs,
    (commit, preferred): (&CommitId, Option<&BranchName>),
    reach: Reach,
) -> Result<Held> {
    let mut branches = allowed(policy, remote)?;
    branches.sort_by_key(|(name, _)| Some(*name) != preferred);
    let mut unknown = session.vcs.head().await?.shallow;
    for (name, tip) in branches {
        if reach == Reach::Remote {
            match know(session, policy, tip).await {
                // A dry run brings nothing into the clone, and looks at what is there.
                Err(error) if error.code() == codes::DRY_RUN_FETCH => {}
                known => known?,
            }
        }
        if session.vcs.resolve(tip.commit.as_str()).await?.is_none() {
            unknown = true;
        } else if session.vcs.ancestors_among(std::slice::from_ref(commit), &tip.commit).await? == [true] {
            return Ok(Held::By(name.clone()));
        }
    }
    Ok(if unknown { Held::Unknown } else { Held::Nowhere })
}

/// Brings a remote's commit into the clone where it is missing.
pub async fn know(session: &Session, policy: &Policy, remote: &RemoteRef) -> Result<()> {
    if session.vcs.resolve(remote.commit.as_str()).await?.is_none() {
        session.vcs.fetch(&policy.remote, &[ObjectId::from(remote.commit.clone())]).await?;
    }
    Ok(())
}

/// The branch that a plan of HEAD would be released from.
pub async fn base(session: &Session, policy: &Policy, remote: &RemoteRefs, head: &Head) -> Result<BranchName> {
    match holding(session, policy, remote, &head.commit, head.branch.as_ref()).await? {
        Some(branch) => Ok(branch),
        None => Err(Error::NotOnBranch { commit: head.commit.clone(), allowed: described(policy, remote)? }),
    }
}

/// Refuses to plan where the remote has tags of ours that the clone lacks.
pub fn refuse_missing_tags(session_changes: &Changes, snapshot: &crate::Snapshot, remote: &RemoteRefs) -> Result<()> {
    let remote_tags = remote.refs.iter().filter_map(|found| match &found.name {
        RefName::Tag(name) => Some(name),
        RefName::Branch(_) => None,
    });
    let unknown: Vec<TagName> = remote_tags.filter(|name| !session_changes.tags.contains(*name)).cloned().collect();
    let index = crate::naming::TagIndex::new(&unknown);
    let ours = (0..snapshot.discovery.members.len())
        .flat_map(|member| session_changes.naming.versions(&snapshot.discovery, member, &index));
    let missing: std::collections::BTreeSet<TagName> = ours.map(|(_, tag)| tag).collect();
    if missing.is_empty() { Ok(()) } else { Err(Error::TagsMissing { tags: missing.into_iter().collect() }) }
}
