//! Which tags are one release: those on one commit, and those of versions that one commit raised.

use std::collections::BTreeSet;

use releasekit_core::model::{CommitId, PackageId, RepoPath, TagName, Version};
use releasekit_core::vcs::CommitInfo;

use super::raise::{Raise, raises};
use super::then::Then;
use crate::error::Result;

/// A package that shipped.
#[derive(Debug, Clone)]
pub(super) struct Shipped {
    pub(super) id: PackageId,
    pub(super) ecosystem: String,
    pub(super) path: RepoPath,
    pub(super) version: Version,
    pub(super) tag: TagName,
    /// The commit that is tagged.
    pub(super) tagged: CommitInfo,
    /// How it came to its version.
    pub(super) raise: Raise,
}

impl Shipped {
    /// The commit that brought the version: that raised it, or is tagged.
    pub(super) fn brought_by(&self) -> &CommitInfo {
        self.raised_by().unwrap_or(&self.tagged)
    }

    fn raised_by(&self) -> Option<&CommitInfo> {
        if let Raise::By(commit) = &self.raise { Some(commit) } else { None }
    }
}

/// A release of the past; not empty.
#[derive(Debug, Clone)]
pub(super) struct PastRelease(pub(super) Vec<Shipped>);

impl PastRelease {
    /// Whether a package of it was raised by one of these commits.
    fn is_raised_by(&self, raises: &BTreeSet<CommitId>) -> bool {
        self.raised_by().any(|raise| raises.contains(&raise.id))
    }

    fn raised_by(&self) -> impl Iterator<Item = &CommitInfo> {
        self.0.iter().filter_map(Shipped::raised_by)
    }

    /// The commit to plan for a package: the last one before its version was raised. What began with the release is looked for
    /// where the release's other packages were last planned, and what stands in tags only where its tag is.
    pub(super) fn base<'a>(&'a self, shipped: &'a Shipped) -> &'a CommitId {
        let raised = match shipped.raise {
            Raise::InTags => None,
            Raise::First => self.raised_by().max_by_key(|commit| commit.time),
            Raise::By(ref commit) => Some(commit),
        };
        raised.and_then(|raise| raise.parents.first()).unwrap_or(&shipped.tagged.id)
    }

    /// The newest tagged commit.
    pub(super) fn newest(&self) -> &CommitInfo {
        let newest = self.0.iter().map(|shipped| &shipped.tagged).max_by_key(|commit| commit.time);
        newest.expect("a release has a package")
    }

    fn add(&mut self, found: Vec<Shipped>) {
        for shipped in found {
            // The newest tag of a package is what the release left behind.
            if !self.0.iter().any(|it| it.id == shipped.id) {
                self.0.push(shipped);
            }
        }
    }
}

/// The newest releases, newest first, as many as are asked for.
pub(super) async fn newest(then: &Then<'_>, count: usize) -> Result<Vec<PastRelease>> {
    let mut releases: Vec<PastRelease> = Vec::new();
    let mut seen = BTreeSet::new();
    let commits: Vec<&CommitId> = then.tags.iter().map(|it| &it.tag.commit).filter(|it| seen.insert(*it)).collect();
    for commit in commits {
        let found = shipped_at(then, commit).await?;
        if found.is_empty() {
            continue;
        }
        let raises: BTreeSet<CommitId> = found.iter().filter_map(|it| Some(it.raised_by()?.id.clone())).collect();
        match releases.iter().position(|release| release.is_raised_by(&raises)) {
            Some(at) => releases[at].add(found),
            None if releases.len() == count => break,
            None => releases.push(PastRelease(found)),
        }
    }
    then.say_unread();
    Ok(releases)
}

async fn shipped_at(then: &Then<'_>, commit: &CommitId) -> Result<Vec<Shipped>> {
    let commit = then.session.describe(commit).await?;
    let tagged = then.shipped_at(&commit).await?;
    if tagged.is_empty() {
        return Ok(Vec::new());
    }
    let packages = then.packages(&commit.id).await?;
    let versions: Vec<(usize, &Version)> = tagged.iter().map(|(index, version, _)| (*index, version)).collect();
    let raises = raises(then, &commit, &versions).await?;
    let shipped = |((index, version, tag), raise): (&(usize, Version, TagName), Raise)| {
        let member = &packages.discovery.members[*index];
        Shipped {
            id: member.id.clone(),
            ecosystem: packages.discovery.workspace(member).ecosystem.ecosystem.to_owned(),
            path: member.package.path.clone(),
            version: version.clone(),
            tag: tag.clone(),
            tagged: commit.clone(),
            raise,
        }
    };
    Ok(tagged.iter().zip(raises).map(shipped).collect())
}
