//! The backends of the world: each method does what core's contract says, in memory.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use releasekit_core::model::*;
use releasekit_core::package_manager::*;
use releasekit_core::registry::{FetchRequest, Fetched, Observed, RegistryCapabilities, Wanted};
use releasekit_core::vcs::*;
use releasekit_core::workspace::*;
use releasekit_core::*;
use releasekit_formats::archive::digest;
use releasekit_formats::python::{Pep440, Pep508};
use tokio::time::Instant;

use crate::index::{Fault, Index, Silence, Stored};

pub(crate) const FAULT: Code = Code::new("RK-TEST-FAULT", ErrorKind::Transient);

/// What was built, and how builds fail.
#[derive(Debug, Default)]
pub(crate) struct Builds {
    pub(crate) built: Vec<String>,
    pub(crate) failing: Vec<String>,
    /// Lines that the artifacts of a package get besides.
    pub(crate) extra: BTreeMap<String, String>,
    /// Files that a build of a package makes besides.
    pub(crate) files: BTreeMap<String, Vec<(String, String)>>,
    /// The version of the build backend.
    pub(crate) backend: u32,
    /// How artifacts travel; by the tool where nothing is said.
    pub(crate) route: Option<Route>,
    /// Names under which the registry knows packages, where they have other ones.
    pub(crate) published: BTreeMap<String, String>,
    /// What each build saw in its folders: siblings, and files beside the package file.
    pub(crate) saw: BTreeMap<String, (Vec<String>, Vec<String>)>,
    /// The variables that the last build was given.
    pub(crate) variables: Vec<String>,
    /// Whether builds take a while.
    pub(crate) slow: bool,
    /// Files that get another line when something is done: `build NAME`, `upload FILE`, `smoke NAME`.
    pub(crate) tampers: BTreeMap<String, PathBuf>,
    /// A file that the tool takes logins from.
    pub(crate) login: PathBuf,
    count: u32,
}

/// Where the registry keeps a file: by its name, where that begins with its package's, else with that before it.
pub(crate) fn key(package: &PackageName, file: &str) -> String {
    if file.starts_with(package.as_str()) { file.to_owned() } else { format!("{package}/{file}") }
}

impl Builds {
    fn tamper(&self, when: String) {
        let Some(path) = self.tampers.get(&when) else { return };
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut file = fs::File::options().append(true).create(true).open(path).unwrap();
        file.write_all(b"more = planted\n").unwrap();
    }
}

pub(crate) fn fault(kind: ErrorKind) -> BackendError {
    BackendError::new(FAULT, "a fault to order").with_kind(kind)
}

fn server_error(status: u16) -> Option<Reply> {
    Some(Reply::ServerError { status, error: fault(ErrorKind::Transient) })
}

fn names_in(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// The files in the folders of siblings.
fn offered(folders: &[PathBuf]) -> Vec<String> {
    folders.iter().flat_map(|folder| names_in(folder)).collect()
}

fn lines<'a>(text: &'a str, key: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines().filter_map(|line| line.split_once(" = ")).filter(move |(k, _)| *k == key).map(|(_, value)| value)
}

fn line<'a>(text: &'a str, key: &'a str) -> &'a str {
    lines(text, key).next().unwrap_or_default()
}

fn required(value: &str) -> Requirement {
    Requirement { name: value.split(['=', '>', ' ']).next().unwrap().to_owned(), text: value.replace(' ', "") }
}

#[derive(Debug, Clone)]
pub(crate) struct MemoryVcs {
    pub(crate) root: PathBuf,
    pub(crate) private: PathBuf,
    pub(crate) tree: Arc<dyn Tree>,
    pub(crate) commit: CommitInfo,
    /// What the remote has tagged.
    pub(crate) tags: Vec<TagName>,
    /// What the clone has tagged at the commit.
    pub(crate) local_tags: Vec<TagName>,
}

fn nowhere<T>() -> Result<T> {
    Err(fault(ErrorKind::Unsupported))
}

#[async_trait]
impl Vcs for MemoryVcs {
    fn capabilities(&self) -> VcsCapabilities {
        VcsCapabilities::NONE
    }
    fn root(&self) -> &Path {
        &self.root
    }
    fn private_folder(&self) -> PathBuf {
        self.private.clone()
    }
    fn bookkeeping(&self) -> &[RepoPath] {
        &[]
    }
    async fn trusted_files(&self) -> Result<Vec<PathBuf>> {
        Ok(vec![self.root.join("settings"), self.root.join("more-settings")])
    }
    fn hint(&self, need: &Need) -> String {
        format!("`memory {need:?}`")
    }
    fn incomplete(&self, lack: Lack) -> BackendError {
        let error = BackendError::new(Code::new("RK-TEST-INCOMPLETE", ErrorKind::Precondition), format!("{lack:?}"));
        error.with_help("bring it")
    }
    async fn head(&self) -> Result<Head> {
        Ok(Head { commit: self.commit.id.clone(), branch: None, shallow: false })
    }
    async fn status(&self) -> Result<Vec<RepoPath>> {
        Ok(Vec::new())
    }
    async fn tags(&self) -> Result<Vec<Tag>> {
        let tag = |name: &TagName| Tag { name: name.clone(), commit: self.commit.id.clone() };
        Ok(self.local_tags.iter().map(tag).collect())
    }
    async fn resolve(&self, revision: &str) -> Result<Option<CommitId>> {
        Ok((revision == self.commit.id.as_str()).then(|| self.commit.id.clone()))
    }
    async fn commits(&self, ids: &[CommitId]) -> Result<Vec<CommitInfo>> {
        if ids.iter().all(|id| *id == self.commit.id) { Ok(vec![self.commit.clone(); ids.len()]) } else { nowhere() }
    }
    async fn ancestors_among(&self, candidates: &[CommitId], descendant: &CommitId) -> Result<Vec<bool>> {
        Ok(candidates.iter().map(|candidate| candidate == descendant).collect())
    }
    async fn commits_between(&self, hidden: &CommitId, head: &CommitId) -> Result<Vec<CommitInfo>> {
        if hidden == head { Ok(Vec::new()) } else { nowhere() }
    }
    async fn own_changes(&self, _commit: &CommitId) -> Result<OwnChanges> {
        nowhere()
    }
    async fn is_contained(&self, _commit: &CommitId, _into: &CommitId) -> Result<bool> {
        nowhere()
    }
    async fn work_tree(&self) -> Result<Arc<dyn Tree>> {
        Ok(self.tree.clone())
    }
    async fn write_work_tree(&self, _edits: &[FileEdit]) -> Result<()> {
        nowhere()
    }
    async fn tree(&self, commit: &CommitId) -> Result<Arc<dyn Tree>> {
        if *commit == self.commit.id { Ok(self.tree.clone()) } else { nowhere() }
    }
    async fn history(&self, _request: &HistoryRequest) -> Result<History> {
        Ok(History::default())
    }
    async fn path_runs(&self, from: &CommitId, path: &RepoPath) -> Result<Vec<PathRun>> {
        let content = self.tree(from).await?.read(path)?;
        Ok(vec![PathRun { newest: from.clone(), oldest: from.clone(), content, cut: false }])
    }
    async fn remote_url(&self, _remote: &str) -> Result<Option<String>> {
        Ok(None)
    }
    async fn remote_refs(&self, _remote: &str) -> Result<RemoteRefs> {
        let main = BranchName::new("main");
        let names = [RefName::Branch(main.clone())].into_iter().chain(self.tags.iter().cloned().map(RefName::Tag));
        let at = |name| RemoteRef { name, object: self.commit.id.clone().into(), commit: self.commit.id.clone() };
        Ok(RemoteRefs { default_branch: Some(main), refs: names.map(at).collect(), ..RemoteRefs::default() })
    }
    async fn fetch(&self, _remote: &str, _objects: &[ObjectId]) -> Result<()> {
        nowhere()
    }
    async fn export(&self, request: &ExportRequest) -> Result<()> {
        let tree = self.tree(&request.commit).await?;
        fs::create_dir_all(&request.into).unwrap();
        for file in tree.files()?.iter() {
            let place = file.on_disk(&request.into);
            fs::create_dir_all(place.parent().unwrap()).unwrap();
            fs::write(place, tree.read(file)?.unwrap()).unwrap();
        }
        Ok(())
    }
    async fn commit(&self, _request: &CommitRequest) -> Result<CommitId> {
        nowhere()
    }
    async fn replay(&self, _request: &ReplayRequest) -> Result<CommitId> {
        nowhere()
    }
    async fn tag(&self, _request: &TagRequest) -> Result<Vec<RefUpdate>> {
        nowhere()
    }
    async fn push(&self, _remote: &str, _updates: &[RefUpdate]) -> Result<Pushed> {
        nowhere()
    }
    async fn update_refs(&self, _updates: &[RefUpdate]) -> Result<()> {
        nowhere()
    }
}

#[derive(Debug)]
pub(crate) struct MemoryWorkspace;

fn read_package(folder: &RepoPath, file: &RepoPath, text: &str) -> Package {
    let name = PackageName::new(line(text, "name"));
    let mut package = Package::new(name, folder.clone(), file.clone());
    if let Some(version) = lines(text, "version").next() {
        package = package.with_version(Version::from_canonical(version), file.clone());
    }
    if let Some(why) = lines(text, "private").next() {
        package = package.with_private(why);
    }
    let of_kind = |key, kind| {
        lines(text, key).map(move |value| Dependency::new(PackageName::new(required(value).name), kind, value, key))
    };
    let all = of_kind("requires", DependencyKind::Runtime).chain(of_kind("builds-with", DependencyKind::Build));
    package.with_dependencies(all.collect()).with_requirements(lines(text, "requires").map(required).collect())
}

#[async_trait]
impl Workspace for MemoryWorkspace {
    fn scheme(&self) -> &dyn VersionScheme {
        &Pep440
    }
    fn requirements(&self) -> &dyn Requirements {
        &Pep508
    }
    fn normalize(&self, name: &str) -> String {
        name.to_lowercase()
    }
    async fn detect(&self, tree: &Arc<dyn Tree>) -> Result<Vec<RepoPath>> {
        let root = RepoPath::new("workspace.txt").unwrap();
        Ok(if tree.read(&root)?.is_some() { vec![RepoPath::root()] } else { Vec::new() })
    }
    async fn discover(&self, request: &DiscoverRequest) -> Result<Discovery> {
        let mut packages = Vec::new();
        for file in request.tree.files()?.iter().filter(|file| file.file_name() == Some("package.txt")) {
            let text = String::from_utf8(request.tree.read(file)?.unwrap()).unwrap();
            packages.push(read_package(&file.parent().unwrap(), file, &text));
        }
        Ok(Discovery::new(packages))
    }
    async fn edits(&self, _request: &EditRequest) -> Result<Vec<FileEdit>> {
        nowhere()
    }
    async fn pins(&self, request: &PinRequest) -> Result<Vec<FileEdit>> {
        let mut edits = Vec::new();
        for package in &request.packages {
            let mut text = String::from_utf8(request.tree.read(&package.manifest)?.unwrap()).unwrap();
            for (name, version) in &request.versions {
                for key in ["requires", "builds-with"] {
                    text = text.replace(&format!("{key} = {name}\n"), &format!("{key} = {name}=={version}\n"));
                }
            }
            edits.push(FileEdit::write(package.manifest.clone(), text));
        }
        Ok(edits)
    }
}

#[derive(Debug)]
pub(crate) struct MemoryManager {
    pub(crate) index: Arc<Mutex<Index>>,
    pub(crate) builds: Arc<Mutex<Builds>>,
}

impl MemoryManager {
    /// Does what an upload does to the index; what is `None` is a reply that never comes.
    fn store(&self, name: &str, bytes: Vec<u8>) -> Option<Reply> {
        let mut index = self.index.lock().unwrap();
        let faults = index.faults.get_mut(name);
        let fault_now = faults.filter(|faults| !faults.is_empty()).map(|faults| faults.remove(0));
        let unknown = || Some(Reply::Unknown(fault(ErrorKind::Transient)));
        match fault_now {
            Some(Fault::Refused(kind)) => return Some(Reply::Refused(fault(kind))),
            Some(Fault::Reset) => return unknown(),
            Some(Fault::Busy(asked)) => {
                let error = fault(ErrorKind::RateLimited);
                return Some(Reply::Refused(match asked {
                    Some(seconds) => error.with_retry_after(Duration::from_secs(seconds)),
                    None => error,
                }));
            }
            Some(Fault::ServerError(status, None)) => return server_error(status),
            Some(Fault::Dropped) => return Some(Reply::Accepted),
            Some(Fault::Staged) => return Some(Reply::Staged),
            Some(Fault::Overtaken) => {
                let other = String::from_utf8(bytes.clone()).unwrap().replace("stamp = ", "stamp = theirs-");
                index.put(name, other);
            }
            _ => {}
        }
        if index.bytes(name).is_some() {
            return Some(Reply::Refused(fault(ErrorKind::Conflict)));
        }
        match &fault_now {
            Some(Fault::Half) => index.put(name, &bytes[..bytes.len() / 2]),
            Some(Fault::Endless(more)) => index.put(name, [bytes.as_slice(), &vec![b'x'; *more]].concat()),
            Some(Fault::OtherBytes) => index.put(name, [bytes.as_slice(), b"more = x\n"].concat()),
            _ => index.put(name, bytes),
        }
        let late = match &fault_now {
            Some(Fault::Late(delay) | Fault::ServerError(_, Some(delay))) => *delay,
            _ => Duration::ZERO,
        };
        if let Some(stored) = index.files.get_mut(name) {
            stored.from += late;
        }
        match fault_now {
            Some(Fault::ServerError(status, _)) => server_error(status),
            Some(Fault::LostReply | Fault::Half) => unknown(),
            Some(Fault::Hang) => None,
            _ => Some(Reply::Accepted),
        }
    }
}

#[async_trait]
impl PackageManager for MemoryManager {
    fn capabilities(&self) -> PackageManagerCapabilities {
        let route = self.builds.lock().unwrap().route.unwrap_or(Route::Files);
        let mut capabilities = PackageManagerCapabilities::new(route);
        capabilities.resolves = true;
        capabilities.smoke_test = true;
        capabilities.retry_after = self.index.lock().unwrap().says_delays;
        capabilities.artifacts = &[ArtifactKind::Binary, ArtifactKind::Source];
        capabilities
    }
    fn trusted_files(&self) -> Vec<PathBuf> {
        vec![self.builds.lock().unwrap().login.clone()]
    }
    async fn tool(&self) -> Result<ToolInfo> {
        nowhere()
    }
    async fn check(&self, _request: &CheckRequest) -> Result<Vec<Finding>> {
        nowhere()
    }
    async fn fix(&self, _request: &CheckRequest) -> Result<Vec<FileEdit>> {
        nowhere()
    }
    async fn refresh_locks(&self, _request: &LockRequest) -> Result<Vec<FileEdit>> {
        Ok(Vec::new())
    }
    async fn build(&self, request: &BuildRequest) -> Result<Vec<Artifact>> {
        let name = request.package.name.as_str();
        let folder = request.package.path.on_disk(&request.folder);
        let slow = {
            let mut builds = self.builds.lock().unwrap();
            builds.saw.insert(name.to_owned(), (offered(&request.siblings), names_in(&folder)));
            builds.built.push(name.to_owned());
            builds.variables = request.environment.iter().map(|(name, _)| name.to_str().unwrap().to_owned()).collect();
            builds.slow
        };
        if slow {
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
        let mut builds = self.builds.lock().unwrap();
        builds.tamper(format!("build {name}"));
        fs::write(folder.join("left-by-the-build"), name).unwrap();
        if builds.failing.iter().any(|failing| failing == name) {
            return Err(fault(ErrorKind::ToolFailed).with_output("it does not compile"));
        }
        let text = fs::read_to_string(folder.join("package.txt")).unwrap();
        for needed in lines(&text, "builds-with") {
            let wheel = format!("{}-1.0.0.bin", required(needed).name);
            assert!(offered(&request.siblings).contains(&wheel), "{name} is built without {needed}");
        }
        let version = line(&text, "version");
        builds.count += 1;
        let extra = builds.extra.get(name).cloned().unwrap_or_default();
        let stem = lines(&text, "file").next().unwrap_or(name);
        let mut files =
            vec![(format!("{stem}-{version}.bin"), String::new()), (format!("{stem}-{version}.src"), String::new())];
        files.extend(builds.files.get(name).cloned().unwrap_or_default());
        for (file, more) in files {
            let (count, backend) = (builds.count, builds.backend);
            let content = format!("{text}{extra}{more}stamp = {count}\ngenerator = {backend}\n");
            fs::write(request.out.join(&file), content).unwrap();
        }
        names_in(&request.out).iter().map(|file| Ok(self.artifact(&request.out.join(file))?.unwrap())).collect()
    }
    fn inspect(&self, file: &Path) -> Result<Identity> {
        let text = fs::read_to_string(file).map_err(|_| fault(ErrorKind::Invalid))?;
        if lines(&text, "stamp").next().is_none() {
            return Err(fault(ErrorKind::Invalid));
        }
        let version = Version::from_canonical(lines(&text, "version").last().unwrap());
        let mut identity = Identity::new(PackageName::new(lines(&text, "name").last().unwrap()), version);
        identity.requirements = lines(&text, "requires").map(required).collect();
        identity.platform = lines(&text, "platform").next().map(str::to_owned);
        identity.generator = lines(&text, "generator").next().map(str::to_owned);
        let content = text.lines().filter(|line| !line.starts_with("stamp") && !line.starts_with("generator"));
        identity.members =
            content.map(|line| Member { path: line.to_owned(), executable: false, digest: String::new() }).collect();
        Ok(identity)
    }
    fn artifact(&self, file: &Path) -> Result<Option<Artifact>> {
        let name = file.file_name().unwrap().to_str().unwrap();
        let kind = match name.rsplit('.').next() {
            Some("bin") => ArtifactKind::Binary,
            Some("src") => ArtifactKind::Source,
            _ => return Ok(None),
        };
        let hashed = digest::file(file, &[DigestAlgorithm::Sha256]).map_err(BackendError::from)?;
        let artifact = Artifact::new(file.to_owned(), name.to_owned(), kind, hashed.size, hashed.digests);
        Ok(Some(if name.contains("-docs") { artifact.with_classifier("docs") } else { artifact }))
    }
    fn published_name(&self, package: &Package, _version: &Version) -> PackageName {
        let known = self.builds.lock().unwrap().published.get(package.name.as_str()).cloned();
        known.map_or_else(|| package.name.clone(), PackageName::new)
    }
    async fn upload(&self, request: &UploadRequest) -> Reply {
        assert_eq!(self.capabilities().route, Route::Files, "the tool sends nothing");
        self.send(request).await
    }
    async fn resolve(&self, request: &ResolveRequest) -> Result<Resolved> {
        crate::resolve::choose(&mut self.index.lock().unwrap(), &request.packages)
    }
    async fn smoke_test(&self, request: &SmokeRequest) -> Result<()> {
        self.smoke(request).await
    }
}

impl MemoryManager {
    async fn send(&self, request: &UploadRequest) -> Reply {
        let name = key(&request.package, &request.artifact.file_name);
        assert!(request.hold.is_some(), "an upload holds the lock");
        self.index.lock().unwrap().channels.push((name.clone(), request.channel.clone()));
        {
            let mut index = self.index.lock().unwrap();
            index.uploads.push(name.clone());
            index.at_once += 1;
            index.most_at_once = index.most_at_once.max(index.at_once);
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
        self.index.lock().unwrap().sent_at.push(Instant::now());
        let reply = self.store(&name, fs::read(&request.artifact.path).unwrap());
        self.builds.lock().unwrap().tamper(format!("upload {name}"));
        self.index.lock().unwrap().at_once -= 1;
        match reply {
            Some(reply) => reply,
            None => std::future::pending().await,
        }
    }
    async fn smoke(&self, request: &SmokeRequest) -> Result<()> {
        // Not all alike, so that one ends while others go on.
        let seconds = request.package.as_str().bytes().map(u64::from).sum::<u64>() % 3 + 1;
        for _ in 0..2 {
            assert_eq!(self.index.lock().unwrap().at_once, 0, "a package's code runs beside an upload's credential");
            tokio::time::sleep(Duration::from_secs(seconds)).await;
        }
        self.index.lock().unwrap().smoked += 1;
        self.builds.lock().unwrap().tamper(format!("smoke {}", request.package));
        Ok(())
    }
}

#[derive(Debug)]
pub(crate) struct MemoryRegistry {
    pub(crate) index: Arc<Mutex<Index>>,
    pub(crate) builds: Arc<Mutex<Builds>>,
    pub(crate) target: Target,
}

#[async_trait]
impl Registry for MemoryRegistry {
    fn capabilities(&self) -> RegistryCapabilities {
        let mut capabilities = RegistryCapabilities::new(DigestAlgorithm::Sha256);
        capabilities.channels = self.index.lock().unwrap().has_channels;
        capabilities
    }
    fn target(&self) -> &Target {
        &self.target
    }
    async fn observe(&self, wanted: &[Wanted]) -> Vec<Observed> {
        let silence = {
            let mut index = self.index.lock().unwrap();
            index.looks += 1;
            (!index.silences.is_empty()).then(|| index.silences.remove(0))
        };
        match silence {
            Some(Silence::Drip) => std::future::pending().await,
            Some(Silence::Slow(time)) => tokio::time::sleep(time).await,
            Some(Silence::Later(time)) => {
                let later = |_| Observed::Unknown(fault(ErrorKind::RateLimited).with_retry_after(time));
                return wanted.iter().map(later).collect();
            }
            None => {}
        }
        let mut index = self.index.lock().unwrap();
        for (file, bytes) in std::mem::take(&mut index.from_tags) {
            index.put(&file, bytes);
        }
        let one = |wanted: &Wanted| {
            if index.down {
                return Observed::Unknown(fault(ErrorKind::Transient));
            }
            let stem = format!("{}-{}", wanted.name, wanted.version);
            let folder = format!("{}/", wanted.name);
            let rest = |name: &str| name.strip_prefix(&stem).is_some_and(|rest| rest.starts_with(['.', '-']));
            let is_of = |name: &str| rest(name) || name.starts_with(&folder);
            let listed = index.files.iter().filter(|(name, stored)| is_of(name) && stored.from <= Instant::now());
            let live: Vec<LiveFile> = listed.map(|(name, stored)| self.live(&index, name, stored)).collect();
            if live.is_empty() { Observed::Absent } else { Observed::Live(live) }
        };
        wanted.iter().map(one).collect()
    }
    async fn fetch(&self, request: &FetchRequest) -> Result<Fetched> {
        let index = self.index.lock().unwrap();
        let bytes = index.bytes(request.file.url.strip_prefix("memory:").unwrap()).unwrap();
        if bytes.len() as u64 > request.largest {
            return Ok(Fetched::TooLong);
        }
        fs::write(&request.into, bytes).unwrap();
        Ok(Fetched::Whole)
    }
    async fn upload(&self, request: &UploadRequest) -> Reply {
        if !self.index.lock().unwrap().takes_files {
            return Reply::Refused(BackendError::unsupported("an upload by the API"));
        }
        MemoryManager { index: self.index.clone(), builds: self.builds.clone() }.send(request).await
    }
}

impl MemoryRegistry {
    fn live(&self, index: &Index, name: &str, stored: &Stored) -> LiveFile {
        let listed = name.rsplit('/').next().unwrap();
        let mut file = LiveFile::new(listed, format!("memory:{name}"));
        file.yanked = index.yanked.iter().any(|yanked| yanked == name);
        if !index.silent_on_digests {
            let scratch = tempfile::tempdir().unwrap();
            let path = scratch.path().join("file");
            fs::write(&path, &stored.bytes).unwrap();
            file.digests = digest::file(&path, &[DigestAlgorithm::Sha256]).unwrap().digests;
        }
        file
    }
}
