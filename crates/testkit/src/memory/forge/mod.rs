//! A forge in memory, whose other side tests can reach: what people, other runs and the network do.

mod content;
mod refusal;
mod releases;
mod requests;
mod world;

use std::fs;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use releasekit_core::forge::{
    AskRequest, Asset, AssetFetch, AssetRequest, AutoMergeRequest, ChangeRequest, ChangeRequestUpsert, Comment,
    CommentUpsert, DispatchRequest, ForgeCapabilities, ForgeCommitRequest, LabelRequest, LinkTemplates, Links,
    PublishReleaseRequest, Release, ReleaseUpsert, Repository, TextLimit, TextUnit, Written,
};
use releasekit_core::model::{BranchName, CommitId, TagName};
use releasekit_core::registry::Fetched;
use releasekit_core::{BackendError, ErrorKind, Forge, Result};

use super::vcs::MemoryVcs;
use refusal::{demand, error};

pub use content::{Content, StoredComment, StoredCommit, StoredRelease, StoredRequest};
pub use world::MemoryForgeWorld;

/// What becomes of the next write that would change something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ForgeFault {
    /// It is carried out, and its reply is lost.
    LostReply,
    /// It is refused.
    Refused,
}

/// A forge in memory. It refuses what core's contract forbids whoever asks it.
#[derive(Debug)]
pub struct MemoryForge {
    capabilities: ForgeCapabilities,
    links: Links,
    /// The repository whose remote it is, where there is one.
    repository: Option<MemoryVcs>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    content: Content,
    writes: usize,
    next: Option<ForgeFault>,
    is_silent: bool,
}

impl MemoryForge {
    /// A forge that can do this, with a repository whose branch `main` is at commit `base`.
    pub fn new(capabilities: ForgeCapabilities) -> Self {
        let templates = LinkTemplates {
            commit: "/commits/{commit}",
            compare: "/compare/{from}...{to}",
            change_request: "/requests/{number}",
            new_change_request: "/compare/{from}...{to}?open",
            tag: "/tags/{tag}",
            release: capabilities.releases.then_some("/releases/{tag}"),
        };
        let content = Content::at(CommitId::new("base"));
        let state = Mutex::new(State { content, ..State::default() });
        Self { capabilities, links: Links::new("https://forge.test/owner/name", &templates), repository: None, state }
    }

    /// The same as the remote of a repository: its branches and tags are those that are pushed there, and what it commits lies
    /// there.
    #[must_use]
    pub fn of(self, repository: MemoryVcs) -> Self {
        Self { repository: Some(repository), ..self }
    }

    /// Everything that a forge can do, with limits that are soon reached.
    pub fn everything() -> ForgeCapabilities {
        let mut capabilities = Self::nothing();
        capabilities.labels = true;
        capabilities.assignees = true;
        capabilities.auto_merge = true;
        capabilities.releases = true;
        capabilities.draft_releases = true;
        capabilities.prereleases = true;
        capabilities.latest = true;
        capabilities.dispatch = true;
        capabilities.signed_commits = true;
        capabilities
    }

    /// Change requests and comments alone.
    pub fn nothing() -> ForgeCapabilities {
        ForgeCapabilities::new(TextLimit::new(600, TextUnit::Utf16), TextLimit::new(1200, TextUnit::Bytes))
    }

    /// Lets something happen to the next write that would change something.
    pub fn order(&self, fault: ForgeFault) {
        self.state().next = Some(fault);
    }

    /// Whether nothing answers any more.
    pub fn silence(&self, is_silent: bool) {
        self.state().is_silent = is_silent;
    }

    /// How many requests changed something.
    pub fn writes(&self) -> usize {
        self.state().writes
    }

    /// What the forge holds, as it knows it itself.
    pub fn look<T>(&self, look: impl FnOnce(&Content) -> T) -> T {
        look(&self.state().content)
    }

    /// Changes what the forge holds, as people and other runs do.
    pub fn meddle<T>(&self, change: impl FnOnce(&mut Content) -> T) -> T {
        change(&mut self.state().content)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(repository) = &self.repository {
            state.content.branches = repository.branches_there();
            state.content.tags = repository.tags_there();
        }
        state
    }

    fn read<T>(&self, look: impl FnOnce(&Content) -> Result<T>) -> Result<T> {
        let state = self.state();
        if state.is_silent { Err(error(ErrorKind::Transient, "no answer")) } else { look(&state.content) }
    }

    /// Carries out a write on a copy, which takes the place of the content only where something was changed.
    fn write<T>(&self, capability: bool, act: impl FnOnce(&mut Content) -> Result<Written<T>>) -> Written<T> {
        if !capability {
            return Written::Refused(BackendError::unsupported("this of a forge in memory"));
        }
        let mut state = self.state();
        if state.is_silent {
            return Written::Refused(error(ErrorKind::Transient, "the look before it had no answer"));
        }
        let mut content = state.content.clone();
        let written = act(&mut content).unwrap_or_else(Written::Refused);
        if !matches!(written, Written::Created(_) | Written::Updated(_)) {
            return written;
        }
        let fault = state.next.take();
        if fault == Some(ForgeFault::Refused) {
            return Written::Refused(error(ErrorKind::Forbidden, "the credential lacks a right"));
        }
        if let Some(repository) = &self.repository {
            content.branches.iter().for_each(|(branch, at)| repository.move_there(branch, at));
        }
        state.content = content;
        state.writes += 1;
        match fault {
            Some(_) => Written::Unknown(error(ErrorKind::Transient, "the reply was lost")),
            None => written,
        }
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl Forge for MemoryForge {
    fn capabilities(&self) -> ForgeCapabilities {
        self.capabilities
    }

    fn links(&self) -> &Links {
        &self.links
    }

    async fn repository(&self) -> Result<Repository> {
        self.read(|_| Ok(Repository::new("owner/name", BranchName::new("main"))))
    }

    async fn change_requests(&self, head: &BranchName, base: &BranchName) -> Result<Vec<ChangeRequest>> {
        self.read(|content| Ok(content.requests_between(head, base)))
    }

    async fn upsert_change_request(&self, request: &ChangeRequestUpsert) -> Written<ChangeRequest> {
        self.write(true, |content| content.upsert_request(request, self))
    }

    async fn close_change_request(&self, number: u64) -> Written<ChangeRequest> {
        self.write(true, |content| content.close_request(number))
    }

    async fn set_labels(&self, request: &LabelRequest) -> Written<Vec<String>> {
        self.write(self.capabilities.labels, |content| content.set_labels(request))
    }

    async fn ask(&self, request: &AskRequest) -> Written<ChangeRequest> {
        self.write(true, |content| content.ask(request, self.capabilities.assignees))
    }

    async fn comment(&self, number: u64, marker: &str) -> Result<Option<Comment>> {
        self.read(|content| content.comment(number, marker))
    }

    async fn upsert_comment(&self, request: &CommentUpsert) -> Written<Comment> {
        self.write(true, |content| content.upsert_comment(request, self.capabilities.request_body))
    }

    async fn auto_merge(&self, request: &AutoMergeRequest) -> Written<ChangeRequest> {
        self.write(self.capabilities.auto_merge, |content| content.auto_merge(request))
    }

    async fn release(&self, tag: &TagName) -> Result<Option<Release>> {
        self.releases_only()?;
        self.read(|content| Ok(content.release(tag)?.map(|stored| stored.shown(content, self.capabilities))))
    }

    async fn upsert_release(&self, request: &ReleaseUpsert) -> Written<Release> {
        self.write(self.capabilities.releases, |content| content.upsert_release(request, self))
    }

    async fn upload_asset(&self, request: &AssetRequest) -> Written<Asset> {
        self.write(self.capabilities.releases, |content| content.upload(request, self))
    }

    async fn fetch_asset(&self, request: &AssetFetch) -> Result<Fetched> {
        self.releases_only()?;
        let bytes = self.read(|content| content.file(&request.tag, &request.name))?;
        demand(!request.into.exists(), ErrorKind::Conflict, "the path is taken")?;
        if bytes.len() as u64 > request.largest {
            return Ok(Fetched::TooLong);
        }
        let written = fs::write(&request.into, bytes);
        written.map_err(|failure| error(ErrorKind::Internal, failure.to_string()))?;
        Ok(Fetched::Whole)
    }

    async fn publish_release(&self, request: &PublishReleaseRequest) -> Written<Release> {
        self.write(self.capabilities.draft_releases, |content| content.publish(request, self.capabilities))
    }

    async fn dispatch(&self, request: &DispatchRequest) -> Written<()> {
        self.write(self.capabilities.dispatch, |content| content.dispatch(request))
    }

    async fn commit(&self, request: &ForgeCommitRequest) -> Written<CommitId> {
        self.write(self.capabilities.signed_commits, |content| content.commit(request, self.repository.as_ref()))
    }
}

impl MemoryForge {
    fn releases_only(&self) -> Result<()> {
        if self.capabilities.releases { Ok(()) } else { Err(BackendError::unsupported("a release")) }
    }
}
