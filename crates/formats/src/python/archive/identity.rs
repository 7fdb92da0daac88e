//! What a file says of itself, checked against its own name.

use std::fs::File;
use std::io::{Read, Seek};
use std::path::Path;

use releasekit_core::VersionScheme;
use releasekit_core::model::{Identity, PackageName};

use super::metadata::Metadata;
use super::{sdist, wheel};
use crate::archive::Limits;
use crate::python::Pep440;
use crate::python::name::{FileName, SdistName, normalize};
use crate::{Error, Result};

/// Reads a wheel or an sdist. Fails with `Invalid` where it is neither, is broken or unsafe, or where the name or version
/// inside is not the one of its file name, and with `NotFound` or `Precondition` where it cannot be read.
///
/// An sdist does not say which backend made it; a wheel built beside it does.
pub fn identity(path: &Path) -> Result<Identity> {
    let shown = path.display().to_string();
    let file_name = path.file_name().and_then(|name| name.to_str());
    let file_name = file_name.ok_or_else(|| Error::file_name(&shown, "it has no name in UTF-8"))?;
    let unreadable = |source| Error::Unreadable { file: shown.clone(), source };
    let file = File::open(path).map_err(unreadable)?;
    let size = file.metadata().map_err(unreadable)?.len();
    read(file_name, file, Limits::for_size(size))
}

/// Reads a wheel or an sdist from anywhere, as [`identity`] does.
pub fn read(file_name: &str, reader: impl Read + Seek, limits: Limits) -> Result<Identity> {
    let named = FileName::parse(file_name, None)?
        .ok_or_else(|| Error::file_name(file_name, "it ends in neither `.whl` nor `.tar.gz`"))?;
    match named {
        FileName::Wheel(name) => {
            let wheel = wheel::read(file_name, reader, limits)?;
            let mut identity = described(file_name, &FileName::Wheel(name.clone()), &wheel.metadata)?;
            identity.platform = Some(name.platform).filter(|platform| platform != "any");
            identity.generator = wheel.generator;
            identity.members = wheel.members;
            Ok(identity)
        }
        FileName::Sdist(name) => {
            if !file_name.ends_with(".tar.gz") {
                return Err(Error::file_name(file_name, "sdists of this old form are not read"));
            }
            let sdist = sdist::read(file_name, &name.stem, reader, limits)?;
            // Older names hold dashes of their own; the metadata says where the version begins.
            let named = SdistName::parse(file_name, Some(sdist.metadata.name()?)).unwrap_or(name);
            let mut identity = described(file_name, &FileName::Sdist(named), &sdist.metadata)?;
            identity.members = sdist.members;
            Ok(identity)
        }
    }
}

fn described(file_name: &str, named: &FileName, metadata: &Metadata) -> Result<Identity> {
    let mismatch =
        |field, inside: &str| Error::ArtifactMismatch { file: file_name.to_owned(), field, inside: inside.to_owned() };
    let (name, version) = (metadata.name()?, metadata.version()?);
    if normalize(name) != named.name() {
        return Err(mismatch("name", name));
    }
    if Pep440.compare(&version, named.version()).is_ne() {
        return Err(mismatch("version", version.as_str()));
    }
    let mut identity = Identity::new(PackageName::new(name), version);
    identity.requirements = metadata.requirements()?;
    Ok(identity)
}
