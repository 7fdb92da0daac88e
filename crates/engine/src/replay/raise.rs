//! Which commit raised a version to the one that was tagged.

use releasekit_core::VersionScheme;
use releasekit_core::model::{PackageId, RepoPath, Version};
use releasekit_core::vcs::CommitInfo;

use super::then::{Then, find};
use crate::error::Result;

/// How a package came to its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Raise {
    /// A commit raised it.
    By(CommitInfo),
    /// It is the first version that the package had.
    First,
    /// Tags say it, and no file does.
    InTags,
}

/// A package whose file has the tagged version.
#[derive(Debug)]
struct Looking<'a> {
    /// Its place in the answer.
    at: usize,
    id: &'a PackageId,
    ecosystem: &'a str,
    scheme: &'a dyn VersionScheme,
    version: &'a Version,
    file: &'a RepoPath,
    /// The file, as it was last read with this version in it.
    content: Option<Vec<u8>>,
}

/// For each of a commit's packages how it came to a version, back along the first parents.
pub(super) async fn raises(then: &Then<'_>, at: &CommitInfo, shipped: &[(usize, &Version)]) -> Result<Vec<Raise>> {
    let packages = then.packages(&at.id).await?;
    let discovery = &packages.discovery;
    let mut found = vec![Raise::InTags; shipped.len()];
    let mut looking = Vec::new();
    for (place, (index, version)) in shipped.iter().enumerate() {
        let member = &discovery.members[*index];
        let scheme = discovery.scheme(member);
        let (Some(current), Some(file)) = (&member.package.version, &member.package.version_file) else { continue };
        if scheme.compare(current, version).is_eq() {
            let ecosystem = discovery.workspace(member).ecosystem.ecosystem;
            let content = packages.tree.read(file)?;
            found[place] = Raise::First;
            looking.push(Looking { at: place, id: &member.id, ecosystem, scheme, version, file, content });
        }
    }
    let mut commit = at.clone();
    while let Some(parent) = commit.parents.first().filter(|_| !looking.is_empty()) {
        let parent = then.session.describe(parent).await?;
        let tree = then.session.vcs.tree(&parent.id).await?;
        let mut rest = Vec::new();
        for mut package in looking {
            let content = tree.read(package.file)?;
            if content == package.content {
                rest.push(package);
                continue;
            }
            package.content = content;
            match version_at(then, &parent, &package).await {
                Some(before) if package.scheme.compare(&before, package.version).is_eq() => rest.push(package),
                Some(_) => found[package.at] = Raise::By(commit.clone()),
                None => {}
            }
        }
        looking = rest;
        commit = parent;
    }
    Ok(found)
}

/// The version that a package has at another commit. What cannot be read there is none.
async fn version_at(then: &Then<'_>, commit: &CommitInfo, package: &Looking<'_>) -> Option<Version> {
    let there = then.packages(&commit.id).await.ok()?;
    let index = find(&there.discovery, package.id, package.ecosystem)?;
    there.discovery.members[index].package.version.clone()
}
