//! A release commit that has to be signed where no key is at hand: the forge makes it, on a branch of its own, and it is
//! fetched and held against what it should be before the release branch has it.

use releasekit_core::Forge;
use releasekit_core::forge::ForgeCommitRequest;
use releasekit_core::model::{BranchName, CommitId, ObjectId};
use releasekit_core::vcs::{CommitInfo, Expected, RefName, RefUpdate, RemoteRef};

use super::{Proposal, same};
use crate::branch::{self, Branches};
use crate::error::{Error, Result, Undone};
use crate::forge::settled;
use crate::push;

/// A commit that the forge is to make and sign.
pub(super) struct Signing<'a> {
    pub(super) branches: Branches<'a>,
    pub(super) proposal: &'a Proposal<'a>,
    /// The same without a signature.
    pub(super) plain: CommitInfo,
    pub(super) forge: &'a dyn Forge,
}

impl Signing<'_> {
    /// The commit, and what takes away the branch that it was made on.
    pub(super) async fn signed(self) -> Result<(CommitInfo, Option<RefUpdate>)> {
        let Branches { session, policy, remote } = self.branches;
        let branch = branch::signing_branch(policy, remote, self.proposal.base, self.proposal.branch)?;
        session.phase("having the forge sign the release commit, for there is no key here");
        let id = match self.left_behind(remote.branch(&branch)).await? {
            Some(id) => id,
            None => self.make(&branch).await?,
        };
        session.vcs.fetch(&policy.remote, &[ObjectId::from(id.clone())]).await?;
        let made = session.describe(&id).await?;
        let is = match (same(session, &made, &self.plain).await?, made.signed) {
            (true, true) => None,
            (true, false) => Some("bears no signature"),
            (false, _) => Some("is not the release commit that it was asked for"),
        };
        if let Some(is) = is {
            return Err(Error::SignedOtherwise { branch, commit: id, is });
        }
        let gone = RefUpdate::new(RefName::Branch(branch), None, Expected::At(ObjectId::from(id)));
        Ok((made, Some(gone)))
    }

    async fn make(&self, branch: &BranchName) -> Result<CommitId> {
        let Proposal { head, edits, .. } = self.proposal;
        let message = self.plain.message.clone();
        let request = ForgeCommitRequest::new(branch.clone(), head.id.clone(), edits.clone(), message);
        let made = settled(async || self.forge.commit(&request).await).await.value();
        let failed = |source| Error::ForgeFailed { branch: branch.clone(), undone: Undone::NotSigned, source };
        made.map_err(failed)
    }

    /// What a run that was stopped has left there: the very commit, or one that is in the way and goes.
    async fn left_behind(&self, tip: Option<&RemoteRef>) -> Result<Option<CommitId>> {
        let Branches { session, policy, .. } = self.branches;
        let Some(tip) = tip else { return Ok(None) };
        branch::know(session, policy, &tip.commit).await?;
        if same(session, &session.describe(&tip.commit).await?, &self.plain).await? {
            return Ok(Some(tip.commit.clone()));
        }
        let gone = RefUpdate::new(tip.name.clone(), None, Expected::At(tip.object.clone()));
        push::push(session, &policy.remote, &[gone]).await?;
        Ok(None)
    }
}
