//! Stage 8: the artifacts of a release, complete, checked and on disk before anything is sent.
//!
//! They come from an earlier run, from a folder the user names, or are built in an export of the release commit, in which
//! internal requirements are pinned. Whatever their source, name, version, requirements and completeness are checked.

mod check;
mod collect;
mod lane;
mod make;
mod pins;
mod store;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use releasekit_core::PackageManager;
use releasekit_core::model::{Artifact, CommitId, PackageId, PackageName, Version};
use releasekit_core::policy::Release;
use releasekit_core::vcs::{CommitInfo, Tag};

use crate::cancel::Cancel;
use crate::discover::Member;
use crate::error::{Error, Result};
use crate::failure::Failure;
use crate::locate::ReleaseCommit;
use crate::observe::{self, Releasing};
use crate::session::{Session, Snapshot};
use crate::state::ReleaseState;
use crate::surroundings;

/// What is built, and from which commit.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The commit.
    pub commit: CommitInfo,
    /// What it holds.
    pub snapshot: Snapshot,
    /// The packages that the release publishes.
    pub releasing: Vec<Releasing>,
    /// The tags of the release, which the remote may not have yet.
    pub tags: Vec<Tag>,
}

/// A file ready to be sent, and who made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuiltFile {
    /// The file.
    pub artifact: Artifact,
    /// The build backend that made it and its version, where the file says so.
    pub generator: Option<String>,
}

/// The artifacts of a release.
#[derive(Debug, Default)]
pub struct Built {
    /// The files of each package, in the order of upload.
    pub packages: BTreeMap<PackageId, Vec<BuiltFile>>,
    /// Packages that could not be built, or whose artifacts are not what they should be.
    pub failed: BTreeMap<PackageId, Error>,
    /// Packages that were not built because another one, needed to build them, could not be.
    pub blocked: BTreeMap<PackageId, PackageId>,
}

impl BuiltFile {
    /// Fails with `Conflict` where the file on disk is not the one that was checked.
    pub(crate) fn still_as_checked(&self, package: &PackageId, manager: &dyn PackageManager) -> Result<()> {
        let checked = &self.artifact;
        let is_file = checked.path.is_file();
        let now = if is_file { manager.artifact(&checked.path)? } else { None };
        let same = |now: Artifact| now.size == checked.size && now.digests == checked.digests;
        if now.is_some_and(same) {
            return Ok(());
        }
        Err(Failure::ArtifactChanged { package: package.clone(), file: checked.file_name.clone() }.into())
    }
}

impl Sources {
    /// A release, at its commit, with its configuration there.
    pub async fn release(session: &Session, release: &ReleaseCommit) -> Result<Self> {
        let snapshot = session.release(&release.commit.id).await?;
        Self::of(release, snapshot)
    }

    /// A release whose snapshot is known.
    pub fn of(release: &ReleaseCommit, snapshot: Snapshot) -> Result<Self> {
        let releasing = observe::releasing(&snapshot, &release.manifest)?;
        let commit = release.commit.clone();
        let tags = release.tags().map(|name| Tag { name: name.clone(), commit: commit.id.clone() }).collect();
        Ok(Self { commit, snapshot, releasing, tags })
    }

    /// A commit that is no release: every package at the version of its files.
    pub async fn commit(session: &Session, commit: &CommitId) -> Result<Self> {
        let snapshot = session.release(commit).await?;
        Ok(Self { commit: session.describe(commit).await?, snapshot, releasing: Vec::new(), tags: Vec::new() })
    }

    /// The tool of a package.
    pub(crate) fn manager(&self, index: usize) -> &dyn PackageManager {
        self.snapshot.discovery.workspace(self.member(index)).ecosystem.backend.package_manager.as_ref()
    }

    fn member(&self, index: usize) -> &Member {
        &self.snapshot.discovery.members[index]
    }

    /// The version that a package has in this build: the manifest's, else that of its files.
    fn version(&self, index: usize) -> Option<Version> {
        let moving = self.releasing.iter().find(|package| package.member == index);
        moving.map(|package| package.version.clone()).or_else(|| self.member(index).package.version.clone())
    }

    /// The versions of all publishable packages of a workspace.
    fn versions(&self, workspace: usize) -> Vec<(PackageName, Version)> {
        let members = self.snapshot.discovery.members.iter().enumerate();
        let publishable =
            members.filter(|(_, member)| member.workspace == workspace && member.release == Release::Publish);
        publishable.filter_map(|(index, member)| Some((member.package.name.clone(), self.version(index)?))).collect()
    }
}

impl Built {
    /// Itself where nothing failed, else all failures together.
    pub fn complete(self) -> Result<Self> {
        match Error::together(self.failed.into_values().collect()) {
            Some(error) => Err(error),
            None => Ok(Self { failed: BTreeMap::new(), ..Self::default() }.with(self.packages)),
        }
    }

    /// Takes out packages of which a file has been changed since it was checked, as the build of another one can.
    fn drop_changed(&mut self, sources: &Sources) {
        for package in &sources.releasing {
            let manager = sources.manager(package.member);
            let files = self.packages.get(&package.id).map(Vec::as_slice).unwrap_or_default();
            if let Err(error) = files.iter().try_for_each(|file| file.still_as_checked(&package.id, manager)) {
                self.packages.remove(&package.id);
                self.failed.insert(package.id.clone(), error);
            }
        }
    }

    fn with(mut self, packages: BTreeMap<PackageId, Vec<BuiltFile>>) -> Self {
        self.packages.extend(packages);
        self
    }
}

/// Brings the artifacts of the wanted packages to disk.
///
/// What an earlier run left there and is unchanged is taken as it is. The rest is built, or with `folder` taken from
/// there: then no code of the repository runs, the set must be complete, and any fault is an error. Packages that fail to
/// build are in the result, and those that do not need them are built all the same.
pub async fn obtain(
    session: &Session,
    sources: &Sources,
    wanted: &BTreeSet<PackageId>,
    folder: Option<&Path>,
    state: &ReleaseState,
    cancel: &Cancel,
) -> Result<Built> {
    if let Some(folder) = folder {
        let pinned = pins::pin(sources).await?;
        let packages = collect::collect(session, sources, wanted, folder, &pinned)?;
        return Ok(Built::default().with(store::put_all(state, sources, packages)?));
    }
    let stored = store::load(session, sources, state)?;
    let missing: Vec<usize> = sources
        .releasing
        .iter()
        .filter(|package| wanted.contains(&package.id) && !stored.contains_key(&package.id))
        .map(|package| package.member)
        .collect();
    let mut built = Built::default();
    if !missing.is_empty() {
        let into = make::Destination::State(state);
        let make = make::make(session, sources, &missing, &stored, &into, cancel);
        built = surroundings::unchanged_by(session, make).await?;
    }
    built = built.with(stored);
    built.drop_changed(sources);
    store::save(state, sources, &built.packages)?;
    built.packages.retain(|id, _| wanted.contains(id));
    Ok(built)
}

/// Builds single packages into a folder, with what is needed to build them. Gives the files.
pub async fn build_into(
    session: &Session,
    sources: &Sources,
    packages: &[usize],
    out: &Path,
    cancel: &Cancel,
) -> Result<Vec<PathBuf>> {
    for index in packages {
        if sources.version(*index).is_none() {
            let member = sources.member(*index);
            return Err(Error::VersionMissing { package: member.id.clone(), file: member.package.manifest.clone() });
        }
    }
    let into = make::Destination::Folder(out);
    let stored = BTreeMap::new();
    let make = make::make(session, sources, packages, &stored, &into, cancel);
    let built = surroundings::unchanged_by(session, make).await?.complete()?;
    Ok(built.packages.into_values().flatten().map(|file| file.artifact.path).collect())
}

fn incomplete(id: &PackageId, version: &Version, what: String) -> Error {
    Failure::Incomplete { package: id.clone(), version: version.clone(), what }.into()
}
