//! Builds packages in exports, each after what is needed to build it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use futures::StreamExt;
use futures::stream::FuturesUnordered;
use releasekit_core::confinement::Isolation;
use releasekit_core::event::{Event, Progress, Step};
use releasekit_core::model::{Artifact, DependencyKind, PackageId, RepoPath, TagName, Version};
use releasekit_core::package_manager::BuildRequest;
use releasekit_core::policy::Participation;

use super::check::{Expected, Inspected, faults};
use super::lane::{Files, Lane};
use super::pins::{Pinned, pin};
use super::{Built, BuiltFile, Job, Sources, collect, store};
use crate::cancel::Cancel;
use crate::durable;
use crate::error::{Error, Result};
use crate::export::{Commands, Export, build_environment};
use crate::failure::Failure;
use crate::graph::{Edge, Why};
use crate::scheduler::Scheduler;
use crate::scratch::Scratch;
use crate::session::Session;
use crate::state::ReleaseState;
use crate::words;

/// Where finished artifacts go.
pub(super) enum Destination<'a> {
    /// Into the state of their release.
    State(&'a ReleaseState),
    /// Into a folder, side by side.
    Folder(&'a Path),
}

struct Workshop<'a> {
    session: &'a Session,
    sources: &'a Sources,
    pinned: Pinned,
    /// Exports in which nothing is being built.
    lanes: Mutex<Vec<Lane>>,
    scratch: Scratch,
    /// Built siblings are offered from here; a tool may remember what it saw at a path, so no other run uses it.
    siblings: PathBuf,
    into: &'a Destination<'a>,
    /// How many builds were begun.
    runs: AtomicUsize,
    cancel: &'a Cancel,
}

/// Builds packages, and siblings that are needed to build them and are not among those on disk. What fails stops only
/// those that cannot be built without it.
pub(super) async fn make(
    job: Job<'_>,
    packages: &[usize],
    stored: &BTreeMap<PackageId, Vec<BuiltFile>>,
    into: &Destination<'_>,
) -> Result<Built> {
    let Job { session, sources, .. } = job;
    let needed = with_siblings(sources, packages);
    let (ready, to_build): (Vec<usize>, Vec<usize>) =
        needed.into_iter().partition(|index| stored.contains_key(&sources.member(*index).id));
    let number = words::count(to_build.len(), "package");
    session.phase(format!("building {number} from {}", sources.commit.id.short()));
    let workshop = Workshop::open(job, into).await?;
    session.say_isolation("builds run");
    workshop.open_lanes(&to_build).await?;
    for index in ready {
        workshop.offer(index, &stored[&sources.member(index).id])?;
    }
    workshop.build_all(&to_build, &packages.iter().copied().collect()).await
}

/// What a package was built from, in an export of its own, which lasts as long as this.
#[derive(Debug)]
pub(crate) struct Source {
    /// As a build of it would be asked for.
    pub(crate) request: BuildRequest,
    _lane: Lane,
}

/// Lays out once more what a package was built from, with what commands of the configuration make where they may run.
pub(super) async fn source(job: Job<'_>, package: usize, scratch: &Path, runs_commands: bool) -> Result<Source> {
    let into = Destination::Folder(scratch);
    let workshop = Workshop::open(job, &into).await?;
    let export = workshop.laid_out(&[package], None).await?;
    if runs_commands {
        workshop.run_commands(&[package], &export).await?;
    }
    let lane = Lane::of(export)?;
    let request = workshop.request(package, &lane, "again")?.with_siblings(Vec::new()).with_verify(false);
    Ok(Source { request, _lane: lane })
}

/// The packages, and all that must be installed to build them, in the order of the graph.
fn with_siblings(sources: &Sources, packages: &[usize]) -> Vec<usize> {
    let mut needed: BTreeSet<usize> = packages.iter().copied().collect();
    let mut open: Vec<usize> = packages.to_vec();
    while let Some(next) = open.pop() {
        open.extend(to_build_with(sources, next).into_iter().filter(|index| needed.insert(*index)));
    }
    sources.snapshot.graph.order().iter().copied().filter(|index| needed.contains(index)).collect()
}

/// What must be there to build a package.
fn to_build_with(sources: &Sources, package: usize) -> BTreeSet<usize> {
    let needed = if sources.manager(package).capabilities().builds_together {
        to_come_with(sources, package)
    } else {
        to_install_for(sources, package)
    };
    let is_built = |index: &usize| sources.member(*index).release == Participation::Publish;
    needed.into_iter().filter(|index| is_built(index) && sources.version(*index).is_some()).collect()
}

/// All that a package needs of what the release brings to its own workspace: no registry has that yet.
fn to_come_with(sources: &Sources, package: usize) -> BTreeSet<usize> {
    let all = sources.snapshot.graph.closure(package, false).into_iter();
    all.filter(|index| sources.is_to_come(*index) && home(sources, *index) == home(sources, package)).collect()
}

/// What must be installed to build a package: its build requirements on siblings, and what those need.
fn to_install_for(sources: &Sources, package: usize) -> BTreeSet<usize> {
    let graph = &sources.snapshot.graph;
    let is_build = |edges: &BTreeSet<Edge>| edges.iter().any(|edge| edge.why == Why::Dependency(DependencyKind::Build));
    let direct = graph.dependencies(package).into_iter().filter(|(_, edges)| is_build(edges)).map(|(index, _)| index);
    direct.flat_map(|index| graph.closure(index, false).into_iter().chain([index])).collect()
}

/// The workspace of its tool that a package is of.
fn home(sources: &Sources, package: usize) -> (usize, &RepoPath) {
    let member = sources.member(package);
    (member.workspace, member.package.home_in(&sources.snapshot.discovery.workspace(member).root))
}

/// The packages that one run of their tool builds, in the order given: those of one workspace, where there are several.
fn groups(sources: &Sources, packages: &[usize]) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<(usize, &RepoPath), Vec<usize>> = BTreeMap::new();
    let together = |index: &&usize| {
        sources.manager(**index).capabilities().builds_together && !sources.member(**index).package.is_in_tags()
    };
    for index in packages.iter().filter(together) {
        groups.entry(home(sources, *index)).or_default().push(*index);
    }
    groups.into_values().filter(|group| group.len() > 1).collect()
}

impl<'a> Workshop<'a> {
    async fn open(job: Job<'a>, into: &'a Destination<'a>) -> Result<Self> {
        let Job { session, sources, cancel } = job;
        let scratch = Scratch::create(&session.context.cache, "build")?;
        let siblings = scratch.beside("siblings")?;
        let pinned = pin(sources).await?;
        let (lanes, runs) = (Mutex::default(), AtomicUsize::new(0));
        Ok(Self { session, sources, pinned, lanes, scratch, siblings, into, runs, cancel })
    }

    /// How many packages are built at once. Where builds can reach each other's exports, only one by one shows who has
    /// changed what.
    fn at_once(&self) -> usize {
        // More than there are processors gain nothing, and each has an export of its own.
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        if self.is_isolated() { self.sources.snapshot.policy.publish.concurrency.min(processors) } else { 1 }
    }

    fn is_isolated(&self) -> bool {
        self.session.context.confinement.isolation == Isolation::Namespaces
    }

    /// As many exports as packages are built at once. The first one is set up, for that may take long; the others are
    /// copies of it.
    async fn open_lanes(&self, packages: &[usize]) -> Result<()> {
        let shared: Vec<usize> =
            packages.iter().copied().filter(|index| !self.sources.member(*index).package.is_in_tags()).collect();
        if shared.is_empty() {
            return Ok(());
        }
        let first = self.lane(packages, None).await?;
        let (groups, grouped) =
            groups(self.sources, &shared).iter().fold((0, 0), |(n, all), it| (n + 1, all + it.len()));
        let wanted = self.at_once().min(shared.len() - grouped + groups);
        let copies: Vec<Lane> = (1..wanted).map(|_| first.copied(self.session)).collect::<Result<_>>()?;
        self.lanes().extend([first].into_iter().chain(copies));
        Ok(())
    }

    fn lanes(&self) -> MutexGuard<'_, Vec<Lane>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new export: pinned, with what was built before, and with what the configuration's commands make. Where a tag is to
    /// tell a build its version, it is the commit's only one, and no pin shows.
    async fn lane(&self, packages: &[usize], telling: Option<TagName>) -> Result<Lane> {
        let export = self.laid_out(packages, telling).await?;
        self.run_commands(packages, &export).await?;
        Lane::of(export)
    }

    /// The workspaces that packages are of.
    fn workspaces(&self, packages: &[usize]) -> BTreeSet<usize> {
        packages.iter().map(|index| self.sources.member(*index).workspace).collect()
    }

    /// A lane before any command has run in it.
    async fn laid_out(&self, packages: &[usize], telling: Option<TagName>) -> Result<Export> {
        let (session, snapshot) = (self.session, &self.sources.snapshot);
        let commit = &self.sources.commit.id;
        let is_told = telling.is_some();
        let export = match telling {
            Some(tag) => Export::tagged(session, commit, tag).await?,
            None => Export::create(session, commit, &self.sources.tags).await?,
        };
        let used = self.workspaces(packages);
        for edits in used.iter().filter_map(|index| self.pinned.edits.get(index)) {
            export.write(edits)?;
        }
        if is_told {
            export.hide_changes(session, snapshot.tree.as_ref()).await?;
        }
        for index in used {
            let workspace = &snapshot.discovery.workspaces[index];
            export.include_untracked(session, snapshot.tree.as_ref(), &workspace.policy.include_untracked)?;
        }
        Ok(export)
    }

    async fn run_commands(&self, packages: &[usize], export: &Export) -> Result<()> {
        let snapshot = &self.sources.snapshot;
        for index in self.workspaces(packages) {
            let workspace = &snapshot.discovery.workspaces[index];
            let commands = Commands::build(workspace, &snapshot.policy, self.sources.commit.time);
            self.cancel.or(export.run(self.session, commands)).await??;
        }
        Ok(())
    }

    async fn build_all(&self, packages: &[usize], wanted: &BTreeSet<usize>) -> Result<Built> {
        let mut built = Built::default();
        let alone = self.build_groups(packages, wanted, &mut built).await?;
        let mut scheduler = Scheduler::new(self.at_once());
        for (order, index) in alone.iter().enumerate() {
            scheduler.add(*index, order, self.after(*index, &alone[..order]));
        }
        let mut running = FuturesUnordered::new();
        loop {
            while let Some(index) = scheduler.start() {
                running.push(async move { (index, self.build(index, wanted).await) });
            }
            let Some((index, outcome)) = running.next().await else { break };
            self.cancel.check()?;
            let id = &self.sources.member(index).id;
            match outcome {
                Ok(files) => {
                    scheduler.finish(&index);
                    if wanted.contains(&index) {
                        built.packages.insert(id.clone(), files);
                    }
                }
                Err(error) => {
                    let lost = scheduler.fail(&index).into_iter().map(|lost| self.sources.member(lost).id.clone());
                    built.blocked.extend(lost.map(|lost| (lost, id.clone())));
                    built.failed.insert(id.clone(), error);
                }
            }
        }
        Ok(built)
    }

    /// Builds what tools build together, and gives what is left: what could not be built so, and who needs that. Each of it is
    /// built by itself then, which tells why it fails.
    async fn build_groups(
        &self,
        packages: &[usize],
        wanted: &BTreeSet<usize>,
        built: &mut Built,
    ) -> Result<Vec<usize>> {
        let mut left = packages.to_vec();
        for group in groups(self.sources, packages) {
            group.iter().for_each(|index| self.report(*index, Progress::Started, None));
            for (index, files) in self.build_group(group, wanted).await? {
                left.retain(|other| *other != index);
                self.report(index, Progress::Done, Some(names(&files)));
                if wanted.contains(&index) {
                    built.packages.insert(self.sources.member(index).id.clone(), files);
                }
            }
        }
        Ok(left)
    }

    /// Builds as many packages of a group as can be built together. One that fails, fails all that are built with it, so the halves
    /// of what fails are tried, the first one first: it holds what the other one needs. Building each by itself would pack
    /// everything again for each, as often as there are packages.
    async fn build_group(&self, group: Vec<usize>, wanted: &BTreeSet<usize>) -> Result<Vec<(usize, Vec<BuiltFile>)>> {
        let (mut built, mut missing) = (Vec::new(), BTreeSet::new());
        let mut open = vec![group];
        while let Some(mut part) = open.pop() {
            part.retain(|index| to_build_with(self.sources, *index).is_disjoint(&missing));
            if part.is_empty() {
                continue;
            }
            let outcome = self.build_checked(&part, wanted).await;
            self.cancel.check()?;
            match outcome {
                Ok(files) => built.extend(part.into_iter().zip(files)),
                Err(_) if part.len() > 1 => {
                    let second = part.split_off(part.len() / 2);
                    open.extend([second, part]);
                }
                Err(_) => missing.extend(part),
            }
        }
        Ok(built)
    }

    /// What a package is built after: what it is built with, and packages whose folders it shares, for a build may leave
    /// files there that must not get into another package.
    fn after(&self, package: usize, earlier: &[usize]) -> Vec<usize> {
        let needs = to_build_with(self.sources, package);
        let path = |index: usize| &self.sources.member(index).package.path;
        let nested = |other: usize| path(other).starts_with(path(package)) || path(package).starts_with(path(other));
        earlier.iter().copied().filter(|other| needs.contains(other) || nested(*other)).collect()
    }

    async fn build(&self, index: usize, wanted: &BTreeSet<usize>) -> Result<Vec<BuiltFile>> {
        self.report(index, Progress::Started, None);
        let built = self.build_checked(&[index], wanted).await;
        let outcome = built.map(|built| built.into_iter().flatten().collect::<Vec<_>>());
        match &outcome {
            Ok(files) => self.report(index, Progress::Done, Some(names(files))),
            Err(error) => self.report(index, Progress::Failed, Some(error.to_string())),
        }
        outcome
    }

    /// Builds packages in one export, and checks what was built of each.
    async fn build_checked(&self, packages: &[usize], wanted: &BTreeSet<usize>) -> Result<Vec<Vec<BuiltFile>>> {
        let versions: Vec<Version> = packages.iter().map(|index| self.version(*index)).collect::<Result<_>>()?;
        // As many exports as builds run at once were made, and a build has one to itself, so that whoever changed a file of
        // another package is known. One that a build has spoilt is not used again, so there may be too few.
        let telling = match packages {
            [index] => self.sources.telling_tag(self.session, *index).await?,
            _ => None,
        };
        let is_told = telling.is_some();
        let free = if is_told { None } else { self.lanes().pop() };
        let mut lane = match free {
            Some(lane) => lane,
            None => self.lane(packages, telling).await?,
        };
        let built = match self.run(packages, &mut lane).await {
            Ok(paths) => self.take(packages, &versions, &paths, wanted),
            Err(error) => Err(error),
        };
        if !lane.is_spoilt() && !is_told {
            self.lanes().push(lane);
        }
        built
    }

    fn version(&self, index: usize) -> Result<Version> {
        let member = self.sources.member(index);
        let missing = || Error::VersionMissing { package: member.id.clone(), file: member.package.manifest.clone() };
        self.sources.version(index).ok_or_else(missing)
    }

    /// Checks all that was built, then offers it to others, and keeps it where it is wanted.
    fn take(
        &self,
        packages: &[usize],
        versions: &[Version],
        paths: &[Vec<PathBuf>],
        wanted: &BTreeSet<usize>,
    ) -> Result<Vec<Vec<BuiltFile>>> {
        let mut checked = Vec::new();
        for ((index, version), paths) in packages.iter().zip(versions).zip(paths) {
            let files = collect::inspect(self.sources.manager(*index), paths)?;
            checked.push((*index, check(self.sources, *index, version, files, &self.pinned)?));
        }
        let give = |(index, files): (usize, Vec<BuiltFile>)| {
            self.offer(index, &files)?;
            let id = &self.sources.member(index).id;
            if wanted.contains(&index) { self.keep(id, files) } else { Ok(files) }
        };
        checked.into_iter().map(give).collect()
    }

    /// Runs the package manager, which may change nothing but what is its packages' own.
    async fn run(&self, packages: &[usize], lane: &mut Lane) -> Result<Vec<Vec<PathBuf>>> {
        // What a build that failed has left is no beginning for another one of the same package.
        let out = format!("out-{}", self.runs.fetch_add(1, Ordering::Relaxed));
        let requests = packages.iter().map(|index| self.request(*index, lane, &out)).collect::<Result<Vec<_>>>()?;
        let manager = self.sources.manager(packages[0]);
        let offered = self.offered()?;
        let built = async {
            match requests.as_slice() {
                [request] => Ok(vec![manager.build(request).await?]),
                requests => manager.build_together(requests).await,
            }
        };
        let built = self.cancel.or(built).await?;
        for index in packages {
            lane.clean(&self.sources.member(*index).package.path)?;
        }
        let mut paths = lane.changed_by(self.session, self.sources, packages).await?;
        if let (Some(before), Some(now)) = (offered, self.offered()?) {
            paths.extend(before.differences(&now));
        }
        let package = self.sources.member(packages[0]).id.clone();
        let built = built.map_err(|source| Failure::BuildFailed { package: package.clone(), source })?;
        if !paths.is_empty() {
            return Err(Failure::ChangedOthers { package, paths }.into());
        }
        let paths = |artifacts: Vec<Artifact>| artifacts.into_iter().map(|artifact| artifact.path).collect();
        Ok(built.into_iter().map(paths).collect())
    }

    fn request(&self, index: usize, lane: &Lane, out: &str) -> Result<BuildRequest> {
        let (member, policy) = (self.sources.member(index), &self.sources.snapshot.policy);
        let workspace = self.sources.snapshot.discovery.workspace(member);
        let request = BuildRequest::new(
            lane.export().path().to_owned(),
            member.package.clone(),
            lane.export().beside(&format!("{out}/{index}"))?,
            policy.publish.task_timeout,
        );
        Ok(request
            .with_root(workspace.root.clone())
            .with_siblings(self.siblings()?)
            .with_epoch(self.sources.commit.time)
            .with_verify(policy.publish.verify && member.policy.verify.unwrap_or(true))
            .with_environment(build_environment(self.session, policy))
            .with_workplace(Some(lane.export().workplace())))
    }

    /// What is offered, where a build could change it.
    fn offered(&self) -> Result<Option<Files>> {
        if self.is_isolated() { Ok(None) } else { Files::below(self.scratch.path()).map(Some) }
    }

    /// Offers built files to the builds that follow. They appear there whole and nothing there ever goes away, for the
    /// builds beside this one are reading the folder.
    fn offer(&self, index: usize, files: &[BuiltFile]) -> Result<()> {
        let copies = self.scratch.beside(&format!("copies/{index}"))?;
        for file in files {
            durable::copy(&file.artifact.path, &copies.join(&file.artifact.file_name))?;
        }
        let offered = self.siblings.join(index.to_string());
        Ok(fs::rename(&copies, &offered).map_err(Failure::file("write", &offered))?)
    }

    /// The folders that are offered, each with the files of one package: two packages may have files of one name.
    fn siblings(&self) -> Result<Vec<PathBuf>> {
        let unreadable = || Failure::file("read", &self.siblings);
        let entries = fs::read_dir(&self.siblings).map_err(unreadable())?;
        let mut folders: Vec<PathBuf> =
            entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>().map_err(unreadable())?;
        folders.sort();
        Ok(folders)
    }

    fn keep(&self, id: &PackageId, files: Vec<BuiltFile>) -> Result<Vec<BuiltFile>> {
        match self.into {
            Destination::State(state) => store::put(state, id, files),
            Destination::Folder(out) => {
                let folder = store::folder_of(out, id);
                files.into_iter().map(|file| copy_out(&folder, file)).collect()
            }
        }
    }

    fn report(&self, index: usize, progress: Progress, detail: Option<String>) {
        let Some(version) = self.sources.version(index) else { return };
        let package = self.sources.member(index).id.clone();
        self.session.report(Event::Step { package, version, step: Step::Build, progress, detail });
    }
}

/// What files are called, for people.
fn names(files: &[BuiltFile]) -> String {
    let names: Vec<&str> = files.iter().map(|file| file.artifact.file_name.as_str()).collect();
    names.join(", ")
}

fn copy_out(out: &Path, mut file: BuiltFile) -> Result<BuiltFile> {
    let path = out.join(&file.artifact.file_name);
    durable::copy(&file.artifact.path, &path)?;
    file.artifact.path = path;
    Ok(file)
}

/// Checks the files of a package against the manifest and the pins; wheels come first in what it gives.
pub(super) fn check(
    sources: &Sources,
    index: usize,
    version: &Version,
    mut files: Vec<Inspected>,
    pinned: &Pinned,
) -> Result<Vec<BuiltFile>> {
    let member = sources.member(index);
    let workspace = sources.snapshot.discovery.workspace(member);
    let expected = Expected {
        id: &member.id,
        package: &member.package,
        version,
        requirements: pinned.requirements.get(&index).map_or(&[], Vec::as_slice),
        declared: &member.policy.artifacts,
        usual: workspace.package_manager().capabilities().artifacts,
        scheme: workspace.files().scheme(),
        dialect: workspace.files().requirements(),
        siblings: &sources.siblings(member.workspace),
        normalize: &|name| workspace.files().normalize(name),
    };
    Error::raise(faults(&expected, &files))?;
    files.sort_by(|(a, _), (b, _)| (a.kind, &a.file_name).cmp(&(b.kind, &b.file_name)));
    let built = |(artifact, identity): Inspected| BuiltFile { artifact, generator: identity.generator };
    Ok(files.into_iter().map(built).collect())
}
