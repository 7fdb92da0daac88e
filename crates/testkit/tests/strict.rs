//! What the contracts forbid, the backends in memory refuse.

use std::fs::{self, File};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use releasekit_core::model::{Package, PackageName, RepoPath, Target, Version};
use releasekit_core::package_manager::{BuildRequest, Reply, SmokeRequest, UploadRequest};
use releasekit_core::registry::{FetchRequest, Observed, Wanted};
use releasekit_core::tree::MemoryTree;
use releasekit_core::workspace::{DiscoverRequest, EditRequest, Move};
use releasekit_core::{Diagnostic, Environment, PackageManager, Registry, Tree, Workspace};
use releasekit_testkit::memory::{
    Builds, FORBIDDEN, Index, MemoryPackageManager, MemoryRegistry, MemoryWorkspace, PACKAGE_FILE, WORKSPACE_FILE,
};
use tempfile::TempDir;

const LIMIT: Duration = Duration::from_secs(1);

/// A tool with its registry, and an upload that is as it should be.
struct World {
    index: Arc<Mutex<Index>>,
    tool: MemoryPackageManager,
    registry: MemoryRegistry,
    folder: TempDir,
}

impl World {
    fn new() -> Self {
        let (index, builds) = (Arc::new(Mutex::new(Index::default())), Arc::new(Mutex::new(Builds::default())));
        let tool = MemoryPackageManager::new(index.clone(), builds.clone());
        let target = Target::new("memory", "memory:", "memory:");
        let registry = MemoryRegistry::new(index.clone(), builds, target);
        Self { index, tool, registry, folder: tempfile::tempdir().expect("writable") }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn upload(&self) -> UploadRequest {
        let file = self.path("base-1.0.0.bin");
        fs::write(&file, "name = base\nversion = 1.0.0\nstamp = 1\n").expect("writable");
        UploadRequest::new(
            PackageName::new("base"),
            Version::from_canonical("1.0.0"),
            self.tool.artifact(&file).expect("readable").expect("an artifact"),
            self.registry.target().clone(),
            LIMIT,
        )
        .with_hold(Some(Arc::new(File::create(self.path("hold")).expect("writable"))))
    }
}

#[tokio::test]
async fn an_upload_is_what_was_described_and_holds_a_lock() {
    let changes: [fn(&mut UploadRequest); 5] = [
        |request| request.hold = None,
        |request| request.artifact.size += 1,
        |request| request.artifact.digests.clear(),
        |request| fs::write(&request.artifact.path, "name = base\nversion = 1.0.0\nstamp = 2\n").expect("writable"),
        |request| request.channel = Some("latest".to_owned()),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let world = World::new();
        let mut request = world.upload();
        change(&mut request);
        let reply = world.tool.upload(&request).await;
        assert!(matches!(&reply, Reply::Refused(error) if error.code() == FORBIDDEN), "{number}: {reply:?}");
        assert!(world.index.lock().unwrap().files.is_empty(), "{number}");
    }
    let world = World::new();
    assert!(matches!(world.tool.upload(&world.upload()).await, Reply::Accepted));
    world.index.lock().unwrap().has_channels = true;
    let reply = world.tool.upload(&world.upload()).await;
    assert!(matches!(&reply, Reply::Refused(error) if error.code() == FORBIDDEN), "no channel is named: {reply:?}");
}

#[tokio::test]
async fn a_download_goes_over_no_file() {
    let world = World::new();
    assert!(matches!(world.tool.upload(&world.upload()).await, Reply::Accepted));
    let wanted = Wanted::new(PackageName::new("base"), Version::from_canonical("1.0.0"));
    let Observed::Live(mut files) = world.registry.observe(&[wanted]).await.remove(0) else { unreachable!() };
    let request = FetchRequest::new(files.remove(0), world.path("hold"), 100, LIMIT);
    assert_eq!(world.registry.fetch(&request).await.unwrap_err().code(), FORBIDDEN);
    assert_eq!(fs::read(world.path("hold")).unwrap(), b"");
}

#[tokio::test]
async fn folders_that_are_to_be_empty_are() {
    let world = World::new();
    fs::write(world.path("something"), "").unwrap();
    let (root, place) = (RepoPath::root(), world.folder.path().to_owned());
    let package = Package::new(PackageName::new("base"), root.clone(), root.join(PACKAGE_FILE).unwrap());
    let request = BuildRequest::new(place.clone(), package, place.clone(), LIMIT)
        .with_root(root)
        .with_siblings(Vec::new())
        .with_epoch(0)
        .with_environment(Environment::new());
    assert_eq!(world.tool.build(&request).await.unwrap_err().code(), FORBIDDEN);
    let request = SmokeRequest::new(
        PackageName::new("base"),
        Version::from_canonical("1.0.0"),
        world.registry.target().clone(),
        place,
        LIMIT,
    );
    assert_eq!(world.tool.smoke_test(&request).await.unwrap_err().code(), FORBIDDEN);
}

#[tokio::test]
async fn what_moves_is_in_the_workspace_and_moves_once() {
    let path = |text: &str| RepoPath::new(text).expect("a legal path");
    let files = [(path(WORKSPACE_FILE), ""), (path(PACKAGE_FILE), "name = base\nversion = 1.0.0\n")];
    let tree: Arc<dyn Tree> = Arc::new(MemoryTree::new(files));
    let workspace = MemoryWorkspace::default();
    let found = workspace.discover(&DiscoverRequest::new(tree.clone(), RepoPath::root())).await.unwrap();
    let step = |name: &str| Move::new(PackageName::new(name), None, Version::from_canonical("2.0.0"));
    for (moves, is_legal) in
        [(vec![step("base")], true), (vec![step("other")], false), (vec![step("base"), step("BASE")], false)]
    {
        let (tree, packages) = (tree.clone(), found.packages.clone());
        let edits = workspace.edits(&EditRequest::new(tree, RepoPath::root(), packages, moves)).await;
        assert_eq!(edits.map_err(|error| error.code()).err(), (!is_legal).then_some(FORBIDDEN));
    }
}
