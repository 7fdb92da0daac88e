//! The half of the ecosystem that reads files and plans edits.

use std::sync::Arc;

use async_trait::async_trait;
use releasekit_core::model::RepoPath;
use releasekit_core::workspace::{DiscoverRequest, Discovered, EditRequest, PinRequest};
use releasekit_core::{FileEdit, Requirements, Result, Tree, VersionScheme, Workspace};
use releasekit_formats::python::name;
use releasekit_formats::python::{Pep440, Pep508};

use crate::{detect, discover, edits, pins};

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

    async fn detect(&self, tree: &Arc<dyn Tree>) -> Result<Vec<RepoPath>> {
        detect::detect(tree)
    }

    async fn discover(&self, request: &DiscoverRequest) -> Result<Discovered> {
        discover::discover(request)
    }

    async fn edits(&self, request: &EditRequest) -> Result<Vec<FileEdit>> {
        edits::edits(request)
    }

    async fn pins(&self, request: &PinRequest) -> Result<Vec<FileEdit>> {
        pins::pins(request)
    }
}
