//! The registry: what is live there, the files themselves, where its names point, and how versions are withdrawn.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use futures::future::join_all;
use releasekit_core::model::{DigestAlgorithm, PackageName, Target, Version};
use releasekit_core::registry::{
    ChannelRequest, FetchRequest, Fetched, Observed, RegistryCapabilities, Wanted, YankRequest,
};
use releasekit_core::{BackendContext, Registry, Result, VersionScheme};
use releasekit_formats::npm::name::is_legal;
use releasekit_formats::semver::SemVer;
use releasekit_http::Bounds;

use crate::api::Api;
use crate::document::Document;
use crate::error::Error;
use crate::{channel, yank};

/// What is known of a package; `None` where the registry does not know it.
type Known = Result<Option<Document>, Error>;

/// One registry.
#[derive(Debug, Clone)]
pub struct Npm {
    target: Target,
    /// Where we look.
    shown: Api,
    /// Where npm publishes.
    api: Api,
}

impl Npm {
    /// Opens the registry that a target names; nothing is asked yet.
    ///
    /// Fails with `Invalid` where the URL, or a network setting of the environment, cannot be used.
    pub fn open(context: &BackendContext, target: &Target) -> Result<Self> {
        let api = Api::new(context, &target.publish_url)?;
        let shown = if target.is_one_place() { api.clone() } else { Api::new(context, target.observe_url())? };
        Ok(Self { target: target.clone(), shown, api })
    }

    fn observed(&self, wanted: &Wanted, known: Option<&Known>) -> Result<Observed, Error> {
        let Some(known) = known else {
            return Err(Error::InvalidPackage { name: wanted.name.clone(), version: wanted.version.clone() });
        };
        let Some(document) = known.as_ref().map_err(Error::clone)? else { return Ok(Observed::Absent) };
        let file = document.file(&self.shown.document_url(wanted.name.as_str()), &wanted.version)?;
        Ok(file.map_or(Observed::Absent, |file| Observed::Live(vec![file])))
    }
}

#[async_trait]
impl Registry for Npm {
    fn capabilities(&self) -> RegistryCapabilities {
        let mut capabilities = RegistryCapabilities::new(DigestAlgorithm::Sha512);
        (capabilities.channels, capabilities.yank) = (true, true);
        capabilities
    }

    fn target(&self) -> &Target {
        &self.target
    }

    fn check_credential(&self) -> Result<()> {
        Ok(self.api.publisher().map(drop)?)
    }

    async fn observe(&self, wanted: &[Wanted]) -> Vec<Observed> {
        let names: BTreeSet<&str> =
            wanted.iter().filter(|wanted| is_asked(wanted)).map(|it| it.name.as_str()).collect();
        let known = names.into_iter().map(|name| async move { (name, self.shown.document(name).await) });
        let known: BTreeMap<&str, Known> = join_all(known).await.into_iter().collect();
        let observed = wanted.iter().map(|wanted| {
            let known = known.get(wanted.name.as_str()).filter(|_| is_asked(wanted));
            self.observed(wanted, known).unwrap_or_else(|error| Observed::Unknown(error.into()))
        });
        observed.collect()
    }

    async fn fetch(&self, request: &FetchRequest) -> Result<Fetched> {
        let bounds = Bounds { bytes: request.largest, time: request.timeout };
        match self.shown.download(&request.file.url, &request.into, bounds).await {
            Ok(_) => Ok(Fetched::Whole),
            Err(releasekit_http::Error::TooLarge { .. }) => Ok(Fetched::TooLong),
            Err(error) => Err(error.into()),
        }
    }

    async fn channels(&self, package: &PackageName) -> Result<BTreeMap<String, Version>> {
        Ok(channel::points(&self.api, package).await?)
    }

    async fn set_channel(&self, request: &ChannelRequest) -> Result<()> {
        Ok(channel::set(&self.api, request).await?)
    }

    async fn yank(&self, request: &YankRequest) -> Result<()> {
        Ok(yank::yank(&self.api, request).await?)
    }
}

/// Whether the registry can be asked for it.
fn is_asked(wanted: &Wanted) -> bool {
    is_legal(wanted.name.as_str()) && SemVer.parse(wanted.version.as_str()).is_ok()
}
