//! What is around the case.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use releasekit_core::model::{Artifact, Package, RepoPath, Target, Version};
use releasekit_core::package_manager::{
    BuildRequest, CheckRequest, CheckedPackage, Finding, Installable, LockRequest, Reply, ResolveRequest, Resolved,
    Route, SmokeRequest, UploadRequest,
};
use releasekit_core::workspace::{DiscoverRequest, EditRequest, Move};
use releasekit_core::{BackendError, Diagnostic, Environment, ErrorKind, FileEdit, PackageManager, Tree, Workspace};
use tempfile::TempDir;

use crate::snapshot::Snapshot;
use crate::suite::{Kept, held};
use crate::tree_of;

/// How long anything may take.
const LIMIT: Duration = Duration::from_secs(120);

/// When the package was built, in seconds.
const EPOCH: i64 = 1_767_225_600;

/// What happens around a package manager: a registry's owner, and a developer who forgets.
pub trait Surroundings {
    /// The sha256 of each file that the registry has, by its name.
    fn stored(&self) -> BTreeMap<String, String>;

    /// The tool over a program that is older than the least one that it supports; `None` where the program is its own.
    fn outdated(&self) -> Option<Arc<dyn PackageManager>>;

    /// Leaves the workspace in a state that `check` finds and `fix` mends. By default nothing is done: without the capability
    /// `checks` there is no such state.
    fn spoil(&self, _folder: &Path) {}

    /// Leaves it in another such state besides, which `fix` does not mend. By default as [`spoil`](Self::spoil).
    fn spoil_otherwise(&self, _folder: &Path) {}

    /// Leaves the lockfile as one that the package files left behind some time ago. By default nothing is done: without the
    /// capability `lockfile` there is none.
    fn forget_lock(&self, _folder: &Path) {}

    /// Removes the lockfile. By default as [`forget_lock`](Self::forget_lock).
    fn remove_lock(&self, _folder: &Path) {}

    /// Changes what the first package consists of, at the same version, so that a build has other bytes. By default nothing is
    /// done: what sends no files is not asked, nor need be what never builds the same bytes twice.
    fn rework(&self, _folder: &Path) {}

    /// Lets the registry refuse the next upload of a file and ask to be left alone for so many seconds, which the tool says
    /// with the kind `RateLimited`. By default nothing is done: what sends no files is not asked to wait.
    fn ask_to_wait(&self, _file: &str, _seconds: u64) {}
}

/// A workspace on disk with two packages at 1.0.0, of which the second requires the first, and what there is to release them.
/// Nothing stands in the way of that, and lockfiles are there, where it has any, and fit.
///
/// The second package requires the first so that 2.0.0 is not admitted; the first need not require anything. A backend has tests
/// of its own for files that a build leaves out, and for a registry that does not answer.
pub struct World {
    /// The tool.
    pub manager: Arc<dyn PackageManager>,
    /// The files' side of the ecosystem.
    pub workspace: Arc<dyn Workspace>,
    /// Where the workspace lies, at the root.
    pub folder: PathBuf,
    /// The names of the packages, the one that is required first.
    pub packages: [&'static str; 2],
    /// The registry, which has nothing. It is all that a tool that sends files learns of where it is.
    pub target: Target,
    /// Who else acts.
    pub around: Box<dyn Surroundings>,
    scratch: TempDir,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("manager", &self.manager).field("folder", &self.folder).finish_non_exhaustive()
    }
}

impl World {
    /// Puts the parts together.
    pub fn new(
        (manager, workspace): (Arc<dyn PackageManager>, Arc<dyn Workspace>),
        folder: PathBuf,
        packages: [&'static str; 2],
        target: Target,
        around: Box<dyn Surroundings>,
    ) -> Self {
        let scratch = TempDir::with_prefix("releasekit-suite-").expect("the temporary folder is writable");
        Self { manager, workspace, folder, packages, target, around, scratch }
    }

    pub(super) fn scratch(&self, name: &str) -> PathBuf {
        let folder = self.scratch.path().join(name);
        fs::create_dir_all(&folder).expect("the folder is ours");
        folder
    }

    pub(super) fn tree(&self) -> Arc<dyn Tree> {
        Arc::new(tree_of(&self.folder))
    }

    pub(super) async fn discovered(&self) -> Result<Vec<Package>, String> {
        let request = DiscoverRequest::new(self.tree(), RepoPath::root());
        Ok(self.workspace.discover(&request).await.map_err(text)?.packages)
    }

    pub(super) async fn package(&self, which: usize) -> Result<Package, String> {
        let name = self.workspace.normalize(self.packages[which]);
        let packages = self.discovered().await?;
        let found = packages.into_iter().find(|package| self.workspace.normalize(package.name.as_str()) == name);
        found.ok_or_else(|| format!("`{name}` is not discovered in {}", self.folder.display()))
    }

    pub(super) fn write(&self, edits: &[FileEdit]) {
        for edit in edits {
            let content = edit.content.as_deref().expect("the suite's edits delete nothing");
            fs::write(edit.path.on_disk(&self.folder), content).expect("the folder is the case's");
        }
    }

    /// Moves the first package in its files.
    pub(super) async fn moved(&self, to: &str) -> Result<(Package, Move), String> {
        let (packages, package) = (self.discovered().await?, self.package(0).await?);
        let step = Move::new(package.name.clone(), package.version.clone(), Version::from_canonical(to));
        let (tree, root, moves) = (self.tree(), RepoPath::root(), vec![step.clone()]);
        let request = EditRequest::new(tree, root, packages, moves);
        self.write(&self.workspace.edits(&request).await.map_err(text)?);
        Ok((package, step))
    }

    /// Asks for the lockfiles that follow a move.
    pub(super) async fn locks(&self, step: &(Package, Move)) -> Result<Vec<FileEdit>, BackendError> {
        let request = LockRequest::new(self.folder.clone(), vec![step.clone()], LIMIT)
            .with_roots(vec![step.0.home_in(&RepoPath::root()).clone()])
            .with_offline(true);
        self.manager.refresh_locks(&request).await
    }

    pub(super) async fn check_request(&self) -> Result<CheckRequest, String> {
        let checked =
            |package| CheckedPackage::new(package).with_targets(vec![self.target.clone()]).with_released(true);
        let packages = self.discovered().await?.into_iter().map(checked).collect();
        let request = CheckRequest::new(self.tree(), self.folder.clone(), RepoPath::root(), LIMIT);
        Ok(request.with_packages(packages).with_offline(true))
    }

    pub(super) async fn findings(&self) -> Result<Vec<Finding>, String> {
        self.manager.check(&self.check_request().await?).await.map_err(text)
    }

    /// Builds the first package into a folder of this name.
    pub(super) async fn built(&self, into: &str) -> Result<Vec<Artifact>, String> {
        self.build(0, self.scratch(into), Vec::new()).await
    }

    /// Builds a package into a folder of this name and its own, beside what it may need.
    pub(super) async fn built_of(&self, which: usize, into: &str) -> Result<Vec<Artifact>, String> {
        let mut siblings = Vec::new();
        for sibling in 0..which {
            siblings.push(self.scratch(&format!("{into}-beside-{sibling}")));
            self.build(sibling, siblings[sibling].clone(), Vec::new()).await?;
        }
        self.build(which, self.scratch(&format!("{into}-{which}")), siblings).await
    }

    /// Builds the first package from a copy of the workspace that lies elsewhere.
    pub(super) async fn built_elsewhere(&self, into: &str) -> Result<Vec<Artifact>, String> {
        let (tree, copy) = (self.tree(), self.scratch(&format!("{into}-copy")));
        for file in tree.files().map_err(text)?.iter() {
            let (from, to) = (file.on_disk(&self.folder), file.on_disk(&copy));
            let made = fs::create_dir_all(to.parent().unwrap_or(&copy)).and_then(|()| fs::copy(from, to));
            made.map_err(|error| format!("{file}: {error}"))?;
        }
        let request = build_request(copy, self.package(0).await?, self.scratch(into));
        self.manager.build(&request).await.map_err(text)
    }

    async fn build(&self, which: usize, out: PathBuf, siblings: Vec<PathBuf>) -> Result<Vec<Artifact>, String> {
        let request = build_request(self.folder.clone(), self.package(which).await?, out).with_siblings(siblings);
        self.manager.build(&request).await.map_err(text)
    }

    /// Builds both packages at once, each into a folder of this name and its own.
    pub(super) async fn built_together(&self, into: &str) -> Result<Result<Vec<Vec<Artifact>>, BackendError>, String> {
        let mut requests = Vec::new();
        for which in [0, 1] {
            let out = self.scratch(&format!("{into}-{which}"));
            requests.push(build_request(self.folder.clone(), self.package(which).await?, out));
        }
        Ok(self.manager.build_together(&requests).await)
    }

    /// Builds the first package once its files are gone.
    pub(super) async fn built_from_nothing(&self) -> Result<Result<Vec<Artifact>, BackendError>, String> {
        let request = build_request(self.folder.clone(), self.package(0).await?, self.scratch("out"));
        fs::remove_dir_all(request.package.path.on_disk(&self.folder)).map_err(|error| error.to_string())?;
        Ok(self.manager.build(&request).await)
    }

    /// All that lies in the folders of the case, the workspace apart.
    pub(super) fn scratched(&self) -> Snapshot {
        Snapshot::of(self.scratch.path())
    }

    /// Sends a file of the first package.
    pub(super) async fn upload(&self, artifact: &Artifact) -> Result<Reply, String> {
        self.upload_of(0, artifact).await
    }

    async fn upload_of(&self, which: usize, artifact: &Artifact) -> Result<Reply, String> {
        let package = self.package(which).await?;
        let version = package.version.clone().ok_or_else(|| format!("`{}` has no version", package.name))?;
        let hold = File::create(self.scratch("hold").join("lock")).expect("the folder is ours");
        let request = UploadRequest::new(
            self.manager.published_name(&package, &version),
            version,
            artifact.clone(),
            self.target.clone(),
            LIMIT,
        )
        .with_hold(Some(Arc::new(hold)));
        Ok(self.manager.upload(&request).await)
    }

    /// Builds a package, and sends all of it, which has to work where it sends files.
    pub(super) async fn released(&self, which: usize) -> Result<(), String> {
        let version = self.installable(which).await?.version;
        for artifact in self.built_of(which, &format!("release-{version}")).await? {
            let reply = self.upload_of(which, &artifact).await?;
            let is_taken = matches!(reply, Reply::Accepted);
            held(is_taken, format!("`{}` is new, and is answered with {reply:?}", artifact.file_name))?;
        }
        Ok(())
    }

    pub(super) fn sends_files(&self) -> bool {
        self.manager.capabilities().route == Route::Files
    }

    pub(super) async fn resolve(&self, which: usize) -> Result<Result<Resolved, BackendError>, String> {
        let wanted = vec![self.installable(which).await?];
        self.resolve_all(&format!("resolve-{which}"), wanted).await
    }

    /// A package at the version that its file says.
    pub(super) async fn installable(&self, which: usize) -> Result<Installable, String> {
        let package = self.package(which).await?;
        let version = package.version.ok_or_else(|| format!("`{}` has no version", package.name))?;
        let wanted = Installable::new(package.name, version);
        Ok(wanted.with_requirements(package.requirements).with_runtime(package.runtime))
    }

    /// Asks for packages together, in a folder of this name.
    pub(super) async fn resolve_all(
        &self,
        folder: &str,
        wanted: Vec<Installable>,
    ) -> Result<Result<Resolved, BackendError>, String> {
        let request = ResolveRequest::new(self.target.clone(), self.scratch(folder), LIMIT).with_packages(wanted);
        Ok(self.manager.resolve(&request).await)
    }

    /// Installs a version of a package into an empty folder.
    pub(super) async fn install(&self, which: usize, version: &str) -> Result<Result<(), BackendError>, String> {
        let (name, version) = (self.package(which).await?.name, Version::from_canonical(version));
        let folder = self.install_folder(which, version.as_str());
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(|error| error.to_string())?;
        }
        fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
        let request = SmokeRequest::new(name, version, self.target.clone(), folder, LIMIT);
        Ok(self.manager.smoke_test(&request).await)
    }

    /// Where a version of a package is installed.
    pub(super) fn install_folder(&self, which: usize, version: &str) -> PathBuf {
        self.scratch.path().join(format!("install-{which}-{version}"))
    }
}

fn build_request(folder: PathBuf, package: Package, out: PathBuf) -> BuildRequest {
    BuildRequest::new(folder, package, out, LIMIT)
        .with_root(RepoPath::root())
        .with_epoch(EPOCH)
        .with_environment(Environment::new())
}

pub(super) fn text(error: BackendError) -> String {
    format!("it fails, in place of an answer: {error}")
}

pub(super) fn is_unsupported<T>(result: &Result<T, BackendError>) -> bool {
    result.as_ref().is_err_and(|error| error.kind() == ErrorKind::Unsupported)
}

/// What lies in a folder once an operation is done that is not supported: what lay there before.
pub(super) fn untouched<T: std::fmt::Debug>(
    result: &Result<T, BackendError>,
    before: &Snapshot,
    folder: &Path,
) -> Kept {
    let changes = before.changes(&Snapshot::of(folder));
    held(
        is_unsupported(result) && changes.is_empty(),
        format!("without the capability: {result:?} and {changes:?} changed in place of `Unsupported` and nothing"),
    )
}
