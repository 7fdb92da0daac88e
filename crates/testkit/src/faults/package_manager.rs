//! A package manager whose effects are counted.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use releasekit_core::model::{Artifact, Identity, Package, PackageName, Target, Version};
use releasekit_core::package_manager::{
    BuildRequest, CheckRequest, Finding, LockRequest, PackageManagerCapabilities, Reply, ResolveRequest, Resolved,
    SmokeRequest, ToolInfo, UploadRequest,
};
use releasekit_core::{FileEdit, PackageManager, Result};

use super::effects::Effects;

/// A package manager around another.
#[derive(Debug)]
pub(super) struct FaultyPackageManager {
    inner: Arc<dyn PackageManager>,
    effects: Effects,
}

impl FaultyPackageManager {
    pub(super) fn new(inner: Arc<dyn PackageManager>, effects: Effects) -> Self {
        Self { inner, effects }
    }
}

#[deny(clippy::missing_trait_methods)]
#[async_trait]
impl PackageManager for FaultyPackageManager {
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
        self.effects.effect("check", self.inner.check(request)).await.into_result()
    }

    async fn fix(&self, request: &CheckRequest) -> Result<Vec<FileEdit>> {
        self.effects.effect("fix", self.inner.fix(request)).await.into_result()
    }

    async fn refresh_locks(&self, request: &LockRequest) -> Result<Vec<FileEdit>> {
        self.effects.effect("lock", self.inner.refresh_locks(request)).await.into_result()
    }

    async fn build(&self, request: &BuildRequest) -> Result<Vec<Artifact>> {
        let what = format!("build {}", request.package.name);
        self.effects.effect(&what, self.inner.build(request)).await.into_result()
    }

    async fn build_together(&self, requests: &[BuildRequest]) -> Result<Vec<Vec<Artifact>>> {
        let names: Vec<&str> = requests.iter().map(|request| request.package.name.as_str()).collect();
        let what = format!("build {}", names.join(" "));
        self.effects.effect(&what, self.inner.build_together(requests)).await.into_result()
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

    fn check_readable(&self, artifact: &Artifact, target: &Target) -> Result<()> {
        self.inner.check_readable(artifact, target)
    }

    async fn upload(&self, request: &UploadRequest) -> Reply {
        self.effects.upload(request, self.inner.upload(request)).await
    }

    async fn resolve(&self, request: &ResolveRequest) -> Result<Resolved> {
        self.inner.resolve(request).await
    }

    async fn smoke_test(&self, request: &SmokeRequest) -> Result<()> {
        self.inner.smoke_test(request).await
    }
}
