//! A registry that also shows what would have been sent to it.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use releasekit_core::event::Reporter;
use releasekit_core::model::{Artifact, LiveFile, PackageName, Target, Version};
use releasekit_core::package_manager::{Reply, UploadRequest};
use releasekit_core::registry::{
    ChannelRequest, FetchRequest, Fetched, Keeper, NameStatus, Observed, Offer, RegistryCapabilities, Wanted,
    YankRequest,
};
use releasekit_core::{BackendError, Registry, Result};

use super::Ledger;
use crate::durable;

#[derive(Debug)]
pub(super) struct RecordingRegistry {
    pub(super) inner: Arc<dyn Registry>,
    pub(super) ledger: Arc<Ledger>,
    pub(super) reporter: Arc<dyn Reporter>,
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Registry for RecordingRegistry {
    fn capabilities(&self) -> RegistryCapabilities {
        self.inner.capabilities()
    }

    fn target(&self) -> &Target {
        self.inner.target()
    }

    /// Nothing is sent, and so nothing is lacking.
    fn check_credential(&self) -> Result<()> {
        Ok(())
    }

    /// What is only recorded needs no credential, and need not be made again.
    fn keeper(&self) -> Keeper {
        Keeper::Backend
    }

    async fn observe(&self, wanted: &[Wanted]) -> Vec<Observed> {
        let seen = self.inner.observe(wanted).await;
        wanted.iter().zip(seen).map(|(wanted, seen)| self.overlay(wanted, seen)).collect()
    }

    async fn name_status(&self, names: &[PackageName]) -> Vec<NameStatus> {
        self.inner.name_status(names).await
    }

    async fn fetch(&self, request: &FetchRequest) -> Result<Fetched> {
        let Some(path) = request.file.url.strip_prefix("file://") else { return self.inner.fetch(request).await };
        durable::copy(Path::new(path), &request.into).map_err(BackendError::from_diagnostic)?;
        Ok(Fetched::Whole)
    }

    async fn upload(&self, request: &UploadRequest) -> Reply {
        self.ledger.send(request, self.reporter.as_ref())
    }

    async fn channels(&self, package: &PackageName) -> Result<BTreeMap<String, Version>> {
        let mut points = self.inner.channels(package).await?;
        points.extend(self.ledger.points(self.inner.target(), package));
        Ok(points)
    }

    async fn set_channel(&self, request: &ChannelRequest) -> Result<()> {
        if !self.inner.capabilities().channels {
            return self.inner.set_channel(request).await;
        }
        self.ledger.point(self.inner.target(), request, self.reporter.as_ref());
        Ok(())
    }

    async fn yank(&self, request: &YankRequest) -> Result<()> {
        if !self.inner.capabilities().yank {
            // It says how it is done there.
            return self.inner.yank(request).await;
        }
        self.ledger.yank(self.inner.target(), request, self.reporter.as_ref());
        Ok(())
    }
}

impl RecordingRegistry {
    /// What is seen, as a recorded yank would have left it.
    fn offered(&self, wanted: &Wanted, seen: Observed) -> Observed {
        match (self.ledger.offer(self.inner.target(), wanted), seen) {
            (Some(offer), Observed::Live(mut files)) => {
                files.iter_mut().for_each(|file| file.yanked = offer == Offer::Withdrawn);
                Observed::Live(files)
            }
            (_, seen) => seen,
        }
    }

    fn overlay(&self, wanted: &Wanted, seen: Observed) -> Observed {
        let seen = self.offered(wanted, seen);
        let recorded = self.ledger.of(self.inner.target(), &wanted.name, &wanted.version);
        if recorded.is_empty() {
            return seen;
        }
        let mut files = match seen {
            Observed::Live(files) => files,
            Observed::Absent => Vec::new(),
            other => return other,
        };
        files.retain(|file| !recorded.iter().any(|artifact| artifact.file_name == file.file_name));
        files.extend(recorded.into_iter().map(live));
        Observed::Live(files)
    }
}

fn live(artifact: Artifact) -> LiveFile {
    let mut file = LiveFile::new(artifact.file_name, format!("file://{}", artifact.path.display()));
    file.size = Some(artifact.size);
    file.digests = artifact.digests;
    file
}
