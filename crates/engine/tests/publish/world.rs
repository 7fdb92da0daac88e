//! A repository, a build tool and a registry in memory, with faults to order.
//!
//! Package files are lines of `key = value`; artifacts are such lines too. What is built twice has other bytes and the same
//! content, as with build tools that write the time.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use releasekit_core::ecosystem::{EcosystemBackend, Halves, RegistryBackend};
use releasekit_core::event::{Event, Reporter};
use releasekit_core::forge::{ForgeBackend, ForgeSite};
use releasekit_core::model::{
    BranchName, Bump, CommitId, EcosystemLabel, PackageName, RepoPath, TagName, Target, Version,
};
use releasekit_core::policy::{PackagePolicy, Policy};
use releasekit_core::vcs::CommitInfo;
use releasekit_core::{
    BackendContext, BackendError, Backends, Code, Environment, ErrorKind, Forge, Registry, Result, Tree, Vcs,
};
use releasekit_engine::cancel::{self, Cancel, Canceller};
use releasekit_engine::locate::ReleaseCommit;
use releasekit_engine::manifest::{Manifest, PlanOptions};
use releasekit_engine::plan::{Row, SCHEMA, Status};
use releasekit_engine::publish::{self, Outcome, PublishOptions, PublishReport};
use releasekit_engine::recording;
use releasekit_engine::release::{self, ReleaseOptions, Released};
use releasekit_engine::state::{Holder, State};
use releasekit_engine::{PolicySource, Session};
use releasekit_formats::python::{Pep440, Pep508};
use releasekit_testkit::memory::forge::MemoryForge;
use releasekit_testkit::memory::vcs::MemoryVcs;
use releasekit_testkit::memory::{Builds, Index, MemoryPackageManager, MemoryRegistry, MemoryWorkspace};
use tempfile::TempDir;

pub(crate) const URL: &str = "http://user:hunter2@index.invalid/simple";

/// The configuration of a test.
#[derive(Debug)]
struct Fixed(Policy);

impl PolicySource for Fixed {
    fn current(&self) -> Policy {
        self.0.clone()
    }

    fn at(&self, _tree: &dyn Tree) -> releasekit_engine::Result<Policy> {
        Ok(self.0.clone())
    }

    fn files(&self) -> Vec<PathBuf> {
        Vec::new()
    }
}

/// Keeps all events.
#[derive(Debug, Default, Clone)]
pub(crate) struct Seen(Arc<Mutex<Vec<Event>>>);

impl Reporter for Seen {
    fn report(&self, event: Event) {
        self.0.lock().unwrap().push(event);
    }
}

impl Seen {
    pub(crate) fn all(&self) -> Vec<Event> {
        self.0.lock().unwrap().clone()
    }
}

/// A clone of a repository, with its registry.
pub(crate) struct World {
    pub(crate) folder: TempDir,
    pub(crate) index: Arc<Mutex<Index>>,
    pub(crate) builds: Arc<Mutex<Builds>>,
    pub(crate) policy: Policy,
    pub(crate) seen: Seen,
    pub(crate) options: PublishOptions,
    pub(crate) canceller: Canceller,
    pub(crate) local_tags: Vec<TagName>,
    /// The forge, where the repository is on one.
    pub(crate) forge: Option<Arc<MemoryForge>>,
    /// What the environment says beside what tools are given.
    pub(crate) environment: Environment,
    files: BTreeMap<RepoPath, Vec<u8>>,
    rows: Vec<Row>,
}

impl World {
    /// A repository with these packages: name, and what it requires. All are released at 1.0.0.
    pub(crate) fn new(packages: &[(&str, &[&str])]) -> Self {
        let (canceller, cancel) = cancel::channel();
        let mut world = Self {
            folder: tempfile::tempdir().unwrap(),
            index: Arc::default(),
            builds: Arc::default(),
            policy: Policy::default(),
            seen: Seen::default(),
            options: PublishOptions::new(jiff::Timestamp::UNIX_EPOCH, cancel),
            canceller,
            files: BTreeMap::from([(path("workspace.txt"), Vec::new())]),
            rows: Vec::new(),
            local_tags: Vec::new(),
            forge: None,
            environment: Environment::new().with("CC", "gcc").with("MEMORY_LOGIN", "may upload"),
        };
        world.index().pace = Duration::from_secs(1);
        world.policy.publish.poll_timeout = Duration::from_secs(30);
        for (name, requires) in packages {
            let requires: Vec<String> = requires.iter().map(|name| format!("requires = {name}\n")).collect();
            world.package(name, "1.0.0", &requires.concat());
            world.row(name, "1.0.0");
        }
        world
    }

    /// Writes a package file.
    pub(crate) fn package(&mut self, name: &str, version: &str, more: &str) {
        let text = format!("name = {name}\nversion = {version}\n{more}");
        self.files.insert(path(&format!("{name}/package.txt")), text.into_bytes());
    }

    /// Writes any file.
    pub(crate) fn put_file(&mut self, at: &str, text: &str) {
        self.files.insert(path(at), text.as_bytes().to_vec());
    }

    /// Removes a file.
    pub(crate) fn remove_file(&mut self, at: &str) {
        self.files.remove(&path(at));
    }

    /// Says which files a release of a package consists of.
    pub(crate) fn declare(&mut self, name: &str, artifacts: &[&str]) {
        let artifacts = artifacts.iter().map(|glob| (*glob).to_owned()).collect();
        self.policy.packages.insert(name.to_owned(), PackagePolicy { artifacts, ..Default::default() });
    }

    /// Puts a package into the manifest, by its folder, which bears its name.
    pub(crate) fn row(&mut self, folder: &str, version: &str) {
        let name = folder.rsplit('/').next().unwrap();
        self.rows.push(Row {
            name: PackageName::new(name),
            ecosystem: "memory".to_owned(),
            label: EcosystemLabel::new("mem"),
            path: path(folder),
            group: None,
            current: None,
            next: Some(Version::from_canonical(version)),
            bump: Bump::Patch,
            status: Status::Included,
            level: 0,
            order: self.rows.len() + 1,
            tag: Some(TagName::new(format!("{name}-v{version}"))),
            reasons: Vec::new(),
        });
    }

    pub(crate) fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap()
    }

    pub(crate) fn builds(&self) -> MutexGuard<'_, Builds> {
        self.builds.lock().unwrap()
    }

    /// Another clone, without state, of the same repository and registry.
    pub(crate) fn second_clone(&self) -> Self {
        let mut other = Self::new(&[]);
        other.index = self.index.clone();
        other.builds = self.builds.clone();
        other.policy = self.policy.clone();
        other.files = self.files.clone();
        other.rows = self.rows.clone();
        other
    }

    pub(crate) fn release(&self) -> ReleaseCommit {
        ReleaseCommit { commit: self.commit(), manifest: self.manifest(), path: Manifest::path() }
    }

    fn manifest(&self) -> Manifest {
        Manifest {
            schema: SCHEMA,
            base: CommitId::new("base"),
            branch: BranchName::new("main"),
            options: PlanOptions::default(),
            umbrella: None,
            packages: self.rows.clone(),
        }
    }

    /// The release commit.
    pub(crate) fn commit(&self) -> CommitInfo {
        self.untagged().tip()
    }

    pub(crate) fn state_folder(&self) -> PathBuf {
        self.folder.path().join("private")
    }

    /// Where the state of the release lies.
    pub(crate) fn release_folder(&self) -> PathBuf {
        self.state_folder().join(self.commit().id.as_str())
    }

    pub(crate) fn context(&self) -> BackendContext {
        let reporter = Arc::new(self.seen.clone());
        BackendContext::new(self.environment.clone(), self.folder.path().join("cache"), reporter)
    }

    pub(crate) fn backends(&self) -> Backends {
        let mut backends = Backends::default();
        let (index, builds) = (self.index.clone(), self.builds.clone());
        let manager = Arc::new(MemoryPackageManager::new(index.clone(), builds.clone()));
        let open = move |_: &BackendContext| {
            let workspace = MemoryWorkspace::numbered(&Pep440, &Pep508);
            Ok(Halves { workspace: Arc::new(workspace), package_manager: manager.clone() })
        };
        let target = Target::new("memory", URL, URL);
        backends.add_ecosystem(EcosystemBackend {
            id: "memory",
            ecosystem: "memory",
            label: "mem",
            target: target.clone(),
            credentials: &["MEMORY_LOGIN"],
            open: Arc::new(open),
        });
        let open = move |_: &BackendContext, target: &Target| -> Result<Arc<dyn Registry>> {
            Ok(Arc::new(MemoryRegistry::new(index.clone(), builds.clone(), target.clone())))
        };
        backends.add_registry(RegistryBackend { id: "memory", open: Arc::new(open) });
        self.forge.iter().for_each(|forge| backends.add_forge(forge_backend(forge.clone())));
        backends
    }

    /// A clone of one commit, the release commit, which is tagged on the remote.
    pub(crate) fn vcs(&self) -> MemoryVcs {
        self.untagged().tagged(self.local_tags.iter().cloned(), self.release().tags().cloned())
    }

    fn untagged(&self) -> MemoryVcs {
        MemoryVcs::new(&self.folder.path().join("checkout"), self.committed())
    }

    /// Changes the manifest by hand.
    pub(crate) fn edit(mut self, change: impl FnOnce(&mut Vec<Row>)) -> Self {
        change(&mut self.rows);
        self
    }

    /// All files of the release commit.
    pub(crate) fn committed(&self) -> BTreeMap<RepoPath, Vec<u8>> {
        let mut files = self.files.clone();
        files.insert(Manifest::path(), self.manifest().to_json().into_bytes());
        files
    }

    pub(crate) fn session(&self) -> Session {
        self.session_with(self.backends())
    }

    pub(crate) fn session_with(&self, backends: Backends) -> Session {
        self.session_on(Arc::new(self.vcs()), backends)
    }

    /// The same packages in another repository.
    pub(crate) fn session_on(&self, vcs: Arc<dyn Vcs>, backends: Backends) -> Session {
        let policies = Arc::new(Fixed(self.policy.clone()));
        Session::open(vcs, backends, self.context(), policies).unwrap()
    }

    /// Publishes, as the command does.
    pub(crate) async fn publish(&self) -> releasekit_engine::Result<PublishReport> {
        let session = self.session();
        let state = State::take(&session, &holder(), &Cancel::never()).await?;
        publish::publish(&session, &self.release(), &state, &self.options).await
    }

    /// Publishes in a dry run.
    pub(crate) async fn rehearse(&self) -> releasekit_engine::Result<PublishReport> {
        let session = self.session_with(recording::dry_run(self.backends()));
        let state = State::copy(&session)?;
        publish::publish(&session, &self.release(), &state, &self.options).await
    }
}

/// A forge that is known by `forge.test`, or what `HOUSE` names, and wants a `HOUSE_TOKEN`.
fn forge_backend(forge: Arc<MemoryForge>) -> ForgeBackend {
    let links = forge.links().clone();
    let open = move |context: &BackendContext, _: &ForgeSite| -> Result<Arc<dyn Forge>> {
        const MISSING: Code = Code::new("RK-TEST-NO-TOKEN", ErrorKind::Unauthenticated);
        match context.environment.text("HOUSE_TOKEN") {
            Some(_) => Ok(forge.clone()),
            None => Err(BackendError::new(MISSING, "there is no `HOUSE_TOKEN`").with_help("set it")),
        }
    };
    let serves =
        |environment: &Environment, host: &str| host == "forge.test" || environment.text("HOUSE") == Some(host);
    ForgeBackend::new("house", open).with_hosts(serves).with_links(move |_| links.clone())
}

pub(crate) fn holder() -> Holder {
    Holder { command: "releasekit publish".to_owned(), process: std::process::id(), since: jiff::Timestamp::UNIX_EPOCH }
}

pub(crate) fn path(text: &str) -> RepoPath {
    RepoPath::new(text).unwrap()
}

/// What failed, in the order of the release.
pub(crate) fn failures(report: &PublishReport) -> impl Iterator<Item = &releasekit_engine::Error> {
    report.packages.iter().filter_map(|package| match &package.outcome {
        Outcome::Failed(error) => Some(error),
        _ => None,
    })
}

/// Every file below a folder with its content, links as where they lead.
pub(crate) fn snapshot(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(next) = open.pop() {
        for entry in std::fs::read_dir(&next).into_iter().flatten().flatten() {
            if entry.path().is_dir() {
                open.push(entry.path());
            } else {
                found.insert(entry.path(), std::fs::read(entry.path()).unwrap());
            }
        }
    }
    found
}

/// Releases all that there is. Gives what came of the newest.
pub(crate) async fn release(
    session: &Session,
    state: &State,
    options: &ReleaseOptions,
) -> releasekit_engine::Result<Released> {
    let mut all = release::release(session, state, options, &Cancel::never()).await?;
    all.pop().unwrap_or(Ok(Released::Nothing))
}
