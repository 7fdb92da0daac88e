//! A registry whose effects are counted.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use releasekit_core::model::{PackageName, Target, Version};
use releasekit_core::package_manager::{Reply, UploadRequest};
use releasekit_core::registry::{
    ChannelRequest, FetchRequest, Fetched, Keeper, NameStatus, Observed, RegistryCapabilities, Wanted, YankRequest,
};
use releasekit_core::{Registry, Result};

use super::effects::Effects;

/// A registry around another.
#[derive(Debug)]
pub(super) struct FaultyRegistry {
    inner: Arc<dyn Registry>,
    effects: Effects,
}

impl FaultyRegistry {
    pub(super) fn new(inner: Arc<dyn Registry>, effects: Effects) -> Self {
        Self { inner, effects }
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl Registry for FaultyRegistry {
    fn capabilities(&self) -> RegistryCapabilities {
        self.inner.capabilities()
    }

    fn target(&self) -> &Target {
        self.inner.target()
    }

    fn check_credential(&self) -> Result<()> {
        self.inner.check_credential()
    }

    fn keeper(&self) -> Keeper {
        self.inner.keeper()
    }

    async fn observe(&self, wanted: &[Wanted]) -> Vec<Observed> {
        self.inner.observe(wanted).await
    }

    async fn name_status(&self, names: &[PackageName]) -> Vec<NameStatus> {
        self.inner.name_status(names).await
    }

    async fn fetch(&self, request: &FetchRequest) -> Result<Fetched> {
        self.inner.fetch(request).await
    }

    async fn upload(&self, request: &UploadRequest) -> Reply {
        self.effects.upload(request, self.inner.upload(request)).await
    }

    async fn channels(&self, package: &PackageName) -> Result<BTreeMap<String, Version>> {
        self.inner.channels(package).await
    }

    async fn set_channel(&self, request: &ChannelRequest) -> Result<()> {
        let what = format!("point {} of {} to {}", request.channel, request.package, request.version);
        self.effects.effect(&what, self.inner.set_channel(request)).await.into_result()
    }

    async fn yank(&self, request: &YankRequest) -> Result<()> {
        let what = format!("yank {} {}", request.package, request.version);
        self.effects.effect(&what, self.inner.yank(request)).await.into_result()
    }
}
