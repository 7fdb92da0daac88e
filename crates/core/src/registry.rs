//! A package registry: what is live there.

use std::collections::BTreeMap;
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
    /// Its API withdraws versions from resolution and takes that back.
    pub yank: bool,
    /// How fast it lets one publisher go, where that is known.
    pub pacing: Option<Pacing>,
}

/// How fast a registry lets one publisher go. Names that it does not have yet are counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pacing {
    /// For packages that are new to it.
    pub new_names: Pace,
    /// For versions of packages that it has.
    pub versions: Pace,
}

/// So many at once, and then one each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// How many at once.
    pub burst: u32,
    /// How long it takes until it takes one more.
    pub interval: Duration,
}

/// Whether a registry has a package, of whichever version.
#[derive(Debug)]
#[non_exhaustive]
pub enum NameStatus {
    /// It has none of this name.
    New,
    /// It has.
    Known,
    /// It did not say.
    Unknown(BackendError),
}

impl RegistryCapabilities {
    /// A registry verified by this digest, with nothing else.
    pub const fn new(digest: DigestAlgorithm) -> Self {
        Self { digest, channels: false, filled_from_tags: false, yank: false, pacing: None }
    }
}

/// A version that someone wants to know about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Wanted {
    /// Which package.
    pub name: PackageName,
    /// Which version.
    pub version: Version,
}

impl Wanted {
    /// A version of a package.
    pub fn new(name: PackageName, version: Version) -> Self {
        Self { name, version }
    }
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
#[non_exhaustive]
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

impl FetchRequest {
    /// Asks for a file, of at most `largest` bytes.
    pub fn new(file: LiveFile, into: PathBuf, largest: u64, timeout: Duration) -> Self {
        Self { file, into, largest, timeout }
    }
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

/// Whether installers are to choose a version that they are not asked for by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Offer {
    /// They pass it over: it is yanked.
    Withdrawn,
    /// They may choose it.
    Offered,
}

/// A version to be withdrawn, or to be offered again.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct YankRequest {
    /// Which package, by the name under which the registry knows the version.
    pub package: PackageName,
    /// Which version.
    pub version: Version,
    /// What is wanted.
    pub offer: Offer,
}

impl YankRequest {
    /// Asks for a version to be withdrawn or offered.
    pub fn new(package: PackageName, version: Version, offer: Offer) -> Self {
        Self { package, version, offer }
    }
}

/// A channel to be pointed to a version.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChannelRequest {
    /// Which package, by the name under which the registry knows the version.
    pub package: PackageName,
    /// Which channel, such as `latest`; it need not be there yet.
    pub channel: String,
    /// What it is to point to.
    pub version: Version,
}

impl ChannelRequest {
    /// Asks for a channel to point to a version.
    pub fn new(package: PackageName, channel: impl Into<String>, version: Version) -> Self {
        Self { package, channel: channel.into(), version }
    }
}

/// Who has the credential that an upload needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeper {
    /// The registry's backend, or whatever tool sends a file by its route.
    Backend,
    /// The package manager's tool alone, from a place that only it can ask. It sends what it makes itself, so it has to make
    /// the file again.
    Tool,
}

/// One registry instance. Reads retry by themselves; writes never do.
///
/// Nothing but [`upload`](Self::upload), [`yank`](Self::yank) and [`set_channel`](Self::set_channel) changes the registry, and nothing is remembered between two calls: what is asked now
/// is looked up now. `releasekit_testkit::suite::registry` holds every backend to what is said here.
#[async_trait]
pub trait Registry: fmt::Debug + Send + Sync {
    /// What it can do. It is a fact of the registry and does not change while it is open.
    fn capabilities(&self) -> RegistryCapabilities;

    /// Where it is: the target that it was opened for.
    fn target(&self) -> &Target;

    /// Whether it is sure already that it would take no upload of ours, for there is no credential, or none that it can know.
    ///
    /// Asked before anything is built. Nobody is asked, so a yes promises nothing; fails with `Unauthenticated`.
    fn check_credential(&self) -> Result<()> {
        Ok(())
    }

    /// Who has the credential for an upload. It matters only where the package manager's route is
    /// [`Route::Api`](crate::package_manager::Route::Api), and nobody is asked for the credential.
    fn keeper(&self) -> Keeper {
        Keeper::Backend
    }

    /// Asks for many versions at once.
    ///
    /// There is one answer for each question, in the order of the questions, also where two are alike. Names and versions are
    /// compared as the ecosystem does, whatever their spelling. A version is [live](Observed::Live) with all its files and
    /// no file of another version; each has the digest of the registry's algorithm where it tells digests at all, a size
    /// only where that is known, and the channels that point to its version where its listing names them. What the registry says that it does not have is [absent](Observed::Absent); what cannot be
    /// asked for, and what was not answered, is [unknown](Observed::Unknown), and takes no other answer with it. Looking
    /// changes nothing, except that a registry that [fills itself](RegistryCapabilities::filled_from_tags) may fetch what is
    /// tagged.
    async fn observe(&self, wanted: &[Wanted]) -> Vec<Observed>;

    /// Whether it has packages of these names, in their order. Asked only where it has a [pacing](RegistryCapabilities::pacing),
    /// which differs for names that are new; else unknown.
    async fn name_status(&self, names: &[PackageName]) -> Vec<NameStatus> {
        let unsupported = || BackendError::unsupported(format_args!("a question for a name of {}", self.target()));
        names.iter().map(|_| NameStatus::Unknown(unsupported())).collect()
    }

    /// Downloads a file into a path at which there is none, in a folder that exists, and syncs it.
    ///
    /// Ends by the time and the size that the request names, whatever is sent. There is a file at the path only after
    /// [`Fetched::Whole`], and then it has all bytes. Fails with `NotFound` where the file is gone, with `Transient` or
    /// `RateLimited` where asking again may help. Where something lies at the path already it fails too, and that stays.
    async fn fetch(&self, request: &FetchRequest) -> Result<Fetched>;

    /// Sends one file, once. Asked only where the package manager's route is [`Route::Api`](crate::package_manager::Route::Api) and
    /// the credential is not [the tool's alone](Keeper::Tool).
    ///
    /// The file is sent as it lies on disk, and never a second time, whatever comes back. Other bytes under a name that is
    /// taken are refused with `Conflict`; the same bytes are refused too or change nothing. They are refused where the channel
    /// points elsewhere and stays there, for a yes would say that it moved. The channel is named where the
    /// registry has [channels](RegistryCapabilities::channels), and points to the version once the reply is
    /// [accepted](Reply::Accepted); no other name moves, and none does where the upload is refused. A registry whose API takes no files refuses with `Unsupported` and is
    /// sent nothing.
    async fn upload(&self, _request: &UploadRequest) -> Reply {
        Reply::Refused(BackendError::unsupported(format_args!("an upload by the API of {}", self.target())))
    }

    /// Where the channels of a package point; nowhere, where the registry has no such package.
    ///
    /// Fails with `Unsupported` without the [capability](RegistryCapabilities::channels).
    async fn channels(&self, _package: &PackageName) -> Result<BTreeMap<String, Version>> {
        Err(BackendError::unsupported(format_args!("a question for channels of {}", self.target())))
    }

    /// Points a channel to a version, wherever it pointed before.
    ///
    /// Sent once. No other channel moves. Fails with `NotFound` where there is no such version, with `Unauthenticated` or `Forbidden`
    /// where the credential may not, as one that may upload alone, and with `Unsupported` without the
    /// [capability](RegistryCapabilities::channels).
    async fn set_channel(&self, _request: &ChannelRequest) -> Result<()> {
        Err(BackendError::unsupported(format_args!("moving channels by the API of {}", self.target())))
    }

    /// Withdraws a version from resolution or offers it again, whichever it was before; its files stay.
    ///
    /// Sent once. No other version changes. Fails with `NotFound` where there is no such version, with `Unauthenticated` or
    /// `Forbidden` where it is not ours to withdraw, and with `Unsupported` without the
    /// [capability](RegistryCapabilities::yank), with a help that says how it is done there, where it can be.
    async fn yank(&self, _request: &YankRequest) -> Result<()> {
        Err(BackendError::unsupported(format_args!("yanking by the API of {}", self.target())))
    }
}
