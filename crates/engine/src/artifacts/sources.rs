//! What is built, and from which commit.

use releasekit_core::PackageManager;
use releasekit_core::model::{CommitId, PackageName, Version};
use releasekit_core::policy::Release;
use releasekit_core::vcs::{CommitInfo, Tag};

use crate::discover::Member;
use crate::error::Result;
use crate::locate::ReleaseCommit;
use crate::observe::{self, Releasing};
use crate::session::{Session, Snapshot};

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
        self.snapshot.discovery.tool(self.member(index))
    }

    pub(super) fn member(&self, index: usize) -> &Member {
        &self.snapshot.discovery.members[index]
    }

    /// The version that a package has in this build: the manifest's, else that of its files.
    pub(super) fn version(&self, index: usize) -> Option<Version> {
        let moving = self.releasing.iter().find(|package| package.member == index);
        moving.map(|package| package.version.clone()).or_else(|| self.member(index).package.version.clone())
    }

    /// The versions of all publishable packages of a workspace.
    pub(super) fn versions(&self, workspace: usize) -> Vec<(PackageName, Version)> {
        let members = self.snapshot.discovery.members.iter().enumerate();
        let publishable =
            members.filter(|(_, member)| member.workspace == workspace && member.release == Release::Publish);
        publishable.filter_map(|(index, member)| Some((member.package.name.clone(), self.version(index)?))).collect()
    }
}
