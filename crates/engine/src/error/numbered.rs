//! What tags say of versions that a plan cannot go by, of all packages that have the same cause.

use releasekit_core::model::{CommitId, PackageId, RepoPath, TagName, Version};

use crate::words::few;

/// A package whose version lies below its last tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Behind {
    /// Which.
    pub package: PackageId,
    /// Its version.
    pub current: Version,
    /// Where it stands.
    pub file: RepoPath,
    /// The tag above it.
    pub tag: TagName,
}

/// A package whose next version has a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// Which.
    pub package: PackageId,
    /// Its next version.
    pub next: Version,
    /// The tag.
    pub tag: TagName,
}

/// A package whose prereleases are numbered by dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Uncountable {
    /// Which.
    pub package: PackageId,
    /// Its version.
    pub version: Version,
}

/// A package whose commits ask for a version that is not above the one it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedBehind {
    /// Which.
    pub package: PackageId,
    /// The version that is asked for.
    pub asked: Version,
    /// The one that it has.
    pub present: Version,
    /// The commit that asks.
    pub commit: CommitId,
}

pub(super) fn asked_behind(packages: &[AskedBehind]) -> String {
    if let [AskedBehind { package, asked, present, commit }] = packages {
        return format!("{} asks for {asked} of `{package}`, which is at {present} already", commit.short());
    }
    let said = packages.iter().map(|one| format!("`{}` {} ({})", one.package, one.asked, one.present));
    format!("commits ask for versions that {} packages have passed: {}", packages.len(), few(said))
}

pub(super) fn uncountable(packages: &[Uncountable]) -> String {
    if let [Uncountable { package, version }] = packages {
        return format!("`{package}` would move from {version}, and a date is not counted");
    }
    let said = packages.iter().map(|one| format!("`{}` {}", one.package, one.version));
    format!("{} packages would move from versions with dates, which are not counted: {}", packages.len(), few(said))
}

pub(super) fn behind(packages: &[Behind]) -> String {
    if let [Behind { package, current, file, tag }] = packages {
        return format!("`{package}` is at {current} in `{file}`, below its tag `{tag}`");
    }
    let said = packages.iter().map(|one| format!("`{}` {} (`{}`)", one.package, one.current, one.tag));
    format!("{} packages lie below their tags: {}", packages.len(), few(said))
}

pub(super) fn taken(packages: &[Taken]) -> String {
    if let [Taken { package, next, tag }] = packages {
        return format!("`{package}` would become {next}, and the tag `{tag}` exists already");
    }
    let said = packages.iter().map(|one| format!("`{}` {} (`{}`)", one.package, one.next, one.tag));
    format!("{} packages would become versions that have tags already: {}", packages.len(), few(said))
}
