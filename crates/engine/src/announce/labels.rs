//! The labels of the change request that a release was merged from. People look at them; nothing follows from them.

use releasekit_core::forge::{ChangeRequest, ChangeRequestState, LabelRequest};
use releasekit_core::model::{CommitId, ObjectId};
use releasekit_core::policy::Policy;
use releasekit_core::vcs::RemoteRefs;

use super::Announcer;
use crate::branch;
use crate::error::{Error, Result};
use crate::forge::settled;
use crate::manifest::{self, Manifest};
use crate::request::PENDING;

/// How far a release is, as a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// Its tags are there.
    Tagged,
    /// All of it is live and proven.
    Published,
}

impl Stage {
    const ALL: [&'static str; 3] = [PENDING, "autorelease: tagged", "autorelease: published"];

    fn label(self) -> &'static str {
        Self::ALL[self as usize + 1]
    }

    /// The labels of stages before it.
    fn earlier(self) -> impl Iterator<Item = &'static str> {
        Self::ALL.into_iter().take(self as usize + 1)
    }

    /// Whether a request is as far, or farther.
    fn is_reached(self, request: &ChangeRequest) -> bool {
        Self::ALL.iter().skip(self as usize + 1).any(|label| request.labels.iter().any(|has| has == label))
    }
}

impl Announcer<'_> {
    /// Labels the request that the release was merged from, and gives it where its labels were changed.
    pub(super) async fn label(
        &self,
        policy: &Policy,
        remote: &RemoteRefs,
        stage: Stage,
    ) -> Result<Option<ChangeRequest>> {
        if !self.forge.capabilities().labels {
            return Ok(None);
        }
        let Manifest { branch: base, options, .. } = &self.release.manifest;
        let run = manifest::slug(&options.group);
        // Where the branch's name was changed since to one that cannot be, no request is from it.
        let Ok(head) = branch::release_branch(policy, remote, base, run.as_deref()) else { return Ok(None) };
        let failed = |what: String| move |source| Error::Unannounced { what, source };
        let merged = self.cancel.or(self.forge.change_requests(&head, base)).await?;
        let mut merged =
            merged.map_err(failed("the change request of the release could not be looked for".to_owned()))?;
        merged.retain(|request| request.state == ChangeRequestState::Merged && !stage.is_reached(request));
        let Some(request) = self.merged(merged, policy).await? else { return Ok(None) };
        let remove = stage.earlier().filter(|label| request.labels.iter().any(|has| has == label));
        let wanted = LabelRequest::new(request.number, vec![stage.label().to_owned()])
            .with_remove(remove.map(str::to_owned).collect());
        self.cancel.check()?;
        let set = settled(async || self.forge.set_labels(&wanted).await).await.value();
        set.map_err(failed(format!("the labels of {} could not be set", request.url)))?;
        Ok(Some(request))
    }

    /// The request that brought the manifest: what it asked to merge is the release commit, a parent of it, or a commit that
    /// holds the same manifest.
    async fn merged(&self, requests: Vec<ChangeRequest>, policy: &Policy) -> Result<Option<ChangeRequest>> {
        let commit = &self.release.commit;
        let is_it =
            |request: &ChangeRequest| request.head_commit == commit.id || commit.parents.contains(&request.head_commit);
        if let Some(found) = requests.iter().find(|request| is_it(request)) {
            return Ok(Some(found.clone()));
        }
        for request in requests {
            if self.holds_manifest(&request.head_commit, policy).await? {
                return Ok(Some(request));
            }
        }
        Ok(None)
    }

    /// Whether a commit, which is fetched where the clone lacks it, holds the manifest of the release. One that is not to be
    /// had any more, as of a branch that was deleted, holds none.
    async fn holds_manifest(&self, commit: &CommitId, policy: &Policy) -> Result<bool> {
        let vcs = &self.session.vcs;
        if vcs.resolve(commit.as_str()).await?.is_none() {
            let object = ObjectId::from(commit.clone());
            if self.cancel.or(vcs.fetch(&policy.remote, &[object])).await?.is_err() {
                return Ok(false);
            }
        }
        let Ok(tree) = vcs.tree(commit).await else { return Ok(false) };
        let found = Manifest::of(tree.as_ref(), &self.release.path);
        Ok(found.is_ok_and(|found| found.is_some_and(|found| found.asks_as(&self.release.manifest))))
    }
}
