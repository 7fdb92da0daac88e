//! A forge: where a repository is hosted, with its change requests (pull or merge requests) and releases.
//!
//! Branches and tags are the version control system's. They are pushed before a forge is asked, and what the forge is asked
//! can be asked again: nothing here is the truth about a release, and all of it can be made anew from what is.

mod backend;
mod change_request;
pub mod codes;
mod commit;
mod limit;
mod links;
mod place;
mod release;
mod written;

use std::fmt;

use async_trait::async_trait;

use crate::error::{BackendError, Result};
use crate::model::{BranchName, CommitId, TagName};
use crate::registry::Fetched;

pub use backend::{ForgeBackend, ForgeSite};
pub use change_request::{
    AskRequest, AutoMergeRequest, ChangeRequest, ChangeRequestState, ChangeRequestUpsert, Comment, CommentUpsert,
    LabelRequest, MergeMethod, marker_line,
};
pub use commit::{DispatchRequest, ForgeCommitRequest};
pub use limit::{TextLimit, TextUnit};
pub use links::{LinkTemplates, Links};
pub use place::{Place, without_port};
pub use release::{Asset, AssetFetch, AssetRequest, AssetState, PublishReleaseRequest, Release, ReleaseUpsert};
pub use written::Written;

/// What a forge can do for this repository. What it cannot is left out, with a warning, and is no failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ForgeCapabilities {
    /// Change requests have labels.
    pub labels: bool,
    /// Change requests are assigned to people, who need not review them.
    pub assignees: bool,
    /// A change request can be told to merge itself once its checks have passed.
    pub auto_merge: bool,
    /// Tags have releases, with notes and assets.
    pub releases: bool,
    /// A release can be a draft, which only those see who may write. Without, a release is public from its first moment, so
    /// it is made last.
    pub draft_releases: bool,
    /// A release can say that it is a prerelease.
    pub prereleases: bool,
    /// One release is the latest, and whoever publishes says whether it is this one. Without, the forge decides.
    pub latest: bool,
    /// Workflows of other repositories can be started.
    pub dispatch: bool,
    /// The forge makes commits and signs them itself.
    pub signed_commits: bool,
    /// How long the body of a change request or comment may be.
    pub request_body: TextLimit,
    /// How long the notes of a release may be.
    pub release_body: TextLimit,
}

impl ForgeCapabilities {
    /// A forge that has change requests and comments, and nothing else.
    pub const fn new(request_body: TextLimit, release_body: TextLimit) -> Self {
        Self {
            labels: false,
            assignees: false,
            auto_merge: false,
            releases: false,
            draft_releases: false,
            prereleases: false,
            latest: false,
            dispatch: false,
            signed_commits: false,
            request_body,
            release_body,
        }
    }
}

/// The repository, as its forge knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repository {
    /// Its path on the forge today, `owner/name`, which differs from the remote's after a rename.
    pub path: String,
    /// The branch that change requests go to where nobody says otherwise.
    pub default_branch: BranchName,
}

impl Repository {
    /// A repository of this path.
    pub fn new(path: impl Into<String>, default_branch: BranchName) -> Self {
        Self { path: path.into(), default_branch }
    }
}

/// One repository on one forge.
///
/// Reads answer with all there is, over all pages, and try again by themselves. What the forge did not say is an error, never
/// an empty answer: `Transient` or `RateLimited` where it may say so later, `Unauthenticated` where nobody knows the
/// credential, `Forbidden` where the credential lacks a right, and where the repository is not to be seen, which most forges
/// do not tell from absent. A pause that the forge asks for is `retry_after`.
///
/// A write looks first. What is there already as asked is `Unchanged`, without a request that writes; what people added stays
/// where the method does not say otherwise. Then it sends each request that changes something once. A complete refusal is
/// `Refused`, and nothing was changed; a reply that was lost, cut or a failure of the server is `Unknown`, for the forge may
/// have done it. Then the same call, made again, finds what is there by its key and goes on from it: that settles it, and
/// makes nothing twice. Where a capability is off, the method answers `Refused` with `Unsupported` before it asks anything.
///
/// Every call ends by itself, by the time that the forge was opened with. Several runs may work on one repository at once.
/// Forges count requests, so what was read of releases may be remembered for some minutes; what others write meanwhile is
/// then found at the latest where it gets in the way of a write, and nothing is made, replaced or taken away without a look.
#[async_trait]
pub trait Forge: fmt::Debug + Send + Sync {
    /// What it can do for this repository: one set, the same for as long as the forge is open.
    fn capabilities(&self) -> ForgeCapabilities;

    /// Where things can be looked at. Asks nobody.
    fn links(&self) -> &Links;

    /// The repository. Follows a rename; fails with `Forbidden` where it is not to be seen.
    async fn repository(&self) -> Result<Repository>;

    /// The change requests from a branch of this very repository to a base, open, merged and closed, newest first.
    ///
    /// One from a branch of the same name in a fork is somebody else's, and is not among them.
    async fn change_requests(&self, head: &BranchName, base: &BranchName) -> Result<Vec<ChangeRequest>>;

    /// Opens the change request from a branch of this very repository to a base, or brings the open one to title and body as
    /// asked. Its key is head and base: there is one open at most, and merged and closed ones stay as they are.
    ///
    /// Whether it is a draft counts when it is opened; later that is people's. Refused with `Precondition` where a branch does
    /// not exist or the head has no commit that the base lacks, with `Invalid` where the body is over the limit.
    async fn upsert_change_request(&self, request: &ChangeRequestUpsert) -> Written<ChangeRequest>;

    /// Closes an open change request without merging it; its branch stays. A closed one is `Unchanged`. Refused with
    /// `Precondition` where it is merged, with `NotFound` where there is none of this number.
    async fn close_change_request(&self, number: u64) -> Written<ChangeRequest>;

    /// Puts labels on a change request, then takes others off, and answers with all that it has. Labels that the request does
    /// not name stay; one that the repository lacks is made, one that is to go and is not there is as asked.
    ///
    /// These are several requests on some forges: after `Refused` or `Unknown` a part may be done, and the same call does the
    /// rest. A merged request takes labels too. Capability: `labels`.
    async fn set_labels(&self, _request: &LabelRequest) -> Written<Vec<String>> {
        unsupported("labels")
    }

    /// Asks people to review an open change request and assigns it to others. Nobody is taken off, and who has reviewed is not
    /// asked again.
    ///
    /// These are several requests on some forges: after `Refused` or `Unknown` a part may be done, and the same call does the
    /// rest. Refused with `Invalid`, naming them, where the forge does not let somebody be asked, with `Precondition` where the
    /// request is not open, with `Unsupported` where somebody is to be assigned and the capability is off. Capability:
    /// `assignees`, for these alone.
    async fn ask(&self, request: &AskRequest) -> Written<ChangeRequest>;

    /// The comment that bears a marker, on a change request in whatever state; the oldest where several do. `None` where none
    /// does. It counts where it is the first line: people who quote it have written a comment of their own.
    async fn comment(&self, number: u64, marker: &str) -> Result<Option<Comment>>;

    /// Writes a comment on a change request in whatever state, or brings the one that bears the marker to the text as asked.
    /// Its key is the marker, which readers do not see. Refused with `Invalid` where marker and text are over the limit, or
    /// where the marker is none that [`marker_line`] can hide.
    async fn upsert_comment(&self, request: &CommentUpsert) -> Written<Comment>;

    /// Has the forge merge an open change request once all that its base asks for is there.
    ///
    /// Only for the head that is named: refused with `Precondition` where it has moved, where the request is not open, and where
    /// the forge would merge at once, since that is people's decision. Nothing is merged within the call. `Unchanged` where it
    /// is set already. Capability: `auto_merge`.
    async fn auto_merge(&self, _request: &AutoMergeRequest) -> Written<ChangeRequest> {
        unsupported("merging by the forge")
    }

    /// The release of a tag, a draft too, with all its assets, half-uploaded ones too; `None` where there is none. Where a
    /// published one and drafts share the tag, it is the published one; where several drafts do, fails with `Conflict`, since
    /// another run may hold one of them. Capability: `releases`.
    async fn release(&self, _tag: &TagName) -> Result<Option<Release>> {
        Err(BackendError::unsupported("a release"))
    }

    /// Makes the release of a tag, or brings title, notes and the prerelease mark of the one that is there to what is asked. Its
    /// key is the tag; assets stay, and a published release never becomes a draft again.
    ///
    /// Makes no tag and moves none: refused with `Precondition` where the forge has no such tag, with `Invalid` where the notes
    /// are over the limit or a prerelease is to be the latest, with `Conflict` where several drafts share the tag, and with
    /// `Unsupported` where what is asked needs `draft_releases`, `prereleases` or `latest`. `latest` counts for what is no draft
    /// and is as in [`publish_release`](Self::publish_release). Capability: `releases`.
    async fn upsert_release(&self, _request: &ReleaseUpsert) -> Written<Release> {
        unsupported("a release")
    }

    /// Uploads a file to the release of a tag. Its key is the file's name there.
    ///
    /// The same bytes, complete, are `Unchanged`: compared by the digest that the forge serves, else by fetching them. An upload
    /// that stopped half way is deleted and sent anew. Complete and other bytes are `Refused` with `Conflict`. Refused with
    /// `Precondition` where there is no release, where it takes no more files, and where the file on disk is not the one that the
    /// request describes; with `Invalid` where the forge would list it by another name. Capability: `releases`.
    async fn upload_asset(&self, _request: &AssetRequest) -> Written<Asset> {
        unsupported("an asset")
    }

    /// Downloads a complete asset of a release, a draft's too, into a path that is free, and syncs it. Ends by the time and the
    /// size that the request names. Fails with `NotFound` where there is none, and where its upload stopped half way.
    /// Capability: `releases`.
    async fn fetch_asset(&self, _request: &AssetFetch) -> Result<Fetched> {
        Err(BackendError::unsupported("an asset"))
    }

    /// Publishes the draft of a tag, and says whether it is the latest release; where it is not to be, the one that was stays.
    /// One that is published, and is the latest where that is asked, is `Unchanged`.
    ///
    /// On some forges nothing can be added afterwards, so it is refused with `Precondition` while an upload is half done.
    /// Refused with `NotFound` where there is no release, with `Invalid` where a prerelease is to be the latest, with
    /// `Unsupported` where `latest` is asked and the forge has no such mark. Capability: `draft_releases`.
    async fn publish_release(&self, _request: &PublishReleaseRequest) -> Written<Release> {
        unsupported("a draft of a release")
    }

    /// Starts the workflows of a repository that wait for an event, on its default branch. Answers `Created`.
    ///
    /// The one write that has no key and cannot be looked up: it is sent once by each call, `Unknown` stays unknown, and whoever
    /// receives it has to bear it twice. Refused with `Forbidden` where the credential cannot see the repository, with `Invalid`
    /// where the payload is no object or too large. Capability: `dispatch`.
    async fn dispatch(&self, _request: &DispatchRequest) -> Written<()> {
        unsupported("starting a workflow")
    }

    /// Makes a commit on top of its parent and moves a branch to it; the forge is its author and signs it.
    ///
    /// The branch is at the parent, or is not there yet and is made. Where it is at a commit with this parent, this message and
    /// these contents, that is the one that was made, and it is `Unchanged`. Refused with `Precondition` where the branch is
    /// elsewhere and where the forge lacks the parent, with `Invalid` where the edits change nothing, or hold what the forge
    /// cannot store to the byte. Whether it is signed is read from the commit. Capability: `signed_commits`.
    async fn commit(&self, _request: &ForgeCommitRequest) -> Written<CommitId> {
        unsupported("a commit by the forge")
    }
}

/// What a method answers whose capability is off.
fn unsupported<T>(what: &str) -> Written<T> {
    Written::Refused(BackendError::unsupported(what))
}
