//! A repository in memory with a straight history, to plan without files: packages, who needs whom, commits and tags.
//!
//! It is not the testkit's: packages and commits are values here, so that a decision is asked about what no package file in
//! memory says (versions that could not be read, dictated formats of tags, edges that order in other ways), line by line.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use releasekit_core::ecosystem::{BackendContext, Backends, EcosystemBackend, Halves};
use releasekit_core::event::Silent;
use releasekit_core::model::*;
use releasekit_core::policy::{Policy, Versioning};
use releasekit_core::tree::MemoryTree;
use releasekit_core::vcs::*;
use releasekit_core::workspace::*;
use releasekit_core::{
    BackendError, Code, Environment, ErrorKind, FileEdit, Label, Requirements, Result, Tree, Vcs, VersionScheme,
    Workspace,
};
use releasekit_engine::bump::{Asked, Reason};
use releasekit_engine::plan::{Planned, Row};
use releasekit_engine::{Policies, PolicySource, Session, plan};
use releasekit_formats::cargo;
use releasekit_formats::python::{Pep440, Pep508};
use releasekit_formats::semver::SemVer;
use releasekit_testkit::memory::MemoryPackageManager;

fn unsupported<T>(what: &str) -> Result<T> {
    Err(BackendError::unsupported(what))
}

/// The packages and commits of a test, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct World {
    pub(crate) packages: Vec<Package>,
    pub(crate) commits: Vec<(Vec<String>, String)>,
    pub(crate) tags: Vec<(String, usize)>,
    pub(crate) shallow: bool,
    /// Where the version control system keeps records of its own.
    pub(crate) bookkeeping: Vec<RepoPath>,
    /// Further workspaces than the one at the root, by their folders.
    pub(crate) roots: Vec<String>,
    /// Further tools of the first ecosystem, each with the folders that it finds.
    pub(crate) tools: Vec<(&'static str, Vec<RepoPath>)>,
    pub(crate) policy: Policy,
    /// The files of every commit.
    pub(crate) files: Vec<(String, String)>,
    /// What the command line asks for.
    pub(crate) asked: Asked,
}

impl World {
    /// A package in a folder of its name. What lies in a folder of [`OTHERS`] is of another ecosystem than the first one.
    pub(crate) fn package(mut self, name: &str, version: &str) -> Self {
        let version = scheme_of(name).parse(version).expect("a legal version");
        let package = unnumbered(name);
        let manifest = package.manifest.clone();
        self.packages.push(package.with_version(version, manifest));
        self
    }

    /// Sets the version of a package's file.
    pub(crate) fn at(mut self, name: &str, version: &str) -> Self {
        self.find(name).version = Some(scheme_of(name).parse(version).expect("a legal version"));
        self
    }

    /// A package whose version stands in tags only.
    pub(crate) fn in_tags(mut self, name: &str) -> Self {
        self.packages.push(unnumbered(name));
        self
    }

    /// A package whose version its backend could not read; the reason says `file` where builds take it from one.
    pub(crate) fn unread(mut self, name: &str, reason: &str) -> Self {
        let code = Code::new("RK-TEST-UNREAD", ErrorKind::Unsupported).with_help("write it down");
        let package = unnumbered(name);
        let place = Label::file(package.manifest.to_string(), "here");
        self.packages.push(package.with_unread(Unread {
            code,
            reason: reason.to_owned(),
            place,
            is_in_file: reason.contains("file"),
        }));
        self
    }

    /// Lets packages share the place of their version.
    pub(crate) fn sharing(mut self, names: &[&str], place: &str) -> Self {
        for name in names {
            self.find(name).version_group = Some(place.to_owned());
        }
        self
    }

    /// Puts packages into a group of the configuration.
    pub(crate) fn group(mut self, group: &str, versioning: Versioning, names: &[&str]) -> Self {
        self.policy.groups.entry(group.to_owned()).or_default().versioning = versioning;
        for name in names {
            self.policy.packages.entry((*name).to_owned()).or_default().group = Some(group.to_owned());
        }
        self
    }

    /// Gives a package another name than that of its folder.
    pub(crate) fn called(mut self, folder: &str, name: &str) -> Self {
        self.find(folder).name = PackageName::new(name);
        self
    }

    pub(crate) fn private(mut self, name: &str) -> Self {
        self.find(name).private = Some("classifier".to_owned());
        self
    }

    pub(crate) fn needs(self, name: &str, other: &str) -> Self {
        self.needs_as(name, other, DependencyKind::Runtime, other)
    }

    pub(crate) fn needs_as(self, name: &str, other: &str, kind: DependencyKind, requirement: &str) -> Self {
        let dependency = Dependency::new(PackageName::new(other), kind, requirement, "project.dependencies");
        let dependency = match kind {
            DependencyKind::Optional => {
                dependency.with_orders(Order::UnlessCircular).with_published(Published::Optional)
            }
            _ => dependency,
        };
        self.needs_by(name, dependency)
    }

    pub(crate) fn needs_by(mut self, name: &str, dependency: Dependency) -> Self {
        self.find(name).dependencies.push(dependency);
        self
    }

    /// Dictates the format of a package's tags.
    pub(crate) fn dictated(mut self, name: &str, format: &str) -> Self {
        self.find(name).tag_format = Some(format.to_owned());
        self
    }

    /// A commit that touches the folders of packages.
    pub(crate) fn commit(mut self, touched: &[&str], message: &str) -> Self {
        self.commits.push((touched.iter().map(|name| (*name).to_owned()).collect(), message.to_owned()));
        self
    }

    /// Tags on the newest commit so far.
    pub(crate) fn tag(mut self, names: &[&str]) -> Self {
        let at = self.commits.len() - 1;
        self.tags.extend(names.iter().map(|name| ((*name).to_owned(), at)));
        self
    }

    /// Tags on commits that HEAD does not reach.
    pub(crate) fn elsewhere(mut self, names: &[&str]) -> Self {
        self.tags.extend(names.iter().map(|name| ((*name).to_owned(), 9_999)));
        self
    }

    /// Asks for labelled versions to become final.
    pub(crate) fn graduate(mut self, names: &[&str]) -> Self {
        self.asked.graduate = Some(names.iter().map(|name| (*name).to_owned()).collect());
        self
    }

    /// Asks for something on the command line.
    pub(crate) fn ask(mut self, change: impl FnOnce(&mut Asked)) -> Self {
        change(&mut self.asked);
        self
    }

    pub(crate) fn policy(mut self, change: impl FnOnce(&mut Policy)) -> Self {
        change(&mut self.policy);
        self
    }

    pub(crate) fn file(mut self, path: &str, content: &str) -> Self {
        self.files.push((path.to_owned(), content.to_owned()));
        self
    }

    /// Another workspace than the one at the root.
    pub(crate) fn workspace(mut self, folder: &str) -> Self {
        self.roots.push(folder.to_owned());
        self
    }

    /// Another tool of the first ecosystem, and the folders that it finds.
    pub(crate) fn tool(mut self, id: &'static str, finds: &[&str]) -> Self {
        let finds = finds.iter().map(|folder| RepoPath::new(folder).expect("a legal folder"));
        self.tools.push((id, finds.collect()));
        self
    }

    fn roots(&self) -> Vec<RepoPath> {
        let folders = std::iter::once("").chain(self.roots.iter().map(String::as_str));
        folders.map(|folder| RepoPath::new(folder).expect("a legal folder")).collect()
    }

    fn find(&mut self, name: &str) -> &mut Package {
        let is_meant = |package: &&mut Package| package.name.as_str() == name || package.path.as_str() == name;
        self.packages.iter_mut().find(is_meant).expect("a known package")
    }

    fn of_ecosystem(&self, name: Option<&str>) -> Vec<Package> {
        self.packages.iter().filter(|package| other(package.path.as_str()) == name).cloned().collect()
    }

    pub(crate) fn session(self) -> Session {
        let mut backends = Backends::default();
        for (name, requirements) in OTHERS {
            let packages = self.of_ecosystem(Some(name));
            if !packages.is_empty() {
                let roots = vec![RepoPath::new(name).expect("a legal folder")];
                let fixed = Fixed { packages, roots, scheme: &SemVer, requirements };
                backends.add_ecosystem(ecosystem(name, (name, name), fixed));
            }
        }
        let packages = self.of_ecosystem(None);
        let fixed = Fixed { packages, roots: self.roots(), scheme: &Pep440, requirements: &Pep508 };
        for (id, roots) in &self.tools {
            backends.add_ecosystem(ecosystem(id, PYTHON, Fixed { roots: roots.clone(), ..fixed.clone() }));
        }
        backends.add_ecosystem(ecosystem("memory", PYTHON, fixed));
        let context = BackendContext::new(Environment::new(), PathBuf::from("/nonexistent"), Arc::new(Silent));
        let policies = Arc::new(Given(self.policy.clone()));
        Session::open(Arc::new(self), backends, context, policies).expect("memory opens")
    }

    pub(crate) fn try_plan(self) -> releasekit_engine::Result<Planned> {
        let asked = self.asked.clone();
        let session = self.session();
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let head = session.vcs.head().await?;
            let snapshot = session.snapshot_at(&head.commit, Policies::WorkTree).await?;
            plan::plan_as_asked(&session, snapshot, &head, &asked).await
        })
    }

    pub(crate) fn plan(self) -> Vec<Row> {
        self.try_plan().expect("a plan").plan.packages
    }

    /// `name current → next bump (reasons)` of every row that moves.
    pub(crate) fn moves(self) -> Vec<String> {
        self.plan().iter().filter(|row| row.is_included()).map(line).collect()
    }
}

/// The other ecosystems, by the folders of their packages. All of them number by SemVer; what is called npm here requires as
/// cargo does, and the other one as Python does.
const OTHERS: [(&str, &dyn Requirements); 2] = [("deno", &Pep508), ("npm", &cargo::Requirements)];

fn other(path: &str) -> Option<&str> {
    let (folder, _) = path.split_once('/')?;
    OTHERS.iter().any(|(name, _)| *name == folder).then_some(folder)
}

fn scheme_of(path: &str) -> &'static dyn VersionScheme {
    if other(path).is_some() { &SemVer } else { &Pep440 }
}

fn unnumbered(name: &str) -> Package {
    let path = RepoPath::new(name).expect("a legal name");
    let manifest = path.join("package.file").expect("a legal name");
    let name = PackageName::new(path.file_name().expect("a legal name"));
    Package::new(name, path, manifest)
}

/// The first ecosystem and its label.
const PYTHON: (&str, &str) = ("python", "py");

fn ecosystem(id: &'static str, named: (&'static str, &'static str), workspace: Fixed) -> EcosystemBackend {
    let workspace: Arc<dyn Workspace> = Arc::new(workspace);
    EcosystemBackend {
        id,
        ecosystem: named.0,
        label: named.1,
        credentials: &[],
        target: Target::new("none", "http://127.0.0.1:1/simple/", "http://127.0.0.1:1/"),
        open: Arc::new(move |_| {
            Ok(Halves { workspace: workspace.clone(), package_manager: Arc::<MemoryPackageManager>::default() })
        }),
    }
}

/// A reason in a word: the package that is needed, `group`, `commit`. Packages of the first ecosystem go by their names.
fn word(reason: &Reason) -> String {
    let json = serde_json::to_value(reason).expect("a reason is JSON");
    let word = json.get("package").unwrap_or(&json["kind"]).as_str().expect("a reason has a kind").to_owned();
    word.strip_prefix("py:").map_or(word.clone(), str::to_owned)
}

fn line(row: &Row) -> String {
    let reasons: Vec<String> = row.reasons.iter().map(word).collect();
    let version = |version: &Option<Version>| version.as_ref().map_or("-".to_owned(), Version::to_string);
    let label = if row.label.as_str() == "py" { String::new() } else { format!("{}:", row.label) };
    format!(
        "{label}{} {} → {} {} ({})",
        row.name,
        version(&row.current),
        version(&row.next),
        row.bump,
        reasons.join(", ")
    )
}

pub(crate) fn commit_id(index: usize) -> CommitId {
    CommitId::new(format!("{:040x}", index + 1))
}

fn index_of(commit: &CommitId) -> usize {
    usize::from_str_radix(commit.as_str(), 16).expect("a commit of the test") - 1
}

/// The configuration of a test.
#[derive(Debug)]
pub(crate) struct Given(pub(crate) Policy);

impl PolicySource for Given {
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

/// A workspace whose packages are given.
#[derive(Debug, Clone)]
struct Fixed {
    packages: Vec<Package>,
    roots: Vec<RepoPath>,
    scheme: &'static dyn VersionScheme,
    requirements: &'static dyn Requirements,
}

#[async_trait]
impl Workspace for Fixed {
    fn scheme(&self) -> &dyn VersionScheme {
        self.scheme
    }

    fn requirements(&self) -> &dyn Requirements {
        self.requirements
    }

    fn normalize(&self, name: &str) -> String {
        name.to_lowercase().replace(['_', '.'], "-")
    }

    async fn detect(&self, _request: &DetectRequest) -> Result<Vec<RepoPath>> {
        Ok(self.roots.clone())
    }

    async fn discover(&self, request: &DiscoverRequest) -> Result<Discovered> {
        let holds = |root: &&RepoPath, package: &Package| package.path.starts_with(root);
        let innermost = |package: &Package| {
            self.roots.iter().filter(|root| holds(root, package)).max_by_key(|root| root.as_str().len())
        };
        let own = self.packages.iter().filter(|package| innermost(package) == Some(&request.root));
        Ok(Discovered::new(own.cloned().collect()))
    }

    /// One file that says what moves.
    async fn edits(&self, request: &EditRequest) -> Result<Vec<FileEdit>> {
        let line = |step: &Move| {
            let from = step.from.as_ref().map_or("nothing", Version::as_str);
            format!("{} from {from} to {}\n", step.name, step.to)
        };
        let path = request.root.join("moves.txt").expect("a legal name");
        Ok(vec![FileEdit::write(path, request.moves.iter().map(line).collect::<String>())])
    }

    async fn pins(&self, _request: &PinRequest) -> Result<Vec<FileEdit>> {
        unsupported("pins")
    }
}

#[async_trait]
impl Vcs for World {
    fn capabilities(&self) -> VcsCapabilities {
        VcsCapabilities::NONE
    }

    fn root(&self) -> &Path {
        Path::new("/nonexistent")
    }

    fn private_folder(&self) -> PathBuf {
        PathBuf::from("/nonexistent/.git/releasekit")
    }

    fn bookkeeping(&self) -> &[RepoPath] {
        &self.bookkeeping
    }

    async fn trusted_files(&self) -> Result<Vec<PathBuf>> {
        Ok(Vec::new())
    }

    fn hint(&self, need: &Need) -> String {
        format!("`{need:?}`")
    }

    fn incomplete(&self, lack: Lack) -> BackendError {
        BackendError::new(Code::new("RK-TEST-INCOMPLETE", ErrorKind::Precondition), format!("{lack:?}"))
    }

    async fn head(&self) -> Result<Head> {
        let commit = commit_id(self.commits.len() - 1);
        Ok(Head::new(commit, Some(BranchName::new("main")), self.shallow))
    }

    async fn status(&self) -> Result<Vec<RepoPath>> {
        Ok(Vec::new())
    }

    async fn tags(&self) -> Result<Vec<Tag>> {
        let tag = |(name, at): &(String, usize)| Tag::new(TagName::new(name), commit_id(*at));
        Ok(self.tags.iter().map(tag).collect())
    }

    async fn resolve(&self, revision: &str) -> Result<Option<CommitId>> {
        let commit = CommitId::new(revision);
        Ok((index_of(&commit) < self.commits.len()).then_some(commit))
    }

    async fn commits(&self, _ids: &[CommitId]) -> Result<Vec<CommitInfo>> {
        unsupported("commits")
    }

    async fn ancestors_among(&self, candidates: &[CommitId], descendant: &CommitId) -> Result<Vec<bool>> {
        Ok(candidates.iter().map(|candidate| index_of(candidate) <= index_of(descendant)).collect())
    }

    async fn commits_between(&self, _hidden: &CommitId, _head: &CommitId) -> Result<Vec<CommitInfo>> {
        unsupported("commits")
    }

    async fn own_changes(&self, commit: &CommitId) -> Result<OwnChanges> {
        let touched = self.commits[index_of(commit)].0.iter();
        Ok(OwnChanges::of_contents(touched.map(|name| RepoPath::new(name).expect("a legal name")).collect()))
    }

    async fn is_contained(&self, _commit: &CommitId, _into: &CommitId) -> Result<bool> {
        unsupported("commits")
    }

    async fn work_tree(&self) -> Result<Arc<dyn Tree>> {
        unsupported("work tree")
    }

    async fn write_work_tree(&self, _edits: &[FileEdit]) -> Result<()> {
        unsupported("work tree")
    }

    async fn tree(&self, _commit: &CommitId) -> Result<Arc<dyn Tree>> {
        let file = |(path, content): &(String, String)| (RepoPath::new(path).expect("a legal path"), content.clone());
        Ok(Arc::new(MemoryTree::new(self.files.iter().map(file))))
    }

    async fn history(&self, request: &HistoryRequest) -> Result<History> {
        let counts = |scope: &Scope, at: usize| scope.since.as_ref().is_none_or(|since| at > index_of(since));
        let touching = |at: usize| {
            let (touched, message) = &self.commits[at];
            let owns = |(index, scope): (usize, &Scope)| {
                let ignored = |name: &str| scope.ignore.iter().any(|path| path.as_str() == name);
                let touches = touched.iter().any(|name| scope.folder.as_str() == name && !ignored(name));
                let own = counts(scope, at) && touches;
                own.then_some(index)
            };
            let scopes: Vec<usize> = request.scopes.iter().enumerate().filter_map(owns).collect();
            let counting = (0..request.scopes.len()).filter(|index| counts(&request.scopes[*index], at));
            let addresses = request.judge.as_ref().is_some_and(|judge| judge.addresses(message));
            let in_range = if addresses { counting.collect() } else { Vec::new() };
            let commit = TouchingCommit::new(commit_id(at), message.clone(), 0, scopes).with_in_range(in_range);
            (!commit.scopes.is_empty() || !commit.in_range.is_empty()).then_some(commit)
        };
        Ok(History::new((0..self.commits.len()).rev().filter_map(touching).collect(), None))
    }

    async fn path_runs(&self, _from: &CommitId, _path: &RepoPath) -> Result<Vec<PathRun>> {
        unsupported("file histories")
    }

    async fn remote_url(&self, _remote: &str) -> Result<Option<String>> {
        unsupported("remotes")
    }

    async fn remote_refs(&self, _remote: &str) -> Result<RemoteRefs> {
        unsupported("remotes")
    }

    async fn fetch(&self, _remote: &str, _objects: &[ObjectId]) -> Result<()> {
        unsupported("remotes")
    }

    async fn export(&self, _request: &ExportRequest) -> Result<()> {
        unsupported("exports")
    }

    async fn commit(&self, _request: &CommitRequest) -> Result<CommitId> {
        unsupported("commits")
    }

    async fn replay(&self, _request: &ReplayRequest) -> Result<CommitId> {
        unsupported("commits")
    }

    async fn tag(&self, _request: &TagRequest) -> Result<Vec<RefUpdate>> {
        unsupported("tags")
    }

    async fn push(&self, _remote: &str, _updates: &[RefUpdate]) -> Result<Pushed> {
        unsupported("remotes")
    }

    async fn update_refs(&self, _updates: &[RefUpdate]) -> Result<()> {
        unsupported("refs")
    }
    async fn scratch(&self, _into: &std::path::Path) -> Result<Arc<dyn Vcs>> {
        unsupported("a scratch")
    }
}
