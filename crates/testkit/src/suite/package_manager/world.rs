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

    /// Leaves the workspace in a state that `check` finds and `fix` mends. Without the capability `checks` there is none, and
    /// nothing is to be done.
    fn spoil(&self, folder: &Path);

    /// Lets the registry refuse the next upload of a file and ask to be left alone for so many seconds, which the tool says
    /// with the kind `RateLimited`. Asked only where the tool sends files.
    fn ask_to_wait(&self, file: &str, seconds: u64);
}

/// A workspace on disk with two packages at 1.0.0, of which the second requires the first, and what there is to release them.
/// Nothing stands in the way of that, and lockfiles are there, where it has any, and fit.
///
/// What is built and sent is the first package, which need not require anything. So a backend has tests of its own for
/// requirements in artifacts, for what [`resolve`](PackageManager::resolve) says where they contradict each other, and for an
/// install of what is required; also for files that a build leaves out, lockfiles that were stale before or are not there, a
/// registry that does not answer, and the kind `Conflict` of a refusal.
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
        found.ok_or_else(|| format!("`{name}` is in the workspace"))
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
        let request = BuildRequest::new(self.folder.clone(), self.package(0).await?, self.scratch(into), LIMIT)
            .with_root(RepoPath::root())
            .with_siblings(Vec::new())
            .with_epoch(EPOCH)
            .with_environment(Environment::new());
        self.manager.build(&request).await.map_err(text)
    }

    pub(super) async fn upload(&self, artifact: &Artifact) -> Result<Reply, String> {
        let package = self.package(0).await?;
        let version = Version::from_canonical("1.0.0");
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

    /// Builds the first package, and sends all of it, which has to work where it sends files.
    pub(super) async fn released(&self) -> Result<(), String> {
        for artifact in self.built("release").await? {
            let reply = self.upload(&artifact).await?;
            held(matches!(reply, Reply::Accepted), format!("a new file is taken: {reply:?}"))?;
        }
        Ok(())
    }

    pub(super) fn sends_files(&self) -> bool {
        self.manager.capabilities().route == Route::Files
    }

    pub(super) async fn resolve(&self, which: usize) -> Result<Result<Resolved, BackendError>, String> {
        let wanted = Installable::new(self.package(which).await?.name, Version::from_canonical("1.0.0"));
        let folder = self.scratch(&format!("resolve-{which}"));
        let request = ResolveRequest::new(self.target.clone(), folder, LIMIT).with_packages(vec![wanted]);
        Ok(self.manager.resolve(&request).await)
    }

    pub(super) async fn install(&self, version: &str) -> Result<Result<(), BackendError>, String> {
        let request = SmokeRequest::new(
            self.package(0).await?.name,
            Version::from_canonical(version),
            self.target.clone(),
            self.scratch(&format!("install-{version}")),
            LIMIT,
        );
        Ok(self.manager.smoke_test(&request).await)
    }
}

pub(super) fn text(error: BackendError) -> String {
    error.to_string()
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
        format!("it is unsupported and changes nothing: {result:?} {changes:?}"),
    )
}
