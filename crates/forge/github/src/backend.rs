//! The forge: each method is told as core wants it told.

use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use releasekit_core::forge::{
    AskRequest, Asset, AssetFetch, AssetRequest, AutoMergeRequest, ChangeRequest, ChangeRequestUpsert, Comment,
    CommentUpsert, DispatchRequest, ForgeCapabilities, ForgeCommitRequest, ForgeSite, LabelRequest, Links,
    PublishReleaseRequest, Release, ReleaseUpsert, Repository, Written,
};
use releasekit_core::model::{BranchName, CommitId, TagName};
use releasekit_core::registry::Fetched;
use releasekit_core::{BackendContext, Forge, Result};

use crate::api::Api;
use crate::error::Error;
use crate::pace::PAUSE;
use crate::site::{Site, is_loopback};
use crate::token::Token;
use crate::{assets, comments, commits, limit, merge, people, pulls, releases, site};

/// One repository on one GitHub.
#[derive(Debug)]
pub struct GitHub {
    api: Api,
    links: Links,
    /// For files that are fetched to be compared.
    scratch: PathBuf,
}

impl GitHub {
    /// Opens a repository; nothing is asked yet. One second passes between changes, as GitHub asks, but on this machine.
    ///
    /// Fails with `Forbidden` where the host may not have the token, with `Unauthenticated` where nobody has one, and with
    /// `Invalid` where the path is none of a repository, or a setting of the network cannot be used.
    pub fn open(context: &BackendContext, site: &ForgeSite) -> Result<Self> {
        let pause = if is_loopback(&site.place.host) { Duration::ZERO } else { PAUSE };
        Self::with_pause(context, site, pause)
    }

    /// The same, which looks at releases and tags anew in each call.
    ///
    /// What was read of them is remembered for a quarter of an hour otherwise, so that a release of many packages stays
    /// within the requests that GitHub grants; what others write meanwhile is then found where it gets in the way.
    #[must_use]
    pub fn forgetful(self) -> Self {
        Self { api: self.api.forgetful(), ..self }
    }

    /// Opens a repository with another pause between changes.
    pub fn with_pause(context: &BackendContext, site: &ForgeSite, pause: Duration) -> Result<Self> {
        let links = site::links(site);
        let timeout = site.timeout;
        let site = Site::of(&context.environment, site)?;
        let token = Token::of(&context.environment, &site)?;
        let api = Api::new(context, (site, token), timeout, pause)?;
        Ok(Self { api, links, scratch: context.cache.clone() })
    }
}

/// What came of a write, where the way to it may have failed.
fn settled<T>(result: Result<Written<T>, Error>) -> Written<T> {
    match result {
        Ok(written) => written,
        Err(error) if error.is_unclear() => Written::Unknown(error.into()),
        Err(error) => Written::Refused(error.into()),
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl Forge for GitHub {
    fn capabilities(&self) -> ForgeCapabilities {
        let mut can = ForgeCapabilities::new(limit::REQUEST, limit::RELEASE);
        (can.labels, can.assignees, can.auto_merge) = (true, true, true);
        (can.releases, can.draft_releases, can.prereleases, can.latest) = (true, true, true, true);
        (can.dispatch, can.signed_commits) = (true, true);
        can
    }

    fn links(&self) -> &Links {
        &self.links
    }

    async fn repository(&self) -> Result<Repository> {
        let home = self.api.call().await?.home;
        Ok(Repository::new(&home.full_name, BranchName::new(&home.default_branch)))
    }

    async fn change_requests(&self, head: &BranchName, base: &BranchName) -> Result<Vec<ChangeRequest>> {
        Ok(pulls::all(&self.api, (head, base)).await?)
    }

    async fn upsert_change_request(&self, request: &ChangeRequestUpsert) -> Written<ChangeRequest> {
        settled(pulls::upsert(&self.api, request).await)
    }

    async fn close_change_request(&self, number: u64) -> Written<ChangeRequest> {
        settled(pulls::close(&self.api, number).await)
    }

    async fn set_labels(&self, request: &LabelRequest) -> Written<Vec<String>> {
        settled(people::set_labels(&self.api, request).await)
    }

    async fn ask(&self, request: &AskRequest) -> Written<ChangeRequest> {
        settled(people::ask(&self.api, request).await)
    }

    async fn comment(&self, number: u64, marker: &str) -> Result<Option<Comment>> {
        Ok(comments::find(&self.api, number, marker).await?)
    }

    async fn upsert_comment(&self, request: &CommentUpsert) -> Written<Comment> {
        settled(comments::upsert(&self.api, request).await)
    }

    async fn auto_merge(&self, request: &AutoMergeRequest) -> Written<ChangeRequest> {
        settled(merge::auto_merge(&self.api, request).await)
    }

    async fn release(&self, tag: &TagName) -> Result<Option<Release>> {
        Ok(releases::release(&self.api, tag).await?)
    }

    async fn upsert_release(&self, request: &ReleaseUpsert) -> Written<Release> {
        settled(releases::upsert(&self.api, request).await)
    }

    async fn upload_asset(&self, request: &AssetRequest) -> Written<Asset> {
        settled(assets::upload(&self.api, request, &self.scratch).await)
    }

    async fn fetch_asset(&self, request: &AssetFetch) -> Result<Fetched> {
        Ok(assets::fetch(&self.api, request).await?)
    }

    async fn publish_release(&self, request: &PublishReleaseRequest) -> Written<Release> {
        settled(releases::publish(&self.api, request).await)
    }

    async fn dispatch(&self, request: &DispatchRequest) -> Written<()> {
        settled(commits::dispatch(&self.api, request).await)
    }

    async fn commit(&self, request: &ForgeCommitRequest) -> Written<CommitId> {
        settled(commits::commit(&self.api, request).await)
    }
}
