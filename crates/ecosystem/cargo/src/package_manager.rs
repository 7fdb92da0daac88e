//! The half of the ecosystem that runs cargo.

use std::path::{Path, PathBuf};

use async_trait::async_trait;
use releasekit_core::ecosystem::BackendContext;
use releasekit_core::model::{Artifact, Identity};
use releasekit_core::package_manager::{
    BuildRequest, CheckRequest, Finding, LockRequest, PackageManagerCapabilities, Reply, ResolveRequest, Resolved,
    Route, SmokeRequest, ToolInfo, UploadRequest,
};
use releasekit_core::{FileEdit, PackageManager, Result};

use crate::{build, check, crate_file, lock, resolve, smoke, tool, trusted, upload};

/// cargo, as the context's environment finds it.
#[derive(Debug, Clone)]
pub struct Cargo {
    context: BackendContext,
}

impl Cargo {
    /// Runs cargo in these surroundings.
    pub fn new(context: BackendContext) -> Self {
        Self { context }
    }
}

#[async_trait]
impl PackageManager for Cargo {
    fn capabilities(&self) -> PackageManagerCapabilities {
        let mut capabilities = PackageManagerCapabilities::new(Route::Api);
        capabilities.checks = true;
        capabilities.lockfile = true;
        capabilities.builds_together = true;
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
        build::build(&self.context, std::slice::from_ref(request)).await
    }

    async fn build_together(&self, requests: &[BuildRequest]) -> Result<Vec<Vec<Artifact>>> {
        let artifacts = build::build(&self.context, requests).await?;
        Ok(artifacts.into_iter().map(|artifact| vec![artifact]).collect())
    }

    fn inspect(&self, file: &Path) -> Result<Identity> {
        Ok(crate_file::read(file)?.identity)
    }

    fn artifact(&self, file: &Path) -> Result<Option<Artifact>> {
        crate_file::artifact(file)
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
