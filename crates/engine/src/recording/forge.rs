//! A forge under a dry run: what would be written there is recorded, and seen by what is read afterwards.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use releasekit_core::event::Reporter;
use releasekit_core::forge::{
    AskRequest, Asset, AssetFetch, AssetRequest, AssetState, AutoMergeRequest, ChangeRequest, ChangeRequestState,
    ChangeRequestUpsert, Comment, CommentUpsert, DispatchRequest, ForgeCapabilities, ForgeCommitRequest, LabelRequest,
    Links, PublishReleaseRequest, Release, ReleaseUpsert, Repository, Written,
};
use releasekit_core::model::{BranchName, CommitId, TagName};
use releasekit_core::registry::Fetched;
use releasekit_core::{BackendError, Forge, Result};

use super::tell;
use crate::durable;
use crate::failure::Failure;
use crate::forge::FIRST_RECORDED;

/// What would stand on the forge.
#[derive(Debug, Default)]
struct Records {
    requests: BTreeMap<u64, ChangeRequest>,
    comments: BTreeMap<(u64, String), Comment>,
    releases: BTreeMap<TagName, Release>,
    /// The files of assets that would be there.
    files: BTreeMap<(TagName, String), PathBuf>,
}

#[derive(Debug)]
pub(super) struct RecordingForge {
    inner: Arc<dyn Forge>,
    reporter: Arc<dyn Reporter>,
    records: Mutex<Records>,
}

impl RecordingForge {
    pub(super) fn new(inner: Arc<dyn Forge>, reporter: Arc<dyn Reporter>) -> Self {
        Self { inner, reporter, records: Mutex::default() }
    }

    fn records(&self) -> MutexGuard<'_, Records> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, what: String) {
        tell(self.reporter.as_ref(), what);
    }

    /// A change request as it would be. Only those that were read or recorded are known: nobody writes to others.
    fn known(&self, number: u64) -> Result<ChangeRequest> {
        self.records()
            .requests
            .get(&number)
            .cloned()
            .ok_or_else(|| conflict(format!("change request {number} is not known")))
    }

    /// Changes a change request, and tells what would be done where that is anything.
    fn change(
        &self,
        number: u64,
        what: impl FnOnce(&ChangeRequest) -> String,
        change: impl FnOnce(&mut ChangeRequest),
    ) -> Written<ChangeRequest> {
        let before = match self.known(number) {
            Ok(before) => before,
            Err(error) => return Written::Refused(error),
        };
        let mut after = before.clone();
        change(&mut after);
        if after == before {
            return Written::Unchanged(after);
        }
        self.tell(what(&after));
        self.records().requests.insert(number, after.clone());
        Written::Updated(after)
    }

    fn open(&self, request: &ChangeRequestUpsert) -> ChangeRequest {
        let mut records = self.records();
        let number = FIRST_RECORDED + records.requests.len() as u64;
        let branches = [request.head.clone(), request.base.clone()];
        let url = self.inner.links().new_change_request(&request.head, &request.base);
        let mut opened = ChangeRequest::new(number, url, branches, CommitId::new(""));
        opened.title.clone_from(&request.title);
        opened.body.clone_from(&request.body);
        opened.draft = request.draft;
        records.requests.insert(number, opened.clone());
        opened
    }

    async fn upserted(&self, request: &ChangeRequestUpsert) -> Result<Written<ChangeRequest>> {
        let limit = self.inner.capabilities().request_body;
        if !limit.admits(&request.body) {
            return Err(conflict("the text of the pull request is too long".to_owned()));
        }
        let found = self.change_requests(&request.head, &request.base).await?;
        let Some(open) = found.into_iter().find(|found| found.state == ChangeRequestState::Open) else {
            self.tell(format!("open a pull request from `{}` to `{}`: {}", request.head, request.base, request.title));
            return Ok(Written::Created(self.open(request)));
        };
        let what = |after: &ChangeRequest| format!("update pull request {}: {}", numbered(after), after.title);
        Ok(self.change(open.number, what, |after| {
            after.title.clone_from(&request.title);
            after.body.clone_from(&request.body);
        }))
    }

    async fn commented(&self, request: &CommentUpsert) -> Result<Written<Comment>> {
        let found = self.comment(request.number, &request.marker).await?;
        let (id, is_there) = found.as_ref().map_or((u64::MAX, false), |found| (found.id, true));
        let comment = Comment::new(id, &request.text);
        if found.as_ref() == Some(&comment) {
            return Ok(Written::Unchanged(comment));
        }
        self.tell(format!("comment on pull request {}", request.number));
        self.records().comments.insert((request.number, request.marker.clone()), comment.clone());
        Ok(if is_there { Written::Updated(comment) } else { Written::Created(comment) })
    }

    /// Records a release as `change` leaves the one that is there, or a new one.
    async fn released(&self, tag: &TagName, change: impl FnOnce(&mut Release)) -> Result<Written<Release>> {
        let found = self.release(tag).await?;
        let new = || {
            let mut new = Release::new(tag.clone(), self.inner.links().release(tag));
            new.draft = true;
            new
        };
        let mut after = found.clone().unwrap_or_else(new);
        change(&mut after);
        if found.as_ref() == Some(&after) {
            return Ok(Written::Unchanged(after));
        }
        let kind = if after.draft { "draft of a release" } else { "release" };
        let verb = if found.is_some() { "update" } else { "make" };
        self.tell(format!("{verb} the {kind} of `{tag}`"));
        self.records().releases.insert(tag.clone(), after.clone());
        Ok(if found.is_some() { Written::Updated(after) } else { Written::Created(after) })
    }

    async fn uploaded(&self, request: &AssetRequest) -> Result<Written<Asset>> {
        let missing = || conflict(format!("`{}` has no release", request.tag));
        let mut release = self.release(&request.tag).await?.ok_or_else(missing)?;
        let mut asset = Asset::new(&request.name, request.size, "");
        asset.digest = Some(request.digest.clone());
        let complete = |found: &&Asset| found.name == request.name && found.state == AssetState::Complete;
        if let Some(found) = release.assets.iter().find(complete) {
            // Where the forge serves no digest only the bytes would tell.
            let is_same = found.size == asset.size && (found.digest.is_none() || found.digest == asset.digest);
            let other = || conflict(format!("the release of `{}` has another `{}`", request.tag, request.name));
            return if is_same { Ok(Written::Unchanged(found.clone())) } else { Err(other()) };
        }
        if release.immutable {
            return Err(conflict(format!("the release of `{}` takes no more files", request.tag)));
        }
        self.tell(format!("upload `{}` to the release of `{}`", request.name, request.tag));
        release.assets.retain(|found| found.name != request.name);
        release.assets.push(asset.clone());
        release.assets.sort_by(|a, b| a.name.cmp(&b.name));
        let mut records = self.records();
        records.files.insert((request.tag.clone(), request.name.clone()), request.path.clone());
        records.releases.insert(request.tag.clone(), release);
        Ok(Written::Created(asset))
    }

    /// What a method answers whose capability is off, as the forge itself does.
    fn lacks<T>(&self, has: bool, what: &str) -> Option<Written<T>> {
        (!has).then(|| Written::Refused(BackendError::unsupported(what)))
    }
}

/// The number of a change request; of one that would be opened, what it comes from.
fn numbered(request: &ChangeRequest) -> String {
    if request.number < FIRST_RECORDED { request.number.to_string() } else { format!("from `{}`", request.head) }
}

fn conflict(what: String) -> BackendError {
    Failure::DryRunConflict { what }.into()
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Forge for RecordingForge {
    fn capabilities(&self) -> ForgeCapabilities {
        self.inner.capabilities()
    }

    fn links(&self) -> &Links {
        self.inner.links()
    }

    async fn repository(&self) -> Result<Repository> {
        self.inner.repository().await
    }

    async fn change_requests(&self, head: &BranchName, base: &BranchName) -> Result<Vec<ChangeRequest>> {
        let found = self.inner.change_requests(head, base).await?;
        let mut records = self.records();
        for request in found {
            records.requests.entry(request.number).or_insert(request);
        }
        let ours = records.requests.values().rev().filter(|request| request.head == *head && request.base == *base);
        Ok(ours.cloned().collect())
    }

    async fn upsert_change_request(&self, request: &ChangeRequestUpsert) -> Written<ChangeRequest> {
        self.upserted(request).await.unwrap_or_else(Written::Refused)
    }

    async fn close_change_request(&self, number: u64) -> Written<ChangeRequest> {
        let what = |after: &ChangeRequest| format!("close pull request {}", numbered(after));
        self.change(number, what, |after| after.state = ChangeRequestState::Closed)
    }

    async fn set_labels(&self, request: &LabelRequest) -> Written<Vec<String>> {
        if let Some(refused) = self.lacks(self.capabilities().labels, "labels") {
            return refused;
        }
        let what = |after: &ChangeRequest| {
            format!("set the labels of pull request {} to {}", numbered(after), after.labels.join(", "))
        };
        let written = self.change(request.number, what, |after| {
            after.labels.extend(request.add.iter().cloned());
            after.labels.retain(|label| !request.remove.contains(label));
            after.labels.sort();
            after.labels.dedup();
        });
        written.map(|after| after.labels)
    }

    async fn ask(&self, request: &AskRequest) -> Written<ChangeRequest> {
        let can_assign = request.assignees.is_empty() || self.capabilities().assignees;
        if let Some(refused) = self.lacks(can_assign, "assigning a change request") {
            return refused;
        }
        let what = |after: &ChangeRequest| format!("ask people to take care of pull request {}", numbered(after));
        self.change(request.number, what, |after| {
            after.reviewers.extend(request.reviewers.iter().cloned());
            after.assignees.extend(request.assignees.iter().cloned());
            for people in [&mut after.reviewers, &mut after.assignees] {
                people.sort();
                people.dedup();
            }
        })
    }

    async fn comment(&self, number: u64, marker: &str) -> Result<Option<Comment>> {
        let recorded = self.records().comments.get(&(number, marker.to_owned())).cloned();
        match recorded {
            Some(comment) => Ok(Some(comment)),
            // One that would only be opened has no comment yet.
            None if number >= FIRST_RECORDED => Ok(None),
            None => self.inner.comment(number, marker).await,
        }
    }

    async fn upsert_comment(&self, request: &CommentUpsert) -> Written<Comment> {
        self.commented(request).await.unwrap_or_else(Written::Refused)
    }

    async fn auto_merge(&self, request: &AutoMergeRequest) -> Written<ChangeRequest> {
        if let Some(refused) = self.lacks(self.capabilities().auto_merge, "merging by the forge") {
            return refused;
        }
        let what = |after: &ChangeRequest| format!("have pull request {} merged once it may be", numbered(after));
        self.change(request.number, what, |after| after.auto_merge = true)
    }

    async fn release(&self, tag: &TagName) -> Result<Option<Release>> {
        let recorded = self.records().releases.get(tag).cloned();
        match recorded {
            Some(release) => Ok(Some(release)),
            None => self.inner.release(tag).await,
        }
    }

    async fn upsert_release(&self, request: &ReleaseUpsert) -> Written<Release> {
        if let Some(refused) = self.lacks(self.capabilities().releases, "a release") {
            return refused;
        }
        let is_latest = self.capabilities().latest;
        let released = self.released(&request.tag, |after| {
            after.title.clone_from(&request.title);
            after.body.clone_from(&request.body);
            after.prerelease = request.prerelease;
            after.draft &= request.draft;
            if is_latest && !after.draft && request.latest {
                after.latest = Some(true);
            }
        });
        released.await.unwrap_or_else(Written::Refused)
    }

    async fn upload_asset(&self, request: &AssetRequest) -> Written<Asset> {
        if let Some(refused) = self.lacks(self.capabilities().releases, "an asset") {
            return refused;
        }
        self.uploaded(request).await.unwrap_or_else(Written::Refused)
    }

    async fn fetch_asset(&self, request: &AssetFetch) -> Result<Fetched> {
        let recorded = self.records().files.get(&(request.tag.clone(), request.name.clone())).cloned();
        let Some(path) = recorded else { return self.inner.fetch_asset(request).await };
        durable::copy(&path, &request.into).map_err(BackendError::from_diagnostic)?;
        Ok(Fetched::Whole)
    }

    async fn publish_release(&self, request: &PublishReleaseRequest) -> Written<Release> {
        if let Some(refused) = self.lacks(self.capabilities().draft_releases, "a draft of a release") {
            return refused;
        }
        let is_latest = self.capabilities().latest;
        let released = self.released(&request.tag, |after| {
            after.draft = false;
            if is_latest && request.latest {
                after.latest = Some(true);
            }
        });
        released.await.unwrap_or_else(Written::Refused)
    }

    async fn dispatch(&self, request: &DispatchRequest) -> Written<()> {
        if let Some(refused) = self.lacks(self.capabilities().dispatch, "starting a workflow") {
            return refused;
        }
        self.tell(format!("start what waits for `{}` in `{}`", request.event, request.repository));
        Written::Created(())
    }

    /// Made for real it would be seen by all. What a dry run commits is not signed, so that nobody has to ask for this.
    async fn commit(&self, _request: &ForgeCommitRequest) -> Written<CommitId> {
        Written::Refused(BackendError::unsupported("a commit by the forge in a dry run"))
    }
}
