//! Forges that break one promise each. Each is called by the case that it breaks, so that none can be without one.

mod releases;
mod requests;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use releasekit_core::forge::{
    AskRequest, Asset, AssetFetch, AssetRequest, AutoMergeRequest, ChangeRequest, ChangeRequestUpsert, Comment,
    CommentUpsert, DispatchRequest, ForgeCapabilities, ForgeCommitRequest, LabelRequest, LinkTemplates, Links,
    PublishReleaseRequest, Release, ReleaseUpsert, Repository, Written,
};
use releasekit_core::model::{BranchName, CommitId, TagName};
use releasekit_core::registry::Fetched;
use releasekit_core::{BackendError, Code, Diagnostic, ErrorKind, Forge, Result};

use crate::memory::forge::MemoryForge;

const CODE: Code = Code::new("RK-TEST-BROKEN", ErrorKind::Internal);

/// A forge in memory that breaks the promise of one case.
#[derive(Debug)]
pub struct BrokenForge {
    memory: Arc<MemoryForge>,
    case: &'static str,
    claims: ForgeCapabilities,
    links: Links,
    /// Whether the last write had a reply.
    was_told: AtomicBool,
}

impl BrokenForge {
    /// Breaks what the case of this name holds, and nothing where there is no such case.
    pub fn new(memory: Arc<MemoryForge>, case: &'static str) -> Self {
        let templates = LinkTemplates {
            commit: "/commits/{commit}",
            compare: "/compare/{from}...{to}",
            change_request: "/requests",
            new_change_request: "/compare/{from}...{to}?open",
            tag: "/tags/{tag}",
            release: None,
        };
        let links = Links::new(memory.links().repository.clone(), &templates);
        let claims = memory.capabilities();
        Self { memory, case, claims, links, was_told: AtomicBool::new(false) }
    }

    /// Says that it can do this, whatever it can do, and breaks no other promise.
    pub fn claiming(memory: Arc<MemoryForge>, claims: ForgeCapabilities) -> Self {
        Self { claims, ..Self::new(memory, "") }
    }

    fn breaks(&self, case: &str) -> bool {
        self.case == case
    }

    /// Remembers whether there was a reply. Breaking `lost`, takes what is unknown for a refusal; breaking `again`, writes
    /// again what it was told that it wrote.
    fn heard<T>(&self, written: Written<T>, [lost, again]: [&str; 2]) -> Written<T> {
        let was_told = self.was_told.load(Ordering::Relaxed);
        self.was_told.store(!matches!(written, Written::Unknown(_)), Ordering::Relaxed);
        match written {
            Written::Unknown(error) if self.breaks(lost) => Written::Refused(error),
            Written::Unchanged(value) if was_told && self.breaks(again) => Written::Updated(value),
            other => other,
        }
    }
}

/// Whether it is refused in this way.
fn is_refused<T>(written: &Written<T>, kind: ErrorKind) -> bool {
    matches!(written, Written::Refused(error) if error.kind() == kind)
}

/// A text that the forge takes, cut from one that it does not.
fn cut(text: &str) -> String {
    text.chars().take(text.chars().count() - 1).collect()
}

/// What nobody told of, taken for nothing.
fn nothing_for_silence<T: Default>(read: Result<T>) -> Result<T> {
    match read {
        Err(error) if error.kind().is_retryable() => Ok(T::default()),
        other => other,
    }
}

/// A failure of this kind.
fn fault(kind: ErrorKind) -> BackendError {
    BackendError::new(CODE, "a broken promise").with_kind(kind)
}

fn refused<T>(kind: ErrorKind) -> Written<T> {
    Written::Refused(fault(kind))
}

fn failed<T>(error: BackendError) -> Written<T> {
    Written::Refused(error)
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl Forge for BrokenForge {
    fn capabilities(&self) -> ForgeCapabilities {
        self.claims
    }

    fn links(&self) -> &Links {
        if self.breaks("links_are_pages_of_the_repository") { &self.links } else { self.memory.links() }
    }

    async fn repository(&self) -> Result<Repository> {
        let found = self.memory.repository().await?;
        let is_bare = self.breaks("the_repository_is_known");
        Ok(if is_bare { Repository::new("name", found.default_branch) } else { found })
    }

    async fn change_requests(&self, head: &BranchName, base: &BranchName) -> Result<Vec<ChangeRequest>> {
        self.broken_requests(head, base).await
    }

    async fn upsert_change_request(&self, request: &ChangeRequestUpsert) -> Written<ChangeRequest> {
        let written = self.broken_upsert(request).await;
        self.heard(written, ["", "a_request_as_asked_is_unchanged"])
    }

    async fn close_change_request(&self, number: u64) -> Written<ChangeRequest> {
        let written = self.broken_close(number).await;
        self.heard(written, ["a_close_is_found_after_a_lost_reply", ""])
    }

    async fn set_labels(&self, request: &LabelRequest) -> Written<Vec<String>> {
        let written = self.broken_labels(request).await;
        self.heard(written, ["labels_are_found_after_a_lost_reply", "labels_as_asked_are_unchanged"])
    }

    async fn ask(&self, request: &AskRequest) -> Written<ChangeRequest> {
        let written = self.broken_ask(request).await;
        let is_new = self.memory.look(|content| content.requests.iter().all(|stored| stored.reviewed.is_empty()));
        let again = if is_new { "people_as_asked_are_unchanged" } else { "" };
        self.heard(written, ["people_are_found_after_a_lost_reply", again])
    }

    async fn comment(&self, number: u64, marker: &str) -> Result<Option<Comment>> {
        self.broken_comment(number, marker).await
    }

    async fn upsert_comment(&self, request: &CommentUpsert) -> Written<Comment> {
        let written = self.broken_comment_upsert(request).await;
        self.heard(written, ["a_comment_is_found_after_a_lost_reply", "a_comment_as_asked_is_unchanged"])
    }

    async fn auto_merge(&self, request: &AutoMergeRequest) -> Written<ChangeRequest> {
        let written = self.broken_auto_merge(request).await;
        self.heard(written, ["merging_is_found_after_a_lost_reply", ""])
    }

    async fn release(&self, tag: &TagName) -> Result<Option<Release>> {
        self.broken_release(tag).await
    }

    async fn upsert_release(&self, request: &ReleaseUpsert) -> Written<Release> {
        let written = self.broken_release_upsert(request).await;
        let again = if request.draft { "" } else { "a_release_as_asked_is_unchanged" };
        self.heard(written, ["a_release_is_found_after_a_lost_reply", again])
    }

    async fn upload_asset(&self, request: &AssetRequest) -> Written<Asset> {
        let written = self.broken_upload(request).await;
        let again = if self.is_frozen(&request.tag) { "" } else { "the_same_file_is_unchanged" };
        self.heard(written, ["a_file_is_found_after_a_lost_reply", again])
    }

    async fn fetch_asset(&self, request: &AssetFetch) -> Result<Fetched> {
        self.broken_fetch(request).await
    }

    async fn publish_release(&self, request: &PublishReleaseRequest) -> Written<Release> {
        let written = self.broken_publish(request).await;
        self.heard(written, ["a_published_release_is_found_after_a_lost_reply", ""])
    }

    async fn dispatch(&self, request: &DispatchRequest) -> Written<()> {
        match self.case {
            "without_dispatch_nothing_is_started" => return Written::Created(()),
            "a_payload_that_is_no_object_is_refused" => {
                let payload = format!(r#"{{"payload": {}}}"#, request.payload);
                return self.memory.dispatch(&DispatchRequest::new(&request.repository, &request.event, payload)).await;
            }
            _ => {}
        }
        let written = self.memory.dispatch(request).await;
        let sends_again = match &written {
            Written::Created(()) => self.breaks("a_workflow_is_started"),
            Written::Unknown(_) => self.breaks("a_workflow_is_not_started_again"),
            _ => false,
        };
        if sends_again {
            self.memory.dispatch(request).await.value().map_or_else(failed, Written::Created)
        } else {
            written
        }
    }

    async fn commit(&self, request: &ForgeCommitRequest) -> Written<CommitId> {
        let mut request = request.clone();
        let tip = self.memory.look(|content| content.branches.get(&request.branch).cloned());
        let is_made = self.memory.look(|content| content.commits.iter().any(|made| Some(&made.id) == tip.as_ref()));
        match self.case {
            "without_signed_commits_none_is_made" => return Written::Created(request.parent),
            "a_commit_that_changes_nothing_is_refused" if request.edits.is_empty() => {
                return Written::Unchanged(request.parent);
            }
            "a_branch_that_is_not_there_is_made" if tip.is_none() => return refused(ErrorKind::Precondition),
            "a_branch_that_has_moved_is_left_alone" if !is_made => {
                request.parent = tip.clone().unwrap_or(request.parent);
            }
            _ => {}
        }
        let written = self.memory.commit(&request).await;
        if tip.is_some() && self.breaks("a_commit_is_made_once") && matches!(written, Written::Created(_)) {
            self.memory.meddle(|content| content.branches.insert(request.branch, request.parent));
        }
        self.heard(written, ["a_commit_is_found_after_a_lost_reply", ""])
    }
}
