//! Builds: pnpm packs what is there, and runs nothing. What has to be made before is made by commands of the configuration.
//! A `.pnpmfile.cjs` is such code too, and its `beforePacking` could write another package file than the one that was committed.

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;

use releasekit_core::ecosystem::BackendContext;
use releasekit_core::event::Event;
use releasekit_core::model::{Artifact, Identity};
use releasekit_core::package_manager::BuildRequest;
use releasekit_core::{BackendError, Diagnostic, Result};
use releasekit_process::{Error as ProcessError, Output};
use serde_json::Value;

use crate::access;
use crate::config::{MANIFEST, TOOL};
use crate::environment;
use crate::error::Error;
use crate::published;
use crate::tarball;
use crate::tool::{Bench, help, is_unfit};

/// What pnpm is told, up to the folder that the tarball goes to. pnpm 10 knows no `--ignore-pnpmfile` for what it packs.
/// Newer ones fetch `configDependencies` whatever they are told.
const PACK: &[&str] = &[
    "pack",
    "--config.ignore-scripts=true",
    "--config.ignore-pnpmfile=true",
    "--config.config-dependencies=",
    "--pack-destination",
];

/// Packs a package.
pub(crate) async fn build(context: &BackendContext, request: &BuildRequest) -> Result<Vec<Artifact>> {
    let folder = request.package.path.on_disk(&request.folder);
    for folder in packed(request) {
        published::publish(&folder)?;
        access::write(&request.folder, &folder)?;
    }
    let bench = Bench { context, folder, workplace: request.workplace.as_ref(), timeout: request.timeout };
    let out = std::path::absolute(&request.out).map_err(Error::folder(&request.out))?;
    let environment = environment::building(&context.environment, &request.environment);
    let environment = environment.with("SOURCE_DATE_EPOCH", request.epoch.to_string());
    let args = PACK.iter().map(OsString::from).chain([out.into()]);
    let ended = bench.run(environment, args).await.and_then(Output::succeeded);
    ended.map_err(|error| failed(request, error))?;

    let artifact = artifact(request)?;
    let inside = tarball::read(&artifact.path)?;
    require_own(request, &inside.identity)?;
    if !inside.doubts.is_empty() {
        let doubtful = Error::EntryDoubtful { file: artifact.file_name.clone(), entries: inside.doubts };
        context.reporter.report(Event::warning_of(&doubtful));
    }
    Ok(vec![artifact])
}

/// The folders whose package files decide what is packed: the package's own, and the one that is published in its place.
fn packed(request: &BuildRequest) -> Vec<PathBuf> {
    let own = &request.package.path;
    let other = directory(request).and_then(|directory| own.join(&directory).ok());
    std::iter::once(own).chain(&other).map(|folder| folder.on_disk(&request.folder)).collect()
}

fn failed(request: &BuildRequest, error: ProcessError) -> BackendError {
    if matches!(error, ProcessError::NotFound { .. }) {
        return help(TOOL, error);
    }
    let (package, manifest) = (request.package.name.clone(), request.package.manifest.clone());
    if let Some(output) = error.output().filter(|output| is_unfit(output)) {
        return Error::EngineUnfit { file: manifest, output }.into();
    }
    Error::Build { package, manifest, source: Box::new(error) }.into()
}

/// The one tarball that was packed.
fn artifact(request: &BuildRequest) -> Result<Artifact> {
    let unusable = || Error::folder(&request.out);
    for entry in fs::read_dir(&request.out).map_err(unusable())? {
        if let Some(artifact) = tarball::artifact(&entry.map_err(unusable())?.path())? {
            return Ok(artifact);
        }
    }
    Err(Error::NothingBuilt { package: request.package.name.clone() }.into())
}

/// A folder that is published in the package's place has a package file of its own, which may be of another version. What
/// differs without such a folder is for whoever asked to judge.
fn require_own(request: &BuildRequest, identity: &Identity) -> Result<()> {
    let package = &request.package;
    let is_own = identity.name == package.name && package.version.as_ref().is_none_or(|own| *own == identity.version);
    let Some(directory) = directory(request).filter(|_| !is_own) else { return Ok(()) };
    let found = format!("{}@{}", identity.name, identity.version);
    let (package, manifest) = (package.name.clone(), package.manifest.clone());
    Err(Error::DirectoryStale { package, manifest, directory, found }.into())
}

/// What the package file names in `publishConfig.directory`.
fn directory(request: &BuildRequest) -> Option<String> {
    let text = fs::read(request.package.path.on_disk(&request.folder).join(MANIFEST)).ok()?;
    let manifest: Value = serde_json::from_slice(&text).ok()?;
    manifest.get("publishConfig")?.get("directory")?.as_str().map(str::to_owned)
}
