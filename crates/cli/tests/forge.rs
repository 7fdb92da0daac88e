//! The commands on a repository that is on a forge: when it is asked, how a failure of it ends, and what comes next. All of it
//! lies in memory.

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use releasekit::Runner;
use releasekit_core::ecosystem::{EcosystemBackend, Halves, RegistryBackend, VcsBackend};
use releasekit_core::forge::ForgeBackend;
use releasekit_core::model::{BranchName, ObjectId, RepoPath, Target};
use releasekit_core::vcs::{Expected, RefName, RefUpdate};
use releasekit_core::{Backends, Environment, Registry, Vcs};
use releasekit_testkit::memory::forge::MemoryForge;
use releasekit_testkit::memory::vcs::{MemoryVcs, REMOTE};
use releasekit_testkit::memory::{Builds, Index, MemoryPackageManager, MemoryRegistry, MemoryWorkspace};
use tempfile::TempDir;

const URL: &str = "http://index.invalid/simple";

/// A repository with one package, on a forge that is known by `forge.test`.
struct House {
    folder: TempDir,
    vcs: MemoryVcs,
    forge: Arc<MemoryForge>,
    index: Arc<Mutex<Index>>,
    builds: Arc<Mutex<Builds>>,
}

impl House {
    fn new(configuration: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let files = [
            ("workspace.txt", ""),
            ("a/package.txt", "name = a\nversion = 1.0.0\n"),
            ("releasekit.toml", configuration),
        ];
        let files = files.map(|(path, text)| (RepoPath::new(path).expect("a legal path"), text));
        std::fs::create_dir(folder.path().join("work")).expect("the folder is writable");
        let vcs = MemoryVcs::new(&folder.path().join("work"), files).with_url("git@forge.test:owner/name");
        let forge = Arc::new(MemoryForge::new(MemoryForge::everything()).of(vcs.clone()));
        Self { folder, vcs, forge, index: Arc::default(), builds: Arc::default() }
    }

    /// What is registered: all that there is, in memory. Each command has a clone of its own.
    fn backends(&self) -> Backends {
        let mut backends = Backends::default();
        let (vcs, work) = (self.vcs.clone(), self.folder.path().join("work"));
        let open = Arc::new(move |_: &_, _: &std::path::Path| Ok(Some(Arc::new(vcs.clone_at(&work)) as Arc<dyn Vcs>)));
        backends.add_vcs(VcsBackend { id: "memory", open });
        let (index, builds) = (self.index.clone(), self.builds.clone());
        let manager = Arc::new(MemoryPackageManager::new(index.clone(), builds.clone()));
        let open = move |_: &_| {
            Ok(Halves { workspace: Arc::new(MemoryWorkspace::default()), package_manager: manager.clone() })
        };
        backends.add_ecosystem(EcosystemBackend {
            id: "memory",
            ecosystem: "memory",
            label: "mem",
            target: Target::new("memory", URL, URL),
            credentials: &[],
            open: Arc::new(open),
        });
        let open = move |_: &_, target: &Target| {
            let registry = MemoryRegistry::new(index.clone(), builds.clone(), target.clone());
            Ok(Arc::new(registry) as Arc<dyn Registry>)
        };
        backends.add_registry(RegistryBackend { id: "memory", open: Arc::new(open) });
        let forge = self.forge.clone();
        let forge = ForgeBackend::new("house", move |_, _| Ok(forge.clone()));
        backends.add_forge(forge.with_hosts(|_, host| host == "forge.test"));
        backends
    }

    fn run(&self, line: &str) -> ExitCode {
        let (folder, backends) = (self.folder.path(), self.backends());
        let environment = Environment::new().with("HOME", folder.join("home"));
        let place = [OsString::from("-C"), folder.join("work").into_os_string()];
        let args = line.split(' ').map(OsString::from).chain(place);
        Runner::new().map_backends(move |_| backends).run(args, environment)
    }

    async fn merge(&self) {
        let vcs = self.vcs.clone_at(&self.folder.path().join("merging"));
        let remote = vcs.remote_refs(REMOTE).await.expect("the remote answers");
        let branch = remote.branch(&BranchName::new("releasekit--release--main")).expect("it is prepared").clone();
        vcs.fetch(REMOTE, &[branch.object]).await.expect("it is there");
        let head = vcs.head().await.expect("there is one").commit;
        let merged = vcs.merge_of([&head, &branch.commit]).expect("nothing conflicts");
        let main = RefName::Branch(BranchName::new("main"));
        let update = RefUpdate::new(main, Some(ObjectId::from(merged)), Expected::At(head.into()));
        vcs.push(REMOTE, &[update]).await.expect("the remote answers");
    }

    /// A release that is merged.
    fn prepared(configuration: &str) -> Self {
        let house = Self::new(configuration);
        assert_eq!(house.run("releasekit prepare --no-forge"), ExitCode::SUCCESS);
        tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(house.merge());
        house
    }

    /// Whether the remote has the tag.
    fn is_tagged(&self) -> bool {
        self.forge.look(|content| content.tags.iter().any(|tag| tag.as_str() == "a-v1.0.0"))
    }

    /// The releases on the forge, each with whether it is a draft and how many files it has.
    fn releases(&self) -> Vec<(String, bool, usize)> {
        let release = |stored: &releasekit_testkit::memory::forge::StoredRelease| {
            (stored.release.tag.to_string(), stored.release.draft, stored.files.len())
        };
        self.forge.look(|content| content.releases.iter().map(release).collect())
    }
}

#[test]
fn a_release_is_brought_to_the_forge_and_a_publish_completes_it() {
    let house = House::prepared("publish_from = \"ci\"\n");
    assert_eq!(house.run("releasekit release --dry-run"), ExitCode::SUCCESS);
    assert_eq!(house.releases(), []);
    assert_eq!(house.run("releasekit release"), ExitCode::SUCCESS);
    let tag = || "a-v1.0.0".to_owned();
    assert_eq!(house.releases(), [(tag(), true, 2)]);
    assert_eq!(house.run("releasekit publish"), ExitCode::SUCCESS);
    assert_eq!(house.releases(), [(tag(), false, 3)]);
    let before = house.forge.writes();
    for line in ["releasekit release", "releasekit publish --format json"] {
        assert_eq!(house.run(line), ExitCode::SUCCESS);
    }
    assert_eq!(house.forge.writes(), before);
}

#[test]
fn a_forge_that_fails_ends_a_command_that_has_done_its_part_and_the_next_run_completes_it() {
    let house = House::prepared("");
    house.forge.silence(true);
    assert_eq!(house.run("releasekit release"), ExitCode::from(7));
    assert!(house.is_tagged() && house.releases().is_empty(), "the tags are pushed");
    assert_eq!(house.run("releasekit publish"), ExitCode::from(7));
    assert_eq!(house.index.lock().expect("nobody panicked").uploads.len(), 2, "everything is live");
    house.forge.silence(false);
    assert_eq!(house.run("releasekit publish"), ExitCode::SUCCESS);
    assert_eq!(house.releases(), [("a-v1.0.0".to_owned(), false, 3)]);
}

#[test]
fn who_wants_no_forge_has_the_tags_alone() {
    let house = House::prepared("");
    for line in ["releasekit release --no-forge", "releasekit publish --no-forge"] {
        assert_eq!(house.run(line), ExitCode::SUCCESS, "{line}");
    }
    assert_eq!((house.releases().len(), house.forge.writes()), (0, 0));
    assert_eq!(house.run("releasekit release"), ExitCode::SUCCESS, "who changes their mind has it all");
    assert_eq!(house.releases().len(), 1);
}

#[test]
fn who_wants_no_releases_has_the_tags() {
    let house = House::prepared("");
    for line in ["releasekit release --no-release", "releasekit publish --no-release"] {
        assert_eq!(house.run(line), ExitCode::SUCCESS, "{line}");
    }
    assert!(house.is_tagged() && house.releases().is_empty());
    assert_eq!(house.index.lock().expect("nobody panicked").uploads.len(), 2, "everything is live");
    assert_eq!(house.run("releasekit release"), ExitCode::SUCCESS, "who changes their mind has them all");
    assert_eq!(house.releases().len(), 1);
}
