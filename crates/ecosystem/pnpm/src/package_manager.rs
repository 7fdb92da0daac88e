//! The half of the ecosystem that runs pnpm and npm.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use releasekit_core::ecosystem::BackendContext;
use releasekit_core::model::{Artifact, Identity, Target};
use releasekit_core::package_manager::{
    BuildRequest, CheckRequest, Finding, LockRequest, PackageManagerCapabilities, Reply, ResolveRequest, Resolved,
    Route, SmokeRequest, ToolInfo, UploadRequest,
};
use releasekit_core::{FileEdit, PackageManager, Result};

use crate::{build, check, lock, readable, resolve, smoke, tarball, tool, trusted, upload};

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
        let mut capabilities = PackageManagerCapabilities::new(Route::Files);
        capabilities.checks = true;
        capabilities.lockfile = true;
        capabilities.resolves = true;
        capabilities.smoke_test = true;
        capabilities
    }

    fn trusted_files(&self) -> Vec<PathBuf> {
        trusted::files(&self.context.environment)
    }

    async fn tool(&self) -> Result<ToolInfo> {
        tool::info(&self.context).await
    }

    async fn check(&self, request: &CheckRequest) -> Result<Vec<Finding>> {
        check::check(&self.context, request).await
    }

    async fn fix(&self, request: &CheckRequest) -> Result<Vec<FileEdit>> {
        check::fix(&self.context, request).await
    }

    async fn refresh_locks(&self, request: &LockRequest) -> Result<Vec<FileEdit>> {
        lock::refresh(&self.context, request).await
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

    fn check_readable(&self, artifact: &Artifact, target: &Target) -> Result<()> {
        readable::check(&self.context, artifact, target)
    }

    async fn upload(&self, request: &UploadRequest) -> Reply {
        upload::upload(&self.context, request).await
    }

    async fn resolve(&self, request: &ResolveRequest) -> Result<Resolved> {
        resolve::resolve(&self.context, request).await
    }

    async fn smoke_test(&self, request: &SmokeRequest) -> Result<()> {
        smoke::install(&self.context, request).await
    }
}
