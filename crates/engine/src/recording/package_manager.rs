//! A package manager that builds, and records what it would send.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use releasekit_core::event::Reporter;
use releasekit_core::model::{Artifact, Identity, Package, PackageName, Target, Version};
use releasekit_core::package_manager::{
    BuildRequest, CheckRequest, Finding, Installable, LockRequest, PackageManagerCapabilities, Reply, ResolveRequest,
    Resolved, SmokeRequest, ToolInfo, UploadRequest,
};
use releasekit_core::{FileEdit, PackageManager, Result};

use super::Ledger;

#[derive(Debug)]
pub(super) struct RecordingPackageManager {
    pub(super) inner: Arc<dyn PackageManager>,
    pub(super) ledger: Arc<Ledger>,
    pub(super) reporter: Arc<dyn Reporter>,
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl PackageManager for RecordingPackageManager {
    fn capabilities(&self) -> PackageManagerCapabilities {
        self.inner.capabilities()
    }

    fn trusted_files(&self) -> Vec<PathBuf> {
        self.inner.trusted_files()
    }

    async fn tool(&self) -> Result<ToolInfo> {
        self.inner.tool().await
    }

    async fn check(&self, request: &CheckRequest) -> Result<Vec<Finding>> {
        self.inner.check(request).await
    }

    async fn fix(&self, request: &CheckRequest) -> Result<Vec<FileEdit>> {
        self.inner.fix(request).await
    }

    async fn refresh_locks(&self, request: &LockRequest) -> Result<Vec<FileEdit>> {
        self.inner.refresh_locks(request).await
    }

    async fn build(&self, request: &BuildRequest) -> Result<Vec<Artifact>> {
        self.inner.build(request).await
    }

    async fn build_together(&self, requests: &[BuildRequest]) -> Result<Vec<Vec<Artifact>>> {
        self.inner.build_together(requests).await
    }

    fn inspect(&self, file: &Path) -> Result<Identity> {
        self.inner.inspect(file)
    }

    fn artifact(&self, file: &Path) -> Result<Option<Artifact>> {
        self.inner.artifact(file)
    }

    fn published_name(&self, package: &Package, version: &Version) -> PackageName {
        self.inner.published_name(package, version)
    }

    fn check_readable(&self, _artifact: &Artifact, _target: &Target) -> Result<()> {
        // What is not sent need not be read.
        Ok(())
    }

    async fn upload(&self, request: &UploadRequest) -> Reply {
        self.ledger.send(request, self.reporter.as_ref())
    }

    async fn resolve(&self, request: &ResolveRequest) -> Result<Resolved> {
        let recorded = |it: &Installable| !self.ledger.of(&request.target, &it.name, &it.version).is_empty();
        if request.packages.iter().any(recorded) {
            // What was not sent cannot be chosen.
            return Ok(Resolved::Chosen);
        }
        self.inner.resolve(request).await
    }

    async fn smoke_test(&self, request: &SmokeRequest) -> Result<()> {
        if self.ledger.of(&request.target, &request.package, &request.version).is_empty() {
            return self.inner.smoke_test(request).await;
        }
        // What was not sent cannot be installed.
        Ok(())
    }
}
