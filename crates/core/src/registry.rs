//! A package registry: what is live there.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;

use crate::error::{BackendError, Result};
use crate::model::{DigestAlgorithm, LiveFile, PackageName, Target, Version};
use crate::package_manager::{Reply, UploadRequest};

/// What a registry can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct RegistryCapabilities {
    /// The digest it is verified by.
    pub digest: DigestAlgorithm,
    /// Names such as `latest` point to versions, and an upload says which one is to point to its version.
    pub channels: bool,
    /// It fills itself when a tag is first asked for, and remembers a no.
    pub filled_from_tags: bool,
}

impl RegistryCapabilities {
    /// A registry verified by this digest, with nothing else.
    pub const fn new(digest: DigestAlgorithm) -> Self {
        Self { digest, channels: false, filled_from_tags: false }
    }
}

/// A version that someone wants to know about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// Which package.
    pub name: PackageName,
    /// Which version.
    pub version: Version,
}

/// What a registry shows of a version.
#[derive(Debug)]
#[non_exhaustive]
pub enum Observed {
    /// It has no file of this version.
    Absent,
    /// It serves these files.
    Live(Vec<LiveFile>),
    /// It holds the version for approval.
    Staged,
    /// It did not say; never to be taken for absent.
    Unknown(BackendError),
}

/// A file to be downloaded, and no more of it than anybody needs to know.
#[derive(Debug, Clone)]
pub struct FetchRequest {
    /// The file, as it is listed.
    pub file: LiveFile,
    /// Where to.
    pub into: PathBuf,
    /// How many bytes are taken at most.
    pub largest: u64,
    /// How long it may take, with all that is tried again.
    pub timeout: Duration,
}

/// What came of a download.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fetched {
    /// The file is there, complete and synced.
    Whole,
    /// It is longer than was asked for; nothing was kept.
    TooLong,
}

/// One registry instance. Reads retry by themselves; writes never do.
#[async_trait]
pub trait Registry: fmt::Debug + Send + Sync {
    /// What it can do.
    fn capabilities(&self) -> RegistryCapabilities;

    /// Where it is.
    fn target(&self) -> &Target;

    /// Asks for many versions at once; the answers come in the order of the question.
    async fn observe(&self, wanted: &[Wanted]) -> Vec<Observed>;

    /// Downloads a file into a path and syncs it. Ends by the time and the size that the request names, whatever is sent.
    async fn fetch(&self, request: &FetchRequest) -> Result<Fetched>;

    /// Sends one file, once. Asked only where the package manager's route is [`Route::Api`](crate::package_manager::Route::Api).
    async fn upload(&self, _request: &UploadRequest) -> Reply {
        Reply::Refused(BackendError::unsupported(format_args!("an upload by the API of {}", self.target())))
    }
}
