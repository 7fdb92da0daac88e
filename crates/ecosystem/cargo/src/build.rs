//! Builds: all crates that come together are packed by one run of cargo, which builds each from what was packed.
//!
//! A crate's bytes depend on those that come with it, for its lockfile records their checksums. So cargo is told all that it
//! needs of the release, and takes the rest from its registry; `--workspace` would pack what is published already, and record
//! checksums that no registry has. Packing runs no code, so it is done by itself first: what was packed then has to come out
//! again, byte by byte, of the run that also builds.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use releasekit_core::ecosystem::BackendContext;
use releasekit_core::model::{Artifact, RepoPath};
use releasekit_core::package_manager::BuildRequest;
use releasekit_core::{Diagnostic, Result};
use releasekit_process::{Error as ProcessError, Output};

use crate::beside::{Beside, ProcessOrOwn, ToCome};
use crate::config::{LOCKFILE, MANIFEST};
use crate::crate_file;
use crate::environment;
use crate::error::Error;
use crate::metadata::{Member, Metadata};
use crate::replaced;
use crate::tool::{Bench, help};
use crate::uncircled::Uncircled;

/// The folder in which cargo leaves crates, in the one for what it builds.
pub(crate) const PACKED: &str = "package";

/// How cargo says that it cannot pack what comes together over what stands in the place of crates.io.
const NO_REGISTRY: &str = "non-remote-registry source";

/// Packs the packages of these requests, which are of one workspace in one export, and what they need of the siblings. All
/// of them come out, in the order of the requests, or none.
pub(crate) async fn build(context: &BackendContext, requests: &[BuildRequest]) -> Result<Vec<Artifact>> {
    let Some(first) = requests.first() else { return Ok(Vec::new()) };
    let root = first.package.home_in(&first.root);
    // What cargo says of the workspace begins with the folder's real name.
    let folder = root.on_disk(&first.folder);
    let folder = folder.canonicalize().map_err(Error::folder(folder))?;
    let bench = Bench {
        context,
        folder: &folder,
        workplace: first.workplace.as_ref(),
        offline: false,
        timeout: requests.iter().map(|request| request.timeout).sum(),
    };
    let metadata = Metadata::of(&bench, root).await?;
    let mut artifacts: BTreeMap<usize, Artifact> = BTreeMap::new();
    for places in in_order(&metadata, requests, by_registries(&metadata, requests)) {
        let before = artifacts.iter().map(|(place, artifact)| (name_of(&requests[*place]), artifact.clone())).collect();
        let requests: Vec<&BuildRequest> = places.iter().map(|place| &requests[*place]).collect();
        let packing = Packing { bench, root, requests: &requests, metadata: &metadata, before };
        artifacts.extend(places.into_iter().zip(packing.pack().await?));
    }
    Ok(artifacts.into_values().collect())
}

fn name_of(request: &BuildRequest) -> String {
    request.package.name.to_string()
}

/// Groups of requests, each after those that its crates need.
fn in_order(metadata: &Metadata, requests: &[BuildRequest], mut groups: Vec<Vec<usize>>) -> Vec<Vec<usize>> {
    let names = |group: &[usize]| group.iter().map(|place| name_of(&requests[*place])).collect::<BTreeSet<_>>();
    let needs = |group: &[usize]| {
        let members = group.iter().filter_map(|place| metadata.find(requests[*place].package.name.as_str()));
        metadata.closure(members).into_iter().map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let mut ordered = Vec::new();
    while !groups.is_empty() {
        let is_free = |group: &Vec<usize>| {
            let needed = needs(group);
            groups.iter().all(|other| other == group || names(other).is_disjoint(&needed))
        };
        // Where registries need each other in a circle none is first, and cargo says what is missing.
        let next = groups.iter().position(is_free).unwrap_or(0);
        ordered.push(groups.remove(next));
    }
    ordered
}

/// The places of requests whose crates go to the same registries: cargo packs no others in one run.
fn by_registries(metadata: &Metadata, requests: &[BuildRequest]) -> Vec<Vec<usize>> {
    let mut places: BTreeMap<Option<&Vec<String>>, Vec<usize>> = BTreeMap::new();
    for (place, request) in requests.iter().enumerate() {
        let member = metadata.find(request.package.name.as_str());
        places.entry(member.and_then(|member| member.publish.as_ref())).or_default().push(place);
    }
    places.into_values().collect()
}

/// Crates that are packed together.
struct Packing<'a> {
    bench: Bench<'a>,
    root: &'a RepoPath,
    requests: &'a [&'a BuildRequest],
    metadata: &'a Metadata,
    /// What was packed before of these requests, for other registries.
    before: BTreeMap<String, Artifact>,
}

impl Packing<'_> {
    async fn pack(&self) -> Result<Vec<Artifact>> {
        let wanted = self.wanted(|_| true)?;
        let (offered, to_come) = self.apart(&wanted, self.offered()?);
        let together = self.together(&wanted, &offered);
        let members = together.iter().filter_map(|name| self.metadata.find(name));
        let manifest = self.bench.folder.join(MANIFEST);
        let uncircled = Uncircled::write(self.metadata, members, &manifest)?;
        let untracked = self.without_lockfile();
        let beside = self.beside(&to_come).await?;
        self.run(&together, (&uncircled, &beside), false).await?;
        self.compare(&together, &offered)?;
        self.require_clean(&together, &uncircled)?;
        let artifacts = self.take(&wanted)?;
        let built = self.wanted(|request| request.verify)?;
        if !built.is_empty() {
            self.run(&self.together(&built, &offered), (&uncircled, &beside), true).await?;
            self.require_unchanged(&artifacts)?;
        }
        drop(untracked);
        Ok(artifacts)
    }

    /// The crates of siblings, by their names: those of them that are of this workspace.
    fn offered(&self) -> Result<BTreeMap<String, Artifact>> {
        let mut found = self.before.clone();
        for folder in self.requests.iter().flat_map(|request| &request.siblings) {
            for entry in fs::read_dir(folder).map_err(Error::folder(folder))? {
                let path = entry.map_err(Error::folder(folder))?.path();
                let Some(artifact) = crate_file::artifact(&path)? else { continue };
                let member = self.metadata.members().find(|member| member.file_name() == artifact.file_name);
                found.extend(member.map(|member| (member.name.clone(), artifact)));
            }
        }
        Ok(found)
    }

    /// Tells crates that come to the same registries from those that come to others, of which only what is needed counts.
    fn apart(&self, wanted: &[&Member], offered: BTreeMap<String, Artifact>) -> (BTreeMap<String, Artifact>, ToCome) {
        let registries = |name: &str| self.metadata.find(name).map(|member| &member.publish);
        let own = wanted.first().map(|member| &member.publish);
        let (offered, others): (BTreeMap<_, _>, BTreeMap<_, _>) =
            offered.into_iter().partition(|(name, _)| registries(name) == own);
        let mut to_come: BTreeMap<Option<String>, BTreeMap<String, Artifact>> = BTreeMap::new();
        for member in
            self.metadata.closure(wanted.iter().copied()).into_iter().filter_map(|name| self.metadata.find(name))
        {
            for need in member.dependencies.iter().filter(|need| need.is_published()) {
                let Some(artifact) = self.metadata.taken(need).and_then(|other| others.get(&other.name)) else {
                    continue;
                };
                to_come.entry(need.registry.clone()).or_default().insert(artifact.file_name.clone(), artifact.clone());
            }
        }
        (offered, to_come.into_iter().map(|(index, crates)| (index, crates.into_values().collect())).collect())
    }

    async fn beside(&self, to_come: &ToCome) -> Result<Beside> {
        let request = self.requests[0];
        let environment =
            environment::building(&self.bench.context.environment, &request.environment, &self.bench.target());
        let laid_out = Beside::lay_out(self.bench, &environment, to_come).await;
        laid_out.map_err(|error| match error {
            ProcessOrOwn::Process(error @ ProcessError::NotFound { .. }) => help(error),
            ProcessOrOwn::Process(source) => self.failed(source).into(),
            ProcessOrOwn::Own(error) => error.into(),
        })
    }

    /// The members that are asked for, in the order of the requests.
    fn wanted(&self, which: impl Fn(&BuildRequest) -> bool) -> Result<Vec<&Member>> {
        let requests = self.requests.iter().copied().filter(|request| which(request));
        requests.map(|request| self.metadata.member(&request.package.name, self.root)).collect()
    }

    /// What is packed at once: what is asked for, and what that needs of all that is to come.
    fn together(&self, wanted: &[&Member], offered: &BTreeMap<String, Artifact>) -> Vec<String> {
        let asked: BTreeSet<&str> = self.requests.iter().map(|request| request.package.name.as_str()).collect();
        let closure = self.metadata.closure(wanted.iter().copied());
        let to_come = closure.into_iter().filter(|name| asked.contains(name) || offered.contains_key(*name));
        to_come.map(str::to_owned).collect()
    }

    async fn run(&self, packages: &[String], (uncircled, beside): (&Uncircled, &Beside), builds: bool) -> Result<()> {
        let mut args = vec!["package"];
        args.extend(beside.options.iter().map(String::as_str));
        args.extend(packages.iter().flat_map(|name| ["--package", name.as_str()]));
        if self.bench.folder.join(LOCKFILE).exists() {
            args.push("--locked");
        }
        if !uncircled.is_empty() {
            args.push("--allow-dirty");
        }
        if !builds {
            args.push("--no-verify");
        }
        let request = self.requests[0];
        let laid_over = self.laid_over(packages);
        args.extend(laid_over.iter().map(String::as_str));
        let environment =
            environment::building(&self.bench.context.environment, &request.environment, &self.bench.target());
        let environment = environment.with("SOURCE_DATE_EPOCH", request.epoch.to_string());
        let ended = self.bench.run(environment, &args).await.and_then(Output::succeeded);
        ended.map_err(|error| match error {
            ProcessError::NotFound { .. } => help(error),
            source => self.failed(source).into(),
        })
    }

    /// What it means that cargo could not pack.
    fn failed(&self, source: ProcessError) -> Error {
        let packages = self.requests.iter().map(|request| request.package.name.clone()).collect();
        let folder = replaced::by_folder(self.bench.folder, &self.bench.context.environment);
        let is_refused = source.output().is_some_and(|output| output.contains(NO_REGISTRY));
        let source = Box::new(source);
        match folder.filter(|_| is_refused) {
            Some(folder) => Error::Vendored { packages, folder, source },
            None => Error::Build { packages, manifest: self.requests[0].package.manifest.clone(), source },
        }
    }

    /// Which registry they are laid over; cargo knows by itself where package files name one.
    fn laid_over(&self, packages: &[String]) -> Vec<String> {
        if self.packed_members(packages).any(|member| member.publish.is_some()) {
            return Vec::new();
        }
        replaced::options(self.bench.folder, &self.bench.context.environment)
    }

    /// Where cargo has left the crate of a member.
    fn packed(&self, member: &Member) -> PathBuf {
        self.bench.target().join(PACKED).join(member.file_name())
    }

    fn packed_members<'a>(&'a self, names: &'a [String]) -> impl Iterator<Item = &'a Member> {
        names.iter().filter_map(|name| self.metadata.find(name))
    }

    /// What was built before has to come out again: what is packed now records its checksum.
    fn compare(&self, together: &[String], offered: &BTreeMap<String, Artifact>) -> Result<()> {
        for member in self.packed_members(together) {
            let Some(before) = offered.get(&member.name) else { continue };
            let now = crate_file::artifact(&self.packed(member))?;
            if now.is_none_or(|now| now.digests != before.digests) {
                return Err(Error::Changed { file: before.file_name.clone() }.into());
            }
        }
        Ok(())
    }

    /// cargo looks for itself, unless it was told that a package file was changed.
    fn require_clean(&self, together: &[String], uncircled: &Uncircled) -> Result<()> {
        if uncircled.is_empty() {
            return Ok(());
        }
        let others = self.packed_members(together).filter(|member| !uncircled.has(&member.manifest_path));
        for member in others {
            if crate_file::read(&self.packed(member))?.is_dirty {
                let below = member.folder().strip_prefix(self.bench.folder).ok().and_then(Path::to_str);
                let manifest = below.and_then(|below| self.root.join(below).ok()).and_then(|at| at.join(MANIFEST).ok());
                let package = releasekit_core::model::PackageName::new(member.name.clone());
                return Err(Error::Dirty { package, manifest: manifest.unwrap_or_default() }.into());
            }
        }
        Ok(())
    }

    /// Takes what is asked for to where it is asked for, before any code runs that could change it there.
    fn take(&self, wanted: &[&Member]) -> Result<Vec<Artifact>> {
        let mut artifacts = Vec::new();
        for (member, request) in wanted.iter().zip(self.requests) {
            let (from, to) = (self.packed(member), request.out.join(member.file_name()));
            fs::copy(&from, &to).map_err(Error::folder(&from))?;
            artifacts.extend(crate_file::artifact(&to)?);
        }
        Ok(artifacts)
    }

    /// The run that builds packs once more, and what it builds could write to what was packed.
    fn require_unchanged(&self, artifacts: &[Artifact]) -> Result<()> {
        for artifact in artifacts {
            let again = self.bench.target().join(PACKED).join(&artifact.file_name);
            let is_same = |path: &Path| {
                let now = crate_file::artifact(path)?;
                Ok::<_, releasekit_core::BackendError>(now.is_some_and(|now| now.digests == artifact.digests))
            };
            if !is_same(&artifact.path)? || (again.exists() && !is_same(&again)?) {
                return Err(Error::Changed { file: artifact.file_name.clone() }.into());
            }
        }
        Ok(())
    }

    /// A lockfile that cargo makes where none was goes again: the export has none, and what is next packed in it would.
    fn without_lockfile(&self) -> Option<Absent> {
        let lockfile = self.bench.folder.join(LOCKFILE);
        (!lockfile.exists()).then(|| Absent(lockfile))
    }
}

/// A file that is not there, and will not be in the end.
struct Absent(PathBuf);

impl Drop for Absent {
    fn drop(&mut self) {
        // It need not have been made.
        let _ = fs::remove_file(&self.0);
    }
}
