//! A forge with its other side.

use std::path::Path;

use async_trait::async_trait;
use releasekit_core::Forge;
use releasekit_core::model::{BranchName, CommitId, TagName};

/// What the cases take.
pub type World = Box<dyn ForgeWorld>;

/// A forge with one repository, and what happens there without us.
#[async_trait]
pub trait ForgeWorld: Send + Sync {
    /// The forge, opened for the repository.
    fn forge(&self) -> &dyn Forge;

    /// An empty folder for files that are sent and fetched.
    fn folder(&self) -> &Path;

    /// Makes something happen; whether it can on this forge. What cannot is not asked for there.
    async fn happens(&self, event: &Event) -> bool;

    /// Two people who can be asked and assigned, as the forge names them.
    fn people(&self) -> [String; 2];

    /// How many requests have changed something so far.
    async fn writes(&self) -> usize;

    /// How many workflows have been started so far.
    async fn dispatched(&self) -> usize;

    /// Where a branch is.
    async fn tip(&self, branch: &BranchName) -> Option<CommitId>;
}

/// What people, other runs and the network do.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// A branch is pushed, with a commit that the base lacks.
    Pushed(BranchName),
    /// A branch is pushed to where `main` is.
    Branched(BranchName),
    /// A tag is pushed.
    Tagged(TagName),
    /// Somebody opens a change request to `main`, from a branch of this name in a fork.
    Forked(BranchName),
    /// Somebody merges a change request.
    Merged(u64),
    /// Somebody closes it.
    Closed(u64),
    /// Somebody says that it is no draft.
    Undrafted(u64),
    /// Somebody puts a label on it.
    Labelled(u64, &'static str),
    /// Somebody who was asked reviews it.
    Reviewed(u64, String),
    /// Somebody writes a comment on it.
    Commented(u64, String),
    /// All that the base asks for is there.
    ChecksPassed(u64),
    /// An upload to the release of a tag stops half way.
    HalfUploaded(TagName, &'static str),
    /// Another run makes a draft of the same tag.
    DraftedTwice(TagName),
    /// The release of a tag takes no more files.
    Frozen(TagName),
    /// The next request that changes something is carried out, and its reply is lost.
    ReplyLost,
    /// The next request that would change something is refused for a lack of rights.
    Refused,
    /// From now on nothing answers.
    Silent,
    /// All answers again.
    Answering,
}
