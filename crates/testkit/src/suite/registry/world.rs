//! What is around the case.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use releasekit_core::model::{Artifact, LiveFile, PackageName, Version};
use releasekit_core::package_manager::{Reply, UploadRequest};
use releasekit_core::registry::{ChannelRequest, FetchRequest, Fetched, Observed, Offer, Wanted, YankRequest};
use releasekit_core::{BackendError, Registry};
use tempfile::TempDir;

use crate::suite::held;

/// How long anything may take.
const LIMIT: Duration = Duration::from_secs(60);

/// Where a download goes.
pub(super) const FETCHED: &str = "fetched";

/// What happens around a registry: a publisher who sends files of one package to it, and its owner's view of what it holds.
#[async_trait(?Send)]
pub trait Surroundings {
    /// A file of the package at a version, complete on disk; other words make other bytes of the same name, beside
    /// the first ones. Words can be the name of a folder.
    fn artifact(&self, version: &str, words: &str) -> Artifact;

    /// Sends a file as whoever publishes does, once; says whether it was taken.
    async fn send(&self, request: &UploadRequest) -> bool;

    /// The sha256 of each file that the registry has, by its name.
    fn stored(&self) -> BTreeMap<String, String>;

    /// Where a channel of the package points; `None` where there is no such channel.
    fn channel(&self, name: &str) -> Option<String>;

    /// Tags a version in the repository from which a registry may fill itself.
    fn tag(&self, version: &str);

    /// Withdraws a file as the registry's owner does, and says whether that is possible there.
    fn withdraw(&self, file: &str) -> bool;

    /// Registries of this kind that do not answer, each with why: one at whose place nobody is, and one that says what nobody
    /// can read, where there can be such.
    fn silent(&self) -> Vec<(&'static str, Arc<dyn Registry>)>;
}

/// In what registries differ, without any of them breaking a promise.
#[derive(Debug, Clone)]
pub struct Differences {
    /// The package of the publisher.
    pub package: &'static str,
    /// Whether it tells digests.
    pub digests: bool,
    /// Whether it tells sizes.
    pub sizes: bool,
    /// Whether it takes a file again that it has, byte for byte.
    pub same_bytes: bool,
    /// Whether its API takes files.
    pub api: bool,
    /// Whether `latest` points to the first version of a package, whatever its upload says.
    pub first_is_latest: bool,
    /// A name and a version that are the package at 1.0.0, otherwise spelled.
    pub spelling: (&'static str, &'static str),
    /// What is no name of a package.
    pub no_name: &'static str,
}

/// An empty registry and what is around it.
///
/// Nothing goes wrong on the way, so a backend has tests of its own for answers that come late, half or from somewhere else. The
/// kind of a refusal is looked at where the API takes files; a tool's is looked at by the suite of package managers.
pub struct World {
    /// The registry.
    pub registry: Arc<dyn Registry>,
    /// Publisher and owner.
    pub around: Box<dyn Surroundings>,
    /// In what it differs from others.
    pub differences: Differences,
    folder: TempDir,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("registry", &self.registry).field("differences", &self.differences).finish()
    }
}

impl World {
    /// Puts the parts together; the registry is empty.
    pub fn new(registry: Arc<dyn Registry>, around: Box<dyn Surroundings>, differences: Differences) -> Self {
        let folder = TempDir::with_prefix("releasekit-suite-").expect("the temporary folder is writable");
        Self { registry, around, differences, folder }
    }

    /// An upload as the engine asks for it.
    pub(super) fn request(&self, version: &str, artifact: Artifact, channel: Option<&str>) -> UploadRequest {
        let hold = File::create(self.path("hold")).expect("the folder is ours");
        UploadRequest::new(
            PackageName::new(self.differences.package),
            Version::from_canonical(version),
            artifact,
            self.registry.target().clone(),
            LIMIT,
        )
        .with_channel(channel.map(str::to_owned))
        .with_hold(Some(Arc::new(hold)))
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Sends a file, and points `latest` to it where there are channels.
    pub(super) async fn send(&self, version: &str, words: &str) -> (bool, Artifact) {
        self.send_to(version, words, "latest").await
    }

    /// Sends a file, and points this name to it where there are channels.
    pub(super) async fn send_to(&self, version: &str, words: &str, channel: &str) -> (bool, Artifact) {
        let artifact = self.around.artifact(version, words);
        let channel = self.registry.capabilities().channels.then_some(channel);
        (self.around.send(&self.request(version, artifact.clone(), channel)).await, artifact)
    }

    /// Withdraws a version, or offers it again.
    pub(super) async fn yank(&self, version: &str, offer: Offer) -> Result<(), BackendError> {
        let package = PackageName::new(self.differences.package);
        self.registry.yank(&YankRequest::new(package, Version::from_canonical(version), offer)).await
    }

    /// Points a channel to a version.
    pub(super) async fn point(&self, channel: &str, version: &str) -> Result<(), BackendError> {
        let package = PackageName::new(self.differences.package);
        let request = ChannelRequest::new(package, channel, Version::from_canonical(version));
        self.registry.set_channel(&request).await
    }

    /// Where the channels point, as the registry says.
    pub(super) async fn points(&self) -> Result<BTreeMap<String, String>, BackendError> {
        let points = self.registry.channels(&PackageName::new(self.differences.package)).await?;
        Ok(points.into_iter().map(|(channel, version)| (channel, version.to_string())).collect())
    }

    /// What the API answers to a file.
    pub(super) async fn upload(&self, version: &str, words: &str) -> (Reply, Artifact) {
        let artifact = self.around.artifact(version, words);
        let channel = self.registry.capabilities().channels.then_some("latest");
        (self.registry.upload(&self.request(version, artifact.clone(), channel)).await, artifact)
    }

    /// Sends a new file that has to be taken.
    pub(super) async fn sent(&self, version: &str) -> Result<Artifact, String> {
        let (is_taken, artifact) = self.send(version, "one").await;
        held(is_taken, format!("`{}` is new, and is refused", artifact.file_name)).map(|()| artifact)
    }

    pub(super) async fn observe(&self, wanted: &[(&str, &str)]) -> Vec<Observed> {
        let wanted = wanted
            .iter()
            .map(|(name, version)| Wanted::new(PackageName::new(*name), Version::from_canonical(*version)));
        self.registry.observe(&wanted.collect::<Vec<_>>()).await
    }

    /// The names of the files of a version of the package; none where it is not live.
    pub(super) async fn names(&self, version: &str) -> Vec<String> {
        let observed = self.observe(&[(self.differences.package, version)]).await;
        observed.into_iter().flat_map(names).collect()
    }

    /// What is listed of the one file that was sent.
    pub(super) async fn listed(&self, version: &str) -> Result<LiveFile, String> {
        match self.observe(&[(self.differences.package, version)]).await.pop() {
            Some(Observed::Live(mut files)) => files.pop().ok_or_else(|| format!("{version} is live without a file")),
            other => Err(format!("{version} was sent, and is {other:?} in place of live")),
        }
    }

    pub(super) async fn fetch(
        &self,
        file: &LiveFile,
        largest: u64,
    ) -> (Result<Fetched, BackendError>, Option<Vec<u8>>) {
        let into = self.path(FETCHED);
        let request = FetchRequest::new(file.clone(), into.clone(), largest, LIMIT);
        let fetched = self.registry.fetch(&request).await;
        (fetched, fs::read(into).ok())
    }

    /// The names beside a download, without its own.
    pub(super) fn beside(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path()).expect("the folder is ours").flatten();
        let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
        names.filter(|name| name != FETCHED).collect()
    }

    pub(super) fn digest_stored(&self, file: &str) -> Option<String> {
        self.around.stored().remove(file)
    }
}

pub(super) fn names(observed: Observed) -> Vec<String> {
    match observed {
        Observed::Live(files) => files.into_iter().map(|file| file.file_name).collect(),
        _ => Vec::new(),
    }
}

pub(super) fn bytes(artifact: &Artifact) -> Vec<u8> {
    fs::read(&artifact.path).expect("the publisher made it")
}
