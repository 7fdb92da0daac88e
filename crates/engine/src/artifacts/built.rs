//! The artifacts of a release, as they were checked.

use std::collections::BTreeMap;

use releasekit_core::PackageManager;
use releasekit_core::model::{Artifact, PackageId};

use super::sources::Sources;
use crate::error::{Error, Result};
use crate::failure::Failure;

/// A file ready to be sent, and who made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BuiltFile {
    /// The file.
    pub artifact: Artifact,
    /// The build backend that made it and its version, where the file says so.
    pub generator: Option<String>,
}

/// The artifacts of a release.
#[derive(Debug, Default)]
pub(crate) struct Built {
    /// The files of each package, in the order of upload.
    pub packages: BTreeMap<PackageId, Vec<BuiltFile>>,
    /// Packages that could not be built, or whose artifacts are not what they should be.
    pub failed: BTreeMap<PackageId, Error>,
    /// Packages that were not built because another one, needed to build them, could not be.
    pub blocked: BTreeMap<PackageId, PackageId>,
}

impl BuiltFile {
    /// Fails with `Conflict` where the file on disk is not the one that was checked.
    pub(crate) fn still_as_checked(&self, package: &PackageId, manager: &dyn PackageManager) -> Result<()> {
        let checked = &self.artifact;
        let is_file = checked.path.is_file();
        let now = if is_file { manager.artifact(&checked.path)? } else { None };
        let same = |now: Artifact| now.size == checked.size && now.digests == checked.digests;
        if now.is_some_and(same) {
            return Ok(());
        }
        Err(Failure::ArtifactChanged { package: package.clone(), file: checked.file_name.clone() }.into())
    }
}

impl Built {
    /// Itself where nothing failed, else all failures together.
    pub(crate) fn complete(self) -> Result<Self> {
        match Error::together(self.failed.into_values().collect()) {
            Some(error) => Err(error),
            None => Ok(Self { packages: self.packages, ..Self::default() }),
        }
    }

    /// Takes out packages of which a file has been changed since it was checked, as the build of another one can.
    pub(super) fn drop_changed(&mut self, sources: &Sources) {
        for package in &sources.releasing {
            let manager = sources.manager(package.member);
            let files = self.packages.get(&package.id).map(Vec::as_slice).unwrap_or_default();
            if let Err(error) = files.iter().try_for_each(|file| file.still_as_checked(&package.id, manager)) {
                self.packages.remove(&package.id);
                self.failed.insert(package.id.clone(), error);
            }
        }
    }

    /// Adds packages; their files take the place of those that it has.
    pub(super) fn with(mut self, packages: BTreeMap<PackageId, Vec<BuiltFile>>) -> Self {
        self.packages.extend(packages);
        self
    }
}
