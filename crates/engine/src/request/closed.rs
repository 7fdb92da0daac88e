//! Change requests that are closed: by people, who want no release as it is planned, and by us, where nothing is left of it.

use std::collections::BTreeMap;

use releasekit_core::forge::{ChangeRequest, ChangeRequestState, CommentUpsert};
use releasekit_core::model::{CommitId, PackageId, Version};
use releasekit_core::vcs::{CommitInfo, Expected, RefName, RefUpdate, RemoteRef};
use releasekit_core::{BackendError, Diagnostic, ErrorKind};

use super::text::Text;
use super::{Desk, Leftover, Request, Shown};
use crate::branch::{self, Branches};
use crate::error::{Result, Undone};
use crate::forge::settled;
use crate::manifest::Manifest;
use crate::plan::{ReleasePlan, Row};
use crate::push;
use crate::release_branch::{BranchCommits, Inspection};

/// What is released, by which it is known again.
type Versions = BTreeMap<PackageId, Option<Version>>;

fn versions<'r>(rows: impl IntoIterator<Item = &'r Row>) -> Versions {
    rows.into_iter().map(|row| (row.id(), row.next.clone())).collect()
}

/// The mark of a change request that we closed, when it was at a commit: what came after that is not meant.
fn marker(at: &CommitId) -> String {
    format!("releasekit:closed/{at}")
}

impl Desk<'_> {
    /// The newest change request, where people closed it and the plan is the same.
    pub(crate) async fn declined(self, requests: &[ChangeRequest], plan: &ReleasePlan) -> Result<Option<Request>> {
        let is_open = |request: &ChangeRequest| request.state == ChangeRequestState::Open;
        let newest = requests.first().filter(|newest| newest.state == ChangeRequestState::Closed);
        let Some(newest) = newest.filter(|_| !requests.iter().any(is_open)) else { return Ok(None) };
        if self.is_closed_by_us(newest).await? {
            return Ok(None);
        }
        match self.released_by(newest).await? {
            Some(there) if there == versions(plan.included()) => {
                Ok(Some(Request::Declined(Shown::from(newest), newest.closed_by.clone())))
            }
            Some(_) => Ok(None),
            None => {
                let message = format!(
                    "pull request {} was closed, and what it would have released is to be read no more, so another one is \
                     opened",
                    newest.number
                );
                self.branches.session.warn(message, None);
                Ok(None)
            }
        }
    }

    async fn is_closed_by_us(self, request: &ChangeRequest) -> Result<bool> {
        let found = self.forge.comment(request.number, &marker(&request.head_commit)).await;
        Ok(found.map_err(|error| self.failed(Undone::NotPushed, error))?.is_some())
    }

    /// What the manifest at the head of a change request says; `None` where that is gone, or says nothing.
    async fn released_by(self, request: &ChangeRequest) -> Result<Option<Versions>> {
        let Branches { session, policy, .. } = self.branches;
        match branch::know(session, policy, &request.head_commit).await {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            known => known?,
        }
        let tree = session.vcs.tree(&request.head_commit).await?;
        let manifest = Manifest::of(tree.as_ref(), self.manifest).ok().flatten();
        Ok(manifest.map(|manifest| versions(&manifest.packages)))
    }

    /// Closes the open change request where nothing is left to be released, and deletes the branch where all of it is ours.
    /// What a run of an older commit finds says nothing of what its base has got since.
    pub(crate) async fn withdraw(self, requests: &[ChangeRequest], head: &CommitInfo) -> Result<Request> {
        let remote = self.branches.remote;
        let is_newest = remote.branch(self.base).is_some_and(|tip| tip.commit == head.id);
        let open = requests.iter().find(|request| request.state == ChangeRequestState::Open);
        let Some(last) = open.or(requests.first()).filter(|_| is_newest) else { return Ok(Request::None) };
        let tip = remote.branch(self.head);
        let there = match tip {
            Some(tip) => self.inspection(head).at(tip).await?,
            None => BranchCommits::default(),
        };
        match last.state {
            ChangeRequestState::Open if there.is_ours() || Text::of(&last.body).has_ours() => {
                self.close(last, tip.is_some_and(|_| !there.is_all_ours()))
                    .await
                    .map_err(|error| self.failed(Undone::NotClosed, error))?;
            }
            // The one before was stopped half way.
            ChangeRequestState::Closed if tip.is_some() && self.is_closed_by_us(last).await? => {}
            _ => return Ok(Request::None),
        }
        let leftover = match tip {
            None => Leftover::Gone,
            Some(tip) if there.is_all_ours() => self.delete(tip).await?,
            Some(_) => Leftover::Kept,
        };
        Ok(Request::Withdrawn(Shown::from(last), leftover))
    }

    fn inspection<'i>(&'i self, head: &'i CommitInfo) -> Inspection<'i> {
        Inspection { branches: self.branches, head, base: self.base, manifest: self.manifest }
    }

    async fn close(self, request: &ChangeRequest, keeps_branch: bool) -> Result<(), BackendError> {
        let branch = if keeps_branch { " The branch stays, for it has commits of others." } else { "" };
        let text = format!(
            "Nothing is left to be released from `{}`, so `releasekit prepare` closed this.{branch}",
            self.base
        );
        let comment = CommentUpsert::new(request.number, marker(&request.head_commit), text);
        // First the mark: closed without it would mean that people did.
        settled(async || self.forge.upsert_comment(&comment).await).await.value()?;
        settled(async || self.forge.close_change_request(request.number).await).await.value()?;
        Ok(())
    }

    async fn delete(self, tip: &RemoteRef) -> Result<Leftover> {
        let name = RefName::Branch(self.head.clone());
        let update = RefUpdate::new(name, None, Expected::At(tip.object.clone()));
        push::push(self.branches.session, &self.branches.policy.remote, &[update]).await?;
        Ok(Leftover::Deleted)
    }
}
