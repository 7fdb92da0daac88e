//! The registry: a folder with one file for each version of a package.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use releasekit_core::model::{Artifact, DigestAlgorithm, LiveFile, Target};
use releasekit_core::package_manager::{Reply, UploadRequest};
use releasekit_core::registry::{FetchRequest, Fetched, Observed, RegistryCapabilities, Wanted};
use releasekit_core::{Registry, Result, VersionScheme};

use crate::error::{invalid, io, taken};
use crate::files::{normal, sha256};
use crate::scheme::Numbers;

/// A shelf. It takes files itself, which is the route `Api`.
#[derive(Debug, Clone)]
pub struct Shelf {
    folder: PathBuf,
    target: Target,
}

impl Shelf {
    /// The shelf in a folder, which is there.
    pub fn new(folder: PathBuf, target: Target) -> Self {
        Self { folder, target }
    }

    /// What lies there of a version. What cannot be asked or read is unknown, which is an error here.
    fn look(&self, wanted: &Wanted) -> Result<Observed> {
        let (name, version) = (wanted.name.as_str(), Numbers.parse(wanted.version.as_str())?);
        if name.is_empty() || name.contains('/') {
            return Err(invalid(format!("`{name}` is no name of a leaflet")));
        }
        let file_name = format!("{}-{version}.leaflet", normal(name));
        let entries = fs::read_dir(&self.folder).map_err(|error| io(&self.folder, error))?.flatten();
        let found = entries.map(|entry| entry.path()).find(|path| normal(&crate::files::file_name(path)) == file_name);
        let Some(path) = found else { return Ok(Observed::Absent) };
        let bytes = fs::read(&path).map_err(|error| io(&path, error))?;
        let mut file = LiveFile::new(crate::files::file_name(&path), path.to_string_lossy());
        (file.size, file.digests) = (Some(bytes.len() as u64), vec![sha256(&bytes)]);
        Ok(Observed::Live(vec![file]))
    }
}

/// Puts a file on the shelf, whole or not at all, under a name that is free.
fn put(shelf: &Path, artifact: &Artifact) -> Result<()> {
    let bytes = fs::read(&artifact.path).map_err(|error| io(&artifact.path, error))?;
    let (part, place) = (shelf.join(format!(".{}", artifact.file_name)), shelf.join(&artifact.file_name));
    let mut file = fs::File::create(&part).map_err(|error| io(&part, error))?;
    let written = file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(|error| io(&part, error));
    let linked = written.and_then(|()| {
        fs::hard_link(&part, &place).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => taken(&artifact.file_name),
            _ => io(&place, error),
        })
    });
    fs::remove_file(&part).map_err(|error| io(&part, error))?;
    linked
}

#[async_trait]
impl Registry for Shelf {
    fn capabilities(&self) -> RegistryCapabilities {
        RegistryCapabilities::new(DigestAlgorithm::Sha256)
    }

    fn target(&self) -> &Target {
        &self.target
    }

    async fn observe(&self, wanted: &[Wanted]) -> Vec<Observed> {
        wanted.iter().map(|wanted| self.look(wanted).unwrap_or_else(Observed::Unknown)).collect()
    }

    async fn fetch(&self, request: &FetchRequest) -> Result<Fetched> {
        let from = PathBuf::from(&request.file.url);
        let bytes = fs::read(&from).map_err(|error| io(&from, error))?;
        if bytes.len() as u64 > request.largest {
            return Ok(Fetched::TooLong);
        }
        let mut file = fs::File::create_new(&request.into).map_err(|error| io(&request.into, error))?;
        file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(|error| io(&request.into, error))?;
        Ok(Fetched::Whole)
    }

    async fn upload(&self, request: &UploadRequest) -> Reply {
        match put(&self.folder, &request.artifact) {
            Ok(()) => Reply::Accepted,
            Err(error) => Reply::Refused(error),
        }
    }
}
