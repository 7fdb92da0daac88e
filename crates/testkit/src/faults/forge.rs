//! A forge whose effects are counted: every call that may write, whether or not there is anything to be written.

use std::future::Future;
use std::sync::Arc;

use async_trait::async_trait;
use releasekit_core::forge::{
    AskRequest, Asset, AssetFetch, AssetRequest, AutoMergeRequest, ChangeRequest, ChangeRequestUpsert, Comment,
    CommentUpsert, DispatchRequest, ForgeCapabilities, ForgeCommitRequest, LabelRequest, Links, PublishReleaseRequest,
    Release, ReleaseUpsert, Repository, Written,
};
use releasekit_core::model::{BranchName, CommitId, TagName};
use releasekit_core::registry::Fetched;
use releasekit_core::{Forge, Result};

use super::effects::{Effects, Outcome};

/// A forge around another.
#[derive(Debug)]
pub(super) struct FaultyForge {
    inner: Arc<dyn Forge>,
    effects: Effects,
}

impl FaultyForge {
    pub(super) fn new(inner: Arc<dyn Forge>, effects: Effects) -> Self {
        Self { inner, effects }
    }

    async fn write<T>(&self, what: &str, act: impl Future<Output = Written<T>>) -> Written<T> {
        match self.effects.effect(what, act).await {
            Outcome::Reply(written) => written,
            Outcome::Refused(error) => Written::Refused(error),
            Outcome::Lost(error) => Written::Unknown(error),
        }
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Forge for FaultyForge {
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
        self.inner.change_requests(head, base).await
    }

    async fn upsert_change_request(&self, request: &ChangeRequestUpsert) -> Written<ChangeRequest> {
        self.write("set the change request", self.inner.upsert_change_request(request)).await
    }

    async fn close_change_request(&self, number: u64) -> Written<ChangeRequest> {
        self.write("close the change request", self.inner.close_change_request(number)).await
    }

    async fn set_labels(&self, request: &LabelRequest) -> Written<Vec<String>> {
        self.write("set labels", self.inner.set_labels(request)).await
    }

    async fn ask(&self, request: &AskRequest) -> Written<ChangeRequest> {
        self.write("ask people", self.inner.ask(request)).await
    }

    async fn comment(&self, number: u64, marker: &str) -> Result<Option<Comment>> {
        self.inner.comment(number, marker).await
    }

    async fn upsert_comment(&self, request: &CommentUpsert) -> Written<Comment> {
        self.write("set a comment", self.inner.upsert_comment(request)).await
    }

    async fn auto_merge(&self, request: &AutoMergeRequest) -> Written<ChangeRequest> {
        self.write("set auto-merge", self.inner.auto_merge(request)).await
    }

    async fn release(&self, tag: &TagName) -> Result<Option<Release>> {
        self.inner.release(tag).await
    }

    async fn upsert_release(&self, request: &ReleaseUpsert) -> Written<Release> {
        self.write(&format!("set the release of {}", request.tag), self.inner.upsert_release(request)).await
    }

    async fn upload_asset(&self, request: &AssetRequest) -> Written<Asset> {
        self.write(&format!("upload the asset {}", request.name), self.inner.upload_asset(request)).await
    }

    async fn fetch_asset(&self, request: &AssetFetch) -> Result<Fetched> {
        self.inner.fetch_asset(request).await
    }

    async fn publish_release(&self, request: &PublishReleaseRequest) -> Written<Release> {
        self.write(&format!("publish the release of {}", request.tag), self.inner.publish_release(request)).await
    }

    async fn dispatch(&self, request: &DispatchRequest) -> Written<()> {
        self.write(&format!("dispatch to {}", request.repository), self.inner.dispatch(request)).await
    }

    async fn commit(&self, request: &ForgeCommitRequest) -> Written<CommitId> {
        self.write("commit on the forge", self.inner.commit(request)).await
    }
}
