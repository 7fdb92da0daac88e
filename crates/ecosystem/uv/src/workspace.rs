//! The half of the ecosystem that reads files and plans edits.

use async_trait::async_trait;
use releasekit_core::model::RepoPath;
use releasekit_core::workspace::{DetectRequest, DiscoverRequest, Discovered, EditRequest, PinRequest};
use releasekit_core::{FileEdit, Requirements, Result, VersionScheme, Workspace};
use releasekit_formats::python::name;
use releasekit_formats::python::{Pep440, Pep508};

use crate::config::MANIFEST;
use crate::{discover, edits, pins, pyproject};

/// The package files of uv workspaces and of single projects.
#[derive(Debug, Clone, Copy, Default)]
#[non_exhaustive]
pub struct UvWorkspace;

#[async_trait]
impl Workspace for UvWorkspace {
    fn scheme(&self) -> &dyn VersionScheme {
        &Pep440
    }

    fn requirements(&self) -> &dyn Requirements {
        &Pep508
    }

    fn normalize(&self, name: &str) -> String {
        name::normalize(name)
    }

    async fn detect(&self, request: &DetectRequest) -> Result<Vec<RepoPath>> {
        discover::detect(request)
    }

    async fn discover(&self, request: &DiscoverRequest) -> Result<Discovered> {
        discover::discover(request)
    }

    fn package_files(&self) -> &'static [&'static str] {
        &[MANIFEST]
    }

    fn package_name(&self, content: &[u8]) -> Option<String> {
        pyproject::name(content)
    }

    async fn edits(&self, request: &EditRequest) -> Result<Vec<FileEdit>> {
        edits::edits(request)
    }

    async fn pins(&self, request: &PinRequest) -> Result<Vec<FileEdit>> {
        pins::pins(request)
    }
}
