//! What a replay finds, as its JSON says it.

use jiff::Timestamp;
use releasekit_core::model::{Bump, CommitId, EcosystemLabel, PackageId, PackageName, RepoPath, TagName, Version};
use serde::Serialize;

/// The version of the JSON.
pub const SCHEMA: u32 = 1;

/// Past releases beside what would have been planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Replay {
    /// The version of this format.
    pub schema: u32,
    /// The commit that is checked out.
    pub head: CommitId,
    /// The releases, newest first.
    pub releases: Vec<Release>,
}

/// A release of the past.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Release {
    /// The newest commit that one of its tags is on.
    pub commit: CommitId,
    /// When that was committed.
    pub time: Timestamp,
    /// Its tags.
    pub tags: Vec<TagName>,
    /// What shipped.
    pub packages: Vec<Row>,
    /// What the plan moves beside that: people let it wait.
    pub waiting: Vec<Waiting>,
}

/// A package that shipped.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Row {
    /// Its name then.
    pub name: PackageName,
    /// Its ecosystem.
    pub ecosystem: String,
    /// The label of its workspace.
    pub label: EcosystemLabel,
    /// Its folder then.
    pub path: RepoPath,
    /// Its tag.
    pub tag: TagName,
    /// The commit that was planned.
    pub planned_at: CommitId,
    /// The last release that this commit reaches.
    pub last: Option<Version>,
    /// The version that the plan gives; `None` where it moves nothing.
    pub planned: Option<Version>,
    /// The version that shipped.
    pub shipped: Version,
    /// Why the two differ; `None` where they do not.
    pub difference: Option<Difference>,
}

/// A package that the plan moves and that did not ship.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waiting {
    /// Its name then.
    pub name: PackageName,
    /// The label of its workspace.
    pub label: EcosystemLabel,
    /// The version that the plan gives.
    pub planned: Version,
}

/// Why a plan differs from what shipped. The list is closed: whoever reads it may know every kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Difference {
    /// The planned commit has no such package, or one that takes no part in releases.
    NotThere,
    /// The planned commit cannot be planned.
    Refused {
        /// The code of the error.
        code: String,
        /// What it says.
        message: String,
    },
    /// A release between lies on another branch.
    OffBranch {
        /// The tag that the planned commit does not reach.
        tag: TagName,
    },
    /// A trailer or a change file asked for the version.
    Asked {
        /// Where: a commit, or the path of a change file.
        by: String,
        /// What it says.
        text: String,
    },
    /// No commit in range has a type that moves a version.
    NoKnownType,
    /// Change files say how far packages move, and none that lay there names this one.
    NoChangeFile,
    /// People chose another version than what counts says.
    Chosen {
        /// The commit that raised the version, or has the tag where none did.
        commit: CommitId,
        /// The first line of its message.
        summary: String,
        /// How far the plan moves the package.
        said: Bump,
        /// How far people moved it.
        shipped: Bump,
        /// The version in the package file, where the plan has its own from there.
        file: Option<Version>,
    },
    /// None of these.
    Unexplained,
}

impl Difference {
    /// The word for it, as JSON has it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::NotThere => "not-there",
            Self::Refused { .. } => "refused",
            Self::OffBranch { .. } => "off-branch",
            Self::Asked { .. } => "asked",
            Self::NoKnownType => "no-known-type",
            Self::NoChangeFile => "no-change-file",
            Self::Chosen { .. } => "chosen",
            Self::Unexplained => "unexplained",
        }
    }
}

impl Row {
    /// The package it is about.
    pub fn id(&self) -> PackageId {
        PackageId::new(self.label.clone(), self.name.clone())
    }
}
