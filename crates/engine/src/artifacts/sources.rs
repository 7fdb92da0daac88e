//! What is built, and from which commit.

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::PackageManager;
use releasekit_core::event::Event;
use releasekit_core::model::{CommitId, PackageId, PackageName, TagName, Version};
use releasekit_core::policy::Participation;
use releasekit_core::vcs::{CommitInfo, Tag};

use crate::discover::Member;
use crate::error::Result;
use crate::history;
use crate::locate::ReleaseCommit;
use crate::manifest;
use crate::naming::{Naming, TagIndex};
use crate::observe::{self, Inquiry, Releasing, Tagged};
use crate::session::{Policies, Session, Snapshot};

/// What is built, and from which commit.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The commit.
    pub commit: CommitInfo,
    /// What tells the release from others that the commit brought; `None` where it is of all packages, or none.
    pub run: Option<String>,
    /// What it holds.
    pub snapshot: Snapshot,
    /// The version that every package has there, by its index in the discovery.
    pub present: Vec<Option<Version>>,
    /// The packages that the release publishes.
    pub releasing: Vec<Releasing>,
    /// The tags of the release, which the remote may not have yet.
    pub tags: Vec<Tag>,
    /// The tag of each package that the release tags.
    own_tags: BTreeMap<usize, TagName>,
}

impl Sources {
    /// A release, at its commit, with its configuration there.
    pub async fn of_release(session: &Session, release: &ReleaseCommit) -> Result<Self> {
        let snapshot = session.snapshot_at(&release.commit.id, Policies::Committed).await?;
        Self::with_snapshot(session, release, snapshot).await
    }

    /// A release whose snapshot is known.
    pub(crate) async fn with_snapshot(session: &Session, release: &ReleaseCommit, snapshot: Snapshot) -> Result<Self> {
        let releasing = observe::releasing(&snapshot, &release.manifest)?;
        report_labels(session, releasing.iter().map(|package| &package.id));
        let commit = release.commit.clone();
        let tags = release.tags().map(|name| Tag::new(name.clone(), commit.id.clone())).collect();
        let present = history::present_versions(session, &snapshot, &commit.id).await?;
        let rows = release.manifest.packages.iter();
        let own_tags =
            rows.filter_map(|row| Some((snapshot.discovery.index_of(&row.id())?, row.tag.clone()?))).collect();
        let run = manifest::slug(&release.manifest.options.group);
        Ok(Self { commit, run, snapshot, present, releasing, tags, own_tags })
    }

    /// A commit that is no release: every package at the version that it has there.
    pub async fn of_commit(session: &Session, commit: &CommitId) -> Result<Self> {
        let snapshot = session.snapshot_at(commit, Policies::Committed).await?;
        report_labels(session, snapshot.discovery.members.iter().map(|member| &member.id));
        let present = history::present_versions(session, &snapshot, commit).await?;
        let commit = session.describe(commit).await?;
        let (run, releasing, tags, own_tags) = (None, Vec::new(), Vec::new(), BTreeMap::new());
        Ok(Self { commit, run, snapshot, present, releasing, tags, own_tags })
    }

    /// What registries are asked about it.
    pub(crate) fn inquiry(&self, tagged: Tagged) -> Inquiry<'_> {
        Inquiry { snapshot: &self.snapshot, present: &self.present, releasing: &self.releasing, tagged }
    }

    /// The tool of a package.
    pub(crate) fn manager(&self, index: usize) -> &dyn PackageManager {
        self.snapshot.discovery.package_manager(self.member(index))
    }

    pub(super) fn member(&self, index: usize) -> &Member {
        &self.snapshot.discovery.members[index]
    }

    /// The version that a package has in this build: the manifest's, else the one it has at the commit.
    pub(super) fn version(&self, index: usize) -> Option<Version> {
        let moving = self.releasing.iter().find(|package| package.member == index);
        moving.map(|package| package.version.clone()).or_else(|| self.present[index].clone())
    }

    /// Whether a package is not at its registry yet: the release brings it. Of a commit that is no release, nothing is known.
    pub(super) fn is_to_come(&self, index: usize) -> bool {
        self.releasing.is_empty() || self.releasing.iter().any(|package| package.member == index)
    }

    /// The versions of all publishable packages of a workspace.
    pub(super) fn versions(&self, workspace: usize) -> Vec<(PackageName, Version)> {
        let members = self.snapshot.discovery.members.iter().enumerate();
        let publishable =
            members.filter(|(_, member)| member.workspace == workspace && member.release == Participation::Publish);
        publishable.filter_map(|(index, member)| Some((member.package.name.clone(), self.version(index)?))).collect()
    }

    /// All packages of a workspace by their names in normal form, published ones with their versions.
    pub(super) fn siblings(&self, workspace: usize) -> BTreeMap<String, Option<Version>> {
        let files = self.snapshot.discovery.workspaces[workspace].files();
        let members = self.snapshot.discovery.members.iter().enumerate();
        let own = members.filter(|(_, member)| member.workspace == workspace);
        let version =
            |index: usize, member: &Member| self.version(index).filter(|_| member.release == Participation::Publish);
        own.map(|(index, member)| (files.normalize(member.package.name.as_str()), version(index, member))).collect()
    }

    /// The tag by which a build learns the version of a package whose version stands in tags only; `None` for any other.
    pub(super) async fn telling_tag(&self, session: &Session, index: usize) -> Result<Option<TagName>> {
        if !self.member(index).package.is_in_tags() {
            return Ok(None);
        }
        if let Some(tag) = self.own_tags.get(&index) {
            return Ok(Some(tag.clone()));
        }
        let names: Vec<TagName> = session.vcs.tags().await?.into_iter().map(|tag| tag.name).collect();
        let discovery = &self.snapshot.discovery;
        let naming = Naming::resolve(discovery, &self.snapshot.policy, &TagIndex::new(&names))?;
        Ok(self.version(index).map(|version| naming.tag(discovery, index, &version)))
    }
}

/// Says how packages have to be told apart in what follows.
fn report_labels<'a>(session: &Session, packages: impl Iterator<Item = &'a PackageId>) {
    let labels: BTreeSet<_> = packages.map(|id| &id.label).collect();
    session.report(Event::Labels(labels.len()));
}
