//! The registry: what is live there, and the files themselves.

use async_trait::async_trait;
use releasekit_core::model::{DigestAlgorithm, Target};
use releasekit_core::registry::{FetchRequest, Fetched, Observed, RegistryCapabilities, Wanted};
use releasekit_core::{BackendContext, BackendError, Registry, Result};

/// One instance of npm.
#[derive(Debug, Clone)]
pub struct Npm {
    target: Target,
}

impl Npm {
    /// Opens the instance that a target names; nothing is asked yet. `releasekit-http` has the client for it.
    pub fn open(_context: &BackendContext, target: &Target) -> Result<Self> {
        Ok(Self { target: target.clone() })
    }
}

#[async_trait]
impl Registry for Npm {
    fn capabilities(&self) -> RegistryCapabilities {
        RegistryCapabilities::new(DigestAlgorithm::Sha256)
    }

    fn target(&self) -> &Target {
        &self.target
    }

    async fn observe(&self, wanted: &[Wanted]) -> Vec<Observed> {
        wanted.iter().map(|_| Observed::Unknown(BackendError::unsupported("looking at npm"))).collect()
    }

    async fn fetch(&self, _request: &FetchRequest) -> Result<Fetched> {
        Err(BackendError::unsupported("a download from npm"))
    }
}
