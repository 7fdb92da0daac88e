//! The registry: what is live there, the files themselves, and how crates get there.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use futures::future::join_all;
use releasekit_core::model::{Digest, DigestAlgorithm, LiveFile, PackageName, Target};
use releasekit_core::package_manager::{Reply, UploadRequest};
use releasekit_core::registry::{
    FetchRequest, Fetched, Keeper, NameStatus, Observed, Pace, Pacing, RegistryCapabilities, Wanted, YankRequest,
};
use releasekit_core::{BackendContext, BackendError, Registry, Result, VersionScheme};
use releasekit_formats::cargo::is_crates_io;
use releasekit_formats::cargo::name::{file_name, is_legal};
use releasekit_formats::semver::SemVer;
use releasekit_http::{Bounds, Request, Settings};

use crate::api::{Api, named};
use crate::error::Error;
use crate::index::Index;
use crate::line::{Line, Lines};
use crate::provider::Reader;
use crate::{place, upload, yank};

/// What crates.io lets everybody do who has no other limit: <https://crates.io/docs/rate-limits>, and the figures in `rate_limiter.rs`
/// of its source.
const PACING: Pacing = Pacing {
    new_names: Pace { burst: 5, interval: Duration::from_secs(600) },
    versions: Pace { burst: 30, interval: Duration::from_secs(60) },
};

/// What the index lists of a crate; `None` where it does not know it.
type Listed = Result<Option<Lines>, Error>;

/// One registry.
#[derive(Debug, Clone)]
pub struct CratesIo {
    target: Target,
    /// Where we look.
    index: Index,
    /// Where we publish.
    api: Api,
}

impl CratesIo {
    /// Opens the registry that a target names; nothing is asked yet.
    ///
    /// Fails with `Invalid` where the URL, or a network setting of the environment, cannot be used.
    pub fn open(context: &BackendContext, target: &Target) -> Result<Self> {
        let settings = Settings::default().with_offline(context.offline);
        let environment = &context.environment;
        // A file that cannot be read is said where a token is needed.
        let named = named(target);
        let programs = named.programs(environment, &target.publish_url);
        let registry = (target.publish_url.as_str(), target.name.as_deref());
        let reader =
            Reader::of(named.token(environment).unwrap_or_default()).with_programs(context, programs, registry);
        let api = Api::new(context, target, settings.clone(), reader)?;
        let index = match target.is_one_place() {
            true => api.index.clone(),
            false => Index::new(target.observe_url(), environment, settings, Reader::default())?,
        };
        Ok(Self { target: target.clone(), index, api })
    }

    /// What a version's line says, as a file.
    async fn live(&self, line: &Line) -> Result<LiveFile, Error> {
        let url = place::of(&self.index.config().await?.dl, line);
        let mut file = LiveFile::new(file_name(&line.name, &line.vers), url);
        file.digests = vec![Digest::sha256(line.cksum.as_str())];
        file.yanked = line.yanked;
        Ok(file)
    }

    async fn observed(&self, wanted: &Wanted, listed: Option<&Listed>) -> Result<Observed, Error> {
        let Some(listed) = listed else {
            return Err(Error::InvalidPackage { name: wanted.name.clone(), version: wanted.version.clone() });
        };
        let Some(lines) = listed.as_ref().map_err(Error::clone)? else { return Ok(Observed::Absent) };
        match lines.find(&wanted.version)? {
            Some(line) => Ok(Observed::Live(vec![self.live(line).await?])),
            None => Ok(Observed::Absent),
        }
    }
}

#[async_trait]
impl Registry for CratesIo {
    fn capabilities(&self) -> RegistryCapabilities {
        let mut capabilities = RegistryCapabilities::new(DigestAlgorithm::Sha256);
        capabilities.yank = true;
        capabilities.pacing = is_crates_io(&self.target.publish_url).then_some(PACING);
        capabilities
    }

    fn target(&self) -> &Target {
        &self.target
    }

    fn check_credential(&self) -> Result<()> {
        Ok(self.api.check_token()?)
    }

    fn keeper(&self) -> Keeper {
        self.api.keeper()
    }

    async fn observe(&self, wanted: &[Wanted]) -> Vec<Observed> {
        let names: BTreeSet<String> = wanted.iter().filter_map(asked).collect();
        let files = names.into_iter().map(|name| async {
            let lines = self.index.lines(&name).await;
            (name, lines)
        });
        let files: BTreeMap<String, Listed> = join_all(files).await.into_iter().collect();
        let observed = wanted.iter().map(|wanted| {
            let listed = asked(wanted).and_then(|name| files.get(&name));
            async move { self.observed(wanted, listed).await.unwrap_or_else(|error| Observed::Unknown(error.into())) }
        });
        join_all(observed).await
    }

    async fn name_status(&self, names: &[PackageName]) -> Vec<NameStatus> {
        if self.capabilities().pacing.is_none() {
            let unsupported = |_| NameStatus::Unknown(BackendError::unsupported("a question for a name"));
            return names.iter().map(unsupported).collect();
        }
        let status = names.iter().map(|name| async {
            match self.api.index.lines(name.as_str()).await {
                Ok(None) => NameStatus::New,
                Ok(Some(_)) => NameStatus::Known,
                Err(error) => NameStatus::Unknown(error.into()),
            }
        });
        join_all(status).await
    }

    async fn fetch(&self, request: &FetchRequest) -> Result<Fetched> {
        let auth_required = self.index.config().await?.auth_required;
        let bounds = Bounds { bytes: request.largest, time: request.timeout };
        let download = self.index.authorized(Request::get(&request.file.url), auth_required).await?;
        match self.index.client.download_by(&download, &request.into, bounds).await {
            Ok(_) => Ok(Fetched::Whole),
            Err(releasekit_http::Error::TooLarge { .. }) => Ok(Fetched::TooLong),
            Err(error) => Err(error.into()),
        }
    }

    async fn upload(&self, request: &UploadRequest) -> Reply {
        upload::upload(&self.api, request).await
    }

    async fn yank(&self, request: &YankRequest) -> Result<()> {
        Ok(yank::yank(&self.api, request).await?)
    }
}

/// The name that the index is asked for; `None` where it is no name or its version no version.
fn asked(wanted: &Wanted) -> Option<String> {
    let is_asked = is_legal(wanted.name.as_str()) && SemVer.parse(wanted.version.as_str()).is_ok();
    is_asked.then(|| wanted.name.as_str().to_ascii_lowercase())
}
