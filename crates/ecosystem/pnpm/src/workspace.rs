//! What the files say, and how they change: a tree goes in, edits come out.

use async_trait::async_trait;
use releasekit_core::model::RepoPath;
use releasekit_core::workspace::{DetectRequest, DiscoverRequest, Discovered, EditRequest, PinRequest};
use releasekit_core::{BackendError, FileEdit, Requirements, Result, VersionScheme, Workspace};
use releasekit_formats::cargo;
use releasekit_formats::semver::SemVer;

/// Workspaces of pnpm.
#[derive(Debug, Clone, Copy)]
pub struct PnpmWorkspace;

#[async_trait]
impl Workspace for PnpmWorkspace {
    // Where its versions are numbered otherwise, it brings a scheme of its own, and runs `suite::scheme` over it.
    fn scheme(&self) -> &dyn VersionScheme {
        &SemVer
    }

    // The same goes for requirements, and `suite::requirements`.
    fn requirements(&self) -> &dyn Requirements {
        &cargo::Requirements
    }

    fn normalize(&self, name: &str) -> String {
        name.to_owned()
    }

    async fn detect(&self, _request: &DetectRequest) -> Result<Vec<RepoPath>> {
        Err(BackendError::unsupported("finding workspaces of pnpm"))
    }

    async fn discover(&self, _request: &DiscoverRequest) -> Result<Discovered> {
        Err(BackendError::unsupported("reading packages of pnpm"))
    }

    async fn edits(&self, _request: &EditRequest) -> Result<Vec<FileEdit>> {
        Err(BackendError::unsupported("editing packages of pnpm"))
    }

    async fn pins(&self, _request: &PinRequest) -> Result<Vec<FileEdit>> {
        Err(BackendError::unsupported("pinning packages of pnpm"))
    }
}
