//! Releases and their assets.

use std::path::PathBuf;
use std::time::Duration;

use crate::model::{Digest, TagName};

/// How far an asset has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AssetState {
    /// All of it is there.
    Complete,
    /// Its upload stopped half way, or still runs.
    Half,
}

/// A file of a release.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Asset {
    /// The name that it is listed by.
    pub name: String,
    /// How far it has come.
    pub state: AssetState,
    /// Bytes, as far as they are there.
    pub size: u64,
    /// The digest that the forge serves; `None` where it serves none.
    pub digest: Option<Digest>,
    /// Where people download it.
    pub url: String,
}

impl Asset {
    /// A complete file whose digest the forge does not serve.
    pub fn new(name: impl Into<String>, size: u64, url: impl Into<String>) -> Self {
        Self { name: name.into(), state: AssetState::Complete, size, digest: None, url: url.into() }
    }
}

/// A release, as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Release {
    /// The tag that it belongs to.
    pub tag: TagName,
    /// Its title.
    pub title: String,
    /// Its notes, as they were written.
    pub body: String,
    /// Whether only those see it who may write.
    pub draft: bool,
    /// Whether it says that it is a prerelease.
    pub prerelease: bool,
    /// Whether it is the latest; `None` where the forge decides that by itself.
    pub latest: Option<bool>,
    /// Whether it takes no more files and loses none.
    pub immutable: bool,
    /// Its page.
    pub url: String,
    /// Its files, sorted by name.
    pub assets: Vec<Asset>,
}

impl Release {
    /// A published release without text and files.
    pub fn new(tag: TagName, url: impl Into<String>) -> Self {
        Self {
            tag,
            title: String::new(),
            body: String::new(),
            draft: false,
            prerelease: false,
            latest: None,
            immutable: false,
            url: url.into(),
            assets: Vec::new(),
        }
    }

    /// The asset of a name.
    pub fn asset(&self, name: &str) -> Option<&Asset> {
        self.assets.iter().find(|asset| asset.name == name)
    }
}

/// A release as it shall be.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ReleaseUpsert {
    /// The tag that it belongs to; the forge has it.
    pub tag: TagName,
    /// Its title.
    pub title: String,
    /// Its notes.
    pub body: String,
    /// Whether it starts as a draft.
    pub draft: bool,
    /// Whether it is a prerelease.
    pub prerelease: bool,
    /// Whether it is the latest, where it is no draft.
    pub latest: bool,
}

impl ReleaseUpsert {
    /// A final release that is public at once and not the latest.
    pub fn new(tag: TagName, title: impl Into<String>, body: impl Into<String>) -> Self {
        Self { tag, title: title.into(), body: body.into(), draft: false, prerelease: false, latest: false }
    }

    /// Starts as a draft.
    #[must_use]
    pub fn with_draft(mut self) -> Self {
        self.draft = true;
        self
    }

    /// Is a prerelease.
    #[must_use]
    pub fn with_prerelease(mut self) -> Self {
        self.prerelease = true;
        self
    }

    /// Is the latest.
    #[must_use]
    pub fn with_latest(mut self) -> Self {
        self.latest = true;
        self
    }
}

/// A draft to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PublishReleaseRequest {
    /// The tag that it belongs to.
    pub tag: TagName,
    /// Whether it is the latest from then on.
    pub latest: bool,
}

impl PublishReleaseRequest {
    /// Publishes the draft of a tag.
    pub fn new(tag: TagName, latest: bool) -> Self {
        Self { tag, latest }
    }
}

/// A file to be uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AssetRequest {
    /// The tag whose release it belongs to.
    pub tag: TagName,
    /// The name that it shall be listed by.
    pub name: String,
    /// Where it lies, complete.
    pub path: PathBuf,
    /// Its bytes.
    pub size: u64,
    /// Their SHA-256.
    pub digest: Digest,
    /// How long the upload may take.
    pub timeout: Duration,
}

impl AssetRequest {
    /// The file at `path`, as it is to be found in the release of a tag.
    pub fn new(tag: TagName, name: impl Into<String>, path: PathBuf, (size, digest): (u64, Digest)) -> Self {
        Self { tag, name: name.into(), path, size, digest, timeout: Duration::from_secs(600) }
    }

    /// Takes so long at most.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

/// An asset to be downloaded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AssetFetch {
    /// The tag whose release it belongs to.
    pub tag: TagName,
    /// The name that it is listed by.
    pub name: String,
    /// Where to.
    pub into: PathBuf,
    /// How many bytes are taken at most.
    pub largest: u64,
    /// How long it may take, with all that is tried again.
    pub timeout: Duration,
}

impl AssetFetch {
    /// Downloads at most `largest` bytes of an asset.
    pub fn new(tag: TagName, name: impl Into<String>, into: PathBuf, largest: u64) -> Self {
        Self { tag, name: name.into(), into, largest, timeout: Duration::from_secs(600) }
    }

    /// Takes so long at most.
    #[must_use]
    pub fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}
