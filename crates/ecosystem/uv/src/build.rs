//! Builds: one package at a time, by its own build backend, with its siblings offered from a folder.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::Path;

use releasekit_core::ecosystem::BackendContext;
use releasekit_core::model::{Artifact, ArtifactKind, DigestAlgorithm};
use releasekit_core::package_manager::BuildRequest;
use releasekit_core::{BackendError, Result};
use releasekit_formats::archive::digest;
use releasekit_formats::python::name::FileName;
use releasekit_process::{Error as ProcessError, Output};

use crate::environment;
use crate::error::Error;
use crate::tool::{command, help};

/// The mask that every build runs with, for it changes what archives hold.
const UMASK: u16 = 0o022;

/// Builds wheel and sdist.
pub(crate) async fn build(context: &BackendContext, request: &BuildRequest) -> Result<Vec<Artifact>> {
    let all = &context.environment;
    let environment =
        environment::building(all, &request.environment).with("SOURCE_DATE_EPOCH", request.epoch.to_string());
    // What python compiles for itself has a time in it, and would get into archives and into folders of others.
    let environment = environment.with("PYTHONDONTWRITEBYTECODE", "1");
    let mut command = command(&request.package.home_in(&request.root).on_disk(&request.folder), environment).args([
        "build",
        "--no-sources",
        "--package",
        request.package.name.as_str(),
    ]);
    // An option on the command line hides the variable, so both go there; siblings come first.
    let siblings = request.siblings.iter().map(|folder| folder.clone().into_os_string());
    let of_the_user = environment::find_links(all, &request.environment).into_iter().map(OsString::from);
    for links in siblings.chain(of_the_user) {
        command = command.arg("--find-links").arg(links);
    }
    if context.offline {
        command = command.arg("--offline");
    }
    let command = command.arg("--out-dir").arg(&request.out).umask(UMASK).timeout(request.timeout);
    let command = command.confined(context, request.workplace.clone());
    let ended = command.run().await.and_then(Output::succeeded);
    ended.map_err(|error| failed(request, error))?;
    remove_ignore(&request.out)?;
    let artifacts = artifacts(&request.out)?;
    if artifacts.is_empty() {
        return Err(Error::NothingBuilt { package: request.package.name.clone() }.into());
    }
    Ok(artifacts)
}

fn failed(request: &BuildRequest, error: ProcessError) -> BackendError {
    if matches!(error, ProcessError::NotFound { .. }) {
        return help(error);
    }
    let (package, manifest) = (request.package.name.clone(), request.package.manifest.clone());
    Error::Build { package, manifest, source: Box::new(error) }.into()
}

fn unusable(folder: &Path, source: io::Error) -> Error {
    Error::Folder { path: folder.to_owned(), source }
}

/// Removes the file by which uv has git ignore what it builds: in the folder lie artifacts and nothing else.
fn remove_ignore(folder: &Path) -> Result<()> {
    match fs::remove_file(folder.join(".gitignore")) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(unusable(folder, error).into()),
        _ => Ok(()),
    }
}

/// The artifacts of a folder, wheels first.
fn artifacts(folder: &Path) -> Result<Vec<Artifact>> {
    let unusable = |source| unusable(folder, source);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(unusable)? {
        found.extend(artifact(&entry.map_err(unusable)?.path())?);
    }
    found.sort_by(|a, b| (a.kind, &a.file_name).cmp(&(b.kind, &b.file_name)));
    Ok(found)
}

/// Describes a file; `None` where its name is not one of a wheel or an sdist.
pub(crate) fn artifact(file: &Path) -> Result<Option<Artifact>> {
    let Some(name) = file.file_name().and_then(|name| name.to_str()) else { return Ok(None) };
    let kind = match FileName::parse(name, None)? {
        Some(FileName::Wheel(_)) => ArtifactKind::Binary,
        Some(_) => ArtifactKind::Source,
        None => return Ok(None),
    };
    let hashed = digest::file(file, &[DigestAlgorithm::Sha256])?;
    Ok(Some(Artifact::new(file.to_owned(), name.to_owned(), kind, hashed.size, hashed.digests)))
}
