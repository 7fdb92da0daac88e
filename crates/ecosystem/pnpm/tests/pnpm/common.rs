//! The real pnpm and npm in a sandbox, with a registry of this process.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use releasekit_core::ecosystem::BackendContext;
use releasekit_core::event::Silent;
use releasekit_core::model::{Artifact, Package, PackageName, RepoPath, Target, Version};
use releasekit_core::package_manager::{BuildRequest, Reply, UploadRequest};
use releasekit_core::{BackendError, Environment, PackageManager};
use releasekit_pnpm::Pnpm as Manager;
use releasekit_rehearsal::npm::Server;
use releasekit_testkit::{Pnpm, Sandbox, Tools};

pub(crate) const LIMIT: Duration = Duration::from_secs(120);

pub(crate) const BOTH: [Pnpm; 2] = [Pnpm::V10, Pnpm::V12];

/// A sandbox with both programs; `None` where they are not there.
pub(crate) fn sandbox(pnpm: Pnpm) -> Option<Sandbox> {
    let (_, js) = Tools::require_with_javascript()?;
    Some(Sandbox::new().with_javascript(&js, pnpm))
}

pub(crate) fn manager(sandbox: &Sandbox, more: &[(&str, &str)]) -> Arc<dyn PackageManager> {
    let environment: Environment = sandbox.env().iter().cloned().collect();
    let environment = more.iter().fold(environment, |all, (name, value)| all.with(*name, *value));
    Arc::new(Manager::new(BackendContext::new(environment, sandbox.path().join("cache"), Arc::new(Silent))))
}

pub(crate) fn version(text: &str) -> Version {
    Version::from_canonical(text)
}

pub(crate) fn path(text: &str) -> RepoPath {
    RepoPath::new(text).expect("a legal path")
}

/// A package as it would be discovered in this folder.
pub(crate) fn package(name: &str, of: &str, folder: &str) -> Package {
    let manifest = path(folder).join("package.json").expect("a legal path");
    Package::new(PackageName::new(name), path(folder), manifest.clone()).with_version(version(of), manifest)
}

pub(crate) fn write(folder: &Path, files: &[(&str, &str)]) {
    for (file, text) in files {
        let file = folder.join(file);
        fs::create_dir_all(file.parent().expect("in a folder")).expect("writable");
        fs::write(file, text).expect("writable");
    }
}

/// A folder of the sandbox.
pub(crate) fn folder(sandbox: &Sandbox, name: &str) -> PathBuf {
    let folder = sandbox.path().join(name);
    fs::create_dir_all(&folder).expect("writable");
    folder
}

/// Packs a package of the export `export` into a folder of this name.
pub(crate) async fn build(sandbox: &Sandbox, package: Package, into: &str) -> Result<Vec<Artifact>, BackendError> {
    let request = BuildRequest::new(folder(sandbox, "export"), package, folder(sandbox, into), LIMIT);
    manager(sandbox, &[]).build(&request.with_epoch(1_767_225_600)).await
}

/// A workspace of one package, `@scope/demo`.
pub(crate) fn demo(sandbox: &Sandbox, more: &str) -> Package {
    let manifest = format!(r#"{{"name": "@scope/demo", "version": "1.0.0", "main": "index.js"{more}}}"#);
    let export = folder(sandbox, "export");
    write(&export, &[("p/demo/package.json", &manifest), ("p/demo/index.js", "module.exports = 1;\n")]);
    write(&export, &[("pnpm-workspace.yaml", "packages: [p/*]\n"), ("package.json", r#"{"private": true}"#)]);
    package("@scope/demo", "1.0.0", "p/demo")
}

pub(crate) fn target(server: &Server) -> Target {
    Target::new("npm", server.registry_url(), server.registry_url())
}

/// Who publishes to this registry, in the user's own settings.
pub(crate) fn log_in(sandbox: &Sandbox, registry: &str, token: &str) {
    let (_, place) = registry.split_once(':').expect("a URL");
    sandbox.write("../home/.npmrc", format!("{place}:_authToken={token}\n"));
}

/// Sends a file of `@scope/demo` under a tag.
pub(crate) async fn upload(manager: &dyn PackageManager, artifact: &Artifact, target: Target, tag: &str) -> Reply {
    let request =
        UploadRequest::new(PackageName::new("@scope/demo"), version("1.0.0"), artifact.clone(), target, LIMIT);
    manager.upload(&request.with_channel(Some(tag.to_owned()))).await
}
