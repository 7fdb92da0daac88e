//! What the files say, and how they change: a tree goes in, edits come out.

use async_trait::async_trait;
use releasekit_core::model::RepoPath;
use releasekit_core::workspace::{DetectRequest, DiscoverRequest, Discovered, EditRequest, PinRequest};
use releasekit_core::{Environment, FileEdit, Requirements, Result, VersionScheme, Workspace};
use releasekit_formats::npm;
use releasekit_formats::semver::SemVer;

use crate::config::MANIFEST;
use crate::{discover, edits, manifest, pins};

/// The package files of pnpm's workspaces and of single packages.
#[derive(Debug, Clone, Default)]
pub struct PnpmWorkspace {
    environment: Environment,
}

impl PnpmWorkspace {
    /// Knows where the user's settings of npm are, which may say where packages of a scope go.
    pub fn new(environment: Environment) -> Self {
        Self { environment }
    }
}

#[async_trait]
impl Workspace for PnpmWorkspace {
    fn scheme(&self) -> &dyn VersionScheme {
        &SemVer
    }

    fn requirements(&self) -> &dyn Requirements {
        &npm::Requirements
    }

    fn normalize(&self, name: &str) -> String {
        name.to_owned()
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
