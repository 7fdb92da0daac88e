//! A tool that locks, checks, builds, uploads and installs packages of text.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use async_trait::async_trait;
use releasekit_core::model::{Artifact, ArtifactKind, Digest, Identity, Member, Package, PackageName, Target, Version};
use releasekit_core::package_manager::{
    BuildRequest, CheckRequest, Finding, Installable, LockRequest, PackageManagerCapabilities, Reply, ResolveRequest,
    Resolved, Route, SmokeRequest, ToolInfo, UploadRequest,
};
use releasekit_core::{BackendError, ErrorKind, FileEdit, PackageManager, Requirements, Result};

use super::builds::Builds;
use super::error::{demand, fault, invalid, lock};
use super::index::{Index, key};
use super::lines::{PACKAGE_FILE, name, required, values};
use super::requirements::MemoryRequirements;
use super::{build, locks, upload};
use crate::sha256;

/// A tool whose registry is an [`Index`], and which does as [`Builds`] says.
#[derive(Debug, Clone, Default)]
pub struct MemoryPackageManager {
    index: Arc<Mutex<Index>>,
    builds: Arc<Mutex<Builds>>,
}

impl MemoryPackageManager {
    /// A tool of this registry.
    pub fn new(index: Arc<Mutex<Index>>, builds: Arc<Mutex<Builds>>) -> Self {
        Self { index, builds }
    }

    fn index(&self) -> MutexGuard<'_, Index> {
        lock(&self.index)
    }

    fn builds(&self) -> MutexGuard<'_, Builds> {
        lock(&self.builds)
    }

    fn able(&self, is_able: bool, what: &str) -> Result<()> {
        if is_able { Ok(()) } else { Err(BackendError::unsupported(what)) }
    }
}

fn unreadable(error: std::io::Error) -> BackendError {
    invalid(error.to_string())
}

#[async_trait]
impl PackageManager for MemoryPackageManager {
    fn capabilities(&self) -> PackageManagerCapabilities {
        let builds = self.builds();
        let mut capabilities = PackageManagerCapabilities::new(builds.route.unwrap_or(Route::Files));
        capabilities.checks = builds.checks;
        capabilities.lockfile = builds.locks;
        capabilities.builds_together = builds.builds_together;
        (capabilities.resolves, capabilities.smoke_test) = (!builds.only_builds, !builds.only_builds);
        capabilities.retry_after = self.index().says_delays;
        capabilities.artifacts = &[ArtifactKind::Binary, ArtifactKind::Source];
        capabilities
    }

    fn trusted_files(&self) -> Vec<PathBuf> {
        vec![self.builds().login.clone()]
    }

    async fn tool(&self) -> Result<ToolInfo> {
        if self.builds().outdated {
            return Err(fault(ErrorKind::ToolMissing));
        }
        Ok(ToolInfo::new("memory", "1.0.0", "1.0.0"))
    }

    async fn check(&self, request: &CheckRequest) -> Result<Vec<Finding>> {
        self.able(self.builds().checks, "a check")?;
        locks::findings(request)
    }

    async fn fix(&self, request: &CheckRequest) -> Result<Vec<FileEdit>> {
        self.able(self.builds().checks, "a fix")?;
        locks::fix(request)
    }

    async fn refresh_locks(&self, request: &LockRequest) -> Result<Vec<FileEdit>> {
        self.able(self.builds().locks, "a lockfile")?;
        let refreshed = request.roots.iter().map(|root| locks::refresh(&request.folder, root, &request.moves));
        Ok(refreshed.collect::<Result<Vec<_>>>()?.concat())
    }

    async fn build(&self, request: &BuildRequest) -> Result<Vec<Artifact>> {
        demand(build::names_in(&request.out).is_empty(), "a build begins with an empty folder")?;
        if build::begin(&mut self.builds(), request) {
            tokio::time::sleep(std::time::Duration::from_secs(60)).await;
        }
        build::build(&mut self.builds(), request)?;
        let files = build::names_in(&request.out).into_iter().map(|file| self.artifact(&request.out.join(file)));
        let mut artifacts: Vec<Artifact> = files.filter_map(Result::transpose).collect::<Result<_>>()?;
        artifacts.sort_by_key(|artifact| artifact.kind);
        Ok(artifacts)
    }

    async fn build_together(&self, requests: &[BuildRequest]) -> Result<Vec<Vec<Artifact>>> {
        self.able(self.builds().builds_together, "a build of several packages")?;
        let names = requests.iter().map(|request| request.package.name.to_string()).collect();
        self.builds().together.push(names);
        let mut built = Vec::new();
        for request in requests {
            built.push(self.build(request).await?);
        }
        Ok(built)
    }

    fn inspect(&self, file: &Path) -> Result<Identity> {
        let text = fs::read_to_string(file).map_err(unreadable)?;
        let (Some(name), Some(version), Some(_)) =
            (values(&text, "name").last(), values(&text, "version").last(), values(&text, "stamp").next())
        else {
            return Err(invalid("it is no artifact"));
        };
        let mut identity = Identity::new(PackageName::new(name), Version::from_canonical(version));
        identity.requirements = values(&text, "requires").map(required).collect();
        identity.platform = values(&text, "platform").next().map(str::to_owned);
        identity.generator = values(&text, "generator").next().map(str::to_owned);
        let content = text.lines().filter(|line| !line.starts_with("stamp") && !line.starts_with("generator"));
        let member = |line: &str| Member { path: line.to_owned(), executable: false, digest: String::new() };
        identity.members = content.map(member).collect();
        identity.members.sort();
        Ok(identity)
    }

    fn artifact(&self, file: &Path) -> Result<Option<Artifact>> {
        let on_disk = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // As npm packs `scope-x-1.0.0.tgz` and lists `x-1.0.0.tgz`.
        let name = on_disk.strip_prefix("scope-").unwrap_or(&on_disk).to_owned();
        let kind = match name.rsplit('.').next() {
            Some("bin") => ArtifactKind::Binary,
            Some("src") => ArtifactKind::Source,
            _ => return Ok(None),
        };
        let bytes = fs::read(file).map_err(unreadable)?;
        let digests = vec![Digest::sha256(sha256(&bytes))];
        let artifact = Artifact::new(file.to_owned(), name.clone(), kind, bytes.len() as u64, digests);
        Ok(Some(if name.contains("-docs") { artifact.with_classifier("docs") } else { artifact }))
    }

    fn published_name(&self, package: &Package, _version: &Version) -> PackageName {
        let known = self.builds().published.get(package.name.as_str()).cloned();
        known.map_or_else(|| package.name.clone(), PackageName::new)
    }

    fn check_readable(&self, artifact: &Artifact, _target: &Target) -> Result<()> {
        let name = self.inspect(&artifact.path)?.name;
        if self.builds().unreadable.iter().any(|it| it == name.as_str()) {
            Err(fault(ErrorKind::Unauthenticated))
        } else {
            Ok(())
        }
    }

    async fn upload(&self, request: &UploadRequest) -> Reply {
        let made_again = request.source.as_ref().filter(|_| self.index().is_the_tools_alone);
        match (self.capabilities().route, made_again) {
            (Route::Files, _) => {}
            (Route::Api, Some(source)) => {
                let file = source.package.path.on_disk(&source.folder).join(PACKAGE_FILE);
                if let Err(error) = demand(file.exists(), "a file is made again from what it was built from") {
                    return Reply::Refused(error);
                }
            }
            _ => return Reply::Refused(BackendError::unsupported("an upload by the tool")),
        }
        upload::send(&self.index, &self.builds, request).await
    }

    async fn resolve(&self, request: &ResolveRequest) -> Result<Resolved> {
        self.able(!self.builds().only_builds, "a resolution")?;
        choose(&mut self.index(), request)
    }

    async fn smoke_test(&self, request: &SmokeRequest) -> Result<()> {
        self.able(!self.builds().only_builds, "an install")?;
        demand(build::names_in(&request.folder).is_empty(), "an install begins with an empty folder")?;
        // Not all alike, so that one ends while others go on.
        let share = request.package.as_str().bytes().map(u32::from).sum::<u32>() % 3 + 1;
        for _ in 0..2 {
            demand(self.index().at_once == 0, "no package's code runs beside an upload's credential")?;
            let pace = self.index().pace;
            tokio::time::sleep(pace * share).await;
        }
        let mut index = self.index();
        install(&index, request)?;
        index.smoked += 1;
        self.builds().tamper(&format!("smoke {}", request.package)).map_err(unreadable)
    }
}

/// Installs one of the files that are live, where all that it requires is live too.
fn install(index: &Index, request: &SmokeRequest) -> Result<()> {
    let live = index.listed(&request.package, &request.version).next();
    let (file, stored) = live.ok_or_else(|| fault(ErrorKind::ToolFailed))?;
    let text = String::from_utf8_lossy(&stored.bytes).into_owned();
    let is_there = |name: &str| {
        index.files.keys().any(|key| key.strip_prefix(name).is_some_and(|rest| rest.starts_with(['-', '/'])))
    };
    if let Some(missing) = values(&text, "requires").find(|requirement| !is_there(name(requirement))) {
        return Err(fault(ErrorKind::ToolFailed).with_output(format!("nothing meets `{missing}`")));
    }
    fs::create_dir_all(&request.folder).map_err(unreadable)?;
    fs::write(request.folder.join(file.replace('/', "-")), text).map_err(unreadable)
}

/// Whether what is live of a package requires another version of one that is asked for beside it. What another dialect says is
/// passed over.
fn contradicts(index: &Index, request: &ResolveRequest, one: &Installable) -> bool {
    let bytes = index.listed(&one.name, &one.version).next().map(|(_, stored)| stored.bytes.as_slice());
    let text = String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
    values(&text, "requires").any(|requirement| {
        let beside = request.packages.iter().find(|other| other.name.as_str() == name(requirement));
        beside
            .is_some_and(|other| MemoryRequirements.satisfies(requirement, &other.version).is_ok_and(|admits| !admits))
    })
}

/// Chooses what is live, unless it is not to be seen yet.
fn choose(index: &mut Index, request: &ResolveRequest) -> Result<Resolved> {
    index.resolutions.push(request.packages.clone());
    if !index.unasked.is_empty() {
        return Err(fault(index.unasked.remove(0)));
    }
    let mut missing = Vec::new();
    for one in &request.packages {
        let lacks = one.files.iter().any(|file| index.bytes(&key(&one.name, file)).is_none());
        let is_live =
            !lacks && index.listed(&one.name, &one.version).next().is_some() && !contradicts(index, request, one);
        let unseen = index.unseen.entry(one.name.to_string()).or_default();
        if *unseen > 0 || !is_live {
            *unseen = unseen.saturating_sub(1);
            missing.push(one.name.clone());
        }
    }
    Ok(match missing.is_empty() {
        true => Resolved::Chosen,
        false => Resolved::NotChosen { packages: missing, why: "there is no version of it".to_owned() },
    })
}
