//! The half of the ecosystem that runs pnpm and npm.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use releasekit_core::ecosystem::BackendContext;
use releasekit_core::model::{Artifact, Identity};
use releasekit_core::package_manager::{
    BuildRequest, PackageManagerCapabilities, Reply, Route, ToolInfo, UploadRequest,
};
use releasekit_core::{PackageManager, Result};

use crate::{build, tarball, tool, trusted, upload};

/// pnpm, and the npm beside it, as the context's environment finds them.
#[derive(Debug, Clone)]
pub struct Pnpm {
    context: BackendContext,
}

impl Pnpm {
    /// Runs them in these surroundings.
    pub fn new(context: BackendContext) -> Self {
        Self { context }
    }
}

#[async_trait]
impl PackageManager for Pnpm {
    fn capabilities(&self) -> PackageManagerCapabilities {
        PackageManagerCapabilities::new(Route::Files)
    }

    fn trusted_files(&self) -> Vec<PathBuf> {
        trusted::files(&self.context.environment)
    }

    async fn tool(&self) -> Result<ToolInfo> {
        tool::info(&self.context).await
    }

    async fn build(&self, request: &BuildRequest) -> Result<Vec<Artifact>> {
        build::build(&self.context, request).await
    }

    fn inspect(&self, file: &Path) -> Result<Identity> {
        Ok(tarball::read(file)?.identity)
    }

    fn artifact(&self, file: &Path) -> Result<Option<Artifact>> {
        tarball::artifact(file)
    }

    async fn upload(&self, request: &UploadRequest) -> Reply {
        upload::upload(&self.context, request).await
    }
}
