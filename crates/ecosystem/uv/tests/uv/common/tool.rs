//! The real uv in a sandbox.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use releasekit_core::PackageManager;
use releasekit_core::ecosystem::BackendContext;
use releasekit_core::event::Silent;
use releasekit_core::model::Package;
use releasekit_core::package_manager::{BuildRequest, LockRequest};
use releasekit_core::workspace::Move;
use releasekit_core::{Backends, Environment};
use releasekit_testkit::{Sandbox, Tools};

pub(crate) const LIMIT: Duration = Duration::from_secs(120);

/// A sandbox whose uv finds the build backends in the wheelhouse and asks no index.
pub(crate) fn sandbox() -> Option<Sandbox> {
    let tools = Tools::require()?;
    Some(Sandbox::new().with_tools(&tools).with_env("UV_OFFLINE", "1"))
}

pub(crate) fn context(sandbox: &Sandbox) -> BackendContext {
    let environment: Environment = sandbox.env().iter().cloned().collect();
    BackendContext::new(environment, sandbox.path().join("cache"), Arc::new(Silent))
}

/// The package manager, opened as the command line opens it.
pub(crate) fn open(context: &BackendContext) -> Arc<dyn PackageManager> {
    let mut backends = Backends::default();
    releasekit_uv::register(&mut backends);
    let backend = backends.ecosystems.get(releasekit_uv::ID).expect("registered");
    (backend.open)(context).expect("it can be opened").package_manager
}

pub(crate) fn write(folder: &Path, files: &[(&str, &str)]) {
    for (file, text) in files {
        let file = folder.join(file);
        fs::create_dir_all(file.parent().expect("in a folder")).expect("writable");
        fs::write(file, text).expect("writable");
    }
}

/// A fresh folder of the sandbox.
pub(crate) fn folder(sandbox: &Sandbox, name: &str) -> PathBuf {
    let folder = sandbox.path().join(name);
    fs::create_dir_all(&folder).expect("writable");
    folder
}

pub(crate) fn build_request(folder: &Path, package: Package, siblings: &Path, out: PathBuf) -> BuildRequest {
    BuildRequest::new(folder.to_owned(), package, out, LIMIT)
        .with_root(super::path(""))
        .with_siblings(vec![siblings.to_owned()])
        .with_epoch(1_767_225_600)
        .with_environment(Environment::new())
}

/// What moved in the workspace at `root`, by the folder of each package.
pub(crate) fn lock_request(folder: &Path, root: &str, moves: Vec<(&str, Move)>) -> LockRequest {
    let package = |path: &str, moved: &Move| {
        let manifest = super::path(path).join("pyproject.toml").expect("a legal path");
        Package::new(moved.name.clone(), super::path(path), manifest).with_home(super::path(root))
    };
    LockRequest::new(
        folder.to_owned(),
        moves.into_iter().map(|(path, moved)| (package(path, &moved), moved)).collect(),
        LIMIT,
    )
    .with_roots(vec![super::path(root)])
    .with_offline(true)
}
