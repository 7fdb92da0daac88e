//! What the files say, and how they change: a tree goes in, edits come out.

use async_trait::async_trait;
use releasekit_core::model::RepoPath;
use releasekit_core::workspace::{DetectRequest, DiscoverRequest, Discovered, EditRequest, PinRequest};
use releasekit_core::{Environment, FileEdit, Requirements, Result, VersionScheme, Workspace};
use releasekit_formats::cargo;
use releasekit_formats::cargo::name::canonical;
use releasekit_formats::semver::SemVer;

use crate::config::MANIFEST;
use crate::{discover, edits, manifest, pins};

/// The package files of cargo workspaces and of single crates.
#[derive(Debug, Clone, Default)]
pub struct CargoWorkspace {
    environment: Environment,
}

impl CargoWorkspace {
    /// Knows the variables that say where registries are, and the user's own configuration of cargo.
    pub fn new(environment: Environment) -> Self {
        Self { environment }
    }
}

#[async_trait]
impl Workspace for CargoWorkspace {
    fn scheme(&self) -> &dyn VersionScheme {
        &SemVer
    }

    fn requirements(&self) -> &dyn Requirements {
        &cargo::Requirements
    }

    fn normalize(&self, name: &str) -> String {
        canonical(name)
    }

    async fn detect(&self, request: &DetectRequest) -> Result<Vec<RepoPath>> {
        discover::detect(request)
    }

    async fn discover(&self, request: &DiscoverRequest) -> Result<Discovered> {
        discover::discover(request, &self.environment)
    }

    fn package_files(&self) -> &'static [&'static str] {
        &[MANIFEST]
    }

    fn package_name(&self, content: &[u8]) -> Option<String> {
        manifest::name(content)
    }

    async fn edits(&self, request: &EditRequest) -> Result<Vec<FileEdit>> {
        edits::edits(request)
    }

    async fn pins(&self, request: &PinRequest) -> Result<Vec<FileEdit>> {
        pins::pins(request)
    }
}
