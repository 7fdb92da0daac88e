//! The tool: it builds and uploads, in folders that it is given.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use releasekit_core::model::{Artifact, Identity};
use releasekit_core::package_manager::{
    BuildRequest, PackageManagerCapabilities, Reply, Route, ToolInfo, UploadRequest,
};
use releasekit_core::{BackendError, PackageManager, Result};

/// The tool of pnpm. What it cannot do its capabilities leave out: methods that are
/// not here (`check`, `fix`, `refresh_locks`, `resolve`, `smoke_test`) say so by default.
#[derive(Debug, Clone, Copy)]
pub struct Pnpm;

#[async_trait]
impl PackageManager for Pnpm {
    fn capabilities(&self) -> PackageManagerCapabilities {
        PackageManagerCapabilities::new(Route::Files)
    }

    fn trusted_files(&self) -> Vec<PathBuf> {
        Vec::new()
    }

    async fn tool(&self) -> Result<ToolInfo> {
        Err(BackendError::unsupported("asking pnpm for its version"))
    }

    async fn build(&self, _request: &BuildRequest) -> Result<Vec<Artifact>> {
        Err(BackendError::unsupported("a build by pnpm"))
    }

    fn inspect(&self, _file: &Path) -> Result<Identity> {
        Err(BackendError::unsupported("reading an artifact of pnpm"))
    }

    fn artifact(&self, _file: &Path) -> Result<Option<Artifact>> {
        Err(BackendError::unsupported("describing an artifact of pnpm"))
    }

    async fn upload(&self, _request: &UploadRequest) -> Reply {
        Reply::Refused(BackendError::unsupported("an upload by pnpm"))
    }
}
