//! What `publish` has to tell: what became of each package.

use releasekit_core::model::{CommitId, PackageId, Version};

use crate::announce::Announced;
use crate::error::Error;
use crate::receipt::{Proven, Receipt};

/// What shows that a live version is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Proof {
    /// A receipt that equals what the registry serves.
    Receipt,
    /// A comparison of what the registry serves with what was built.
    Compared(Proven),
}

/// What became of a package.
#[derive(Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// At least one file was sent; all files are live and proven.
    Published(Proof),
    /// All files were live and are proven; nothing was sent.
    AlreadyLive(Proof),
    /// The registry holds it for approval.
    AwaitingApproval,
    /// It failed.
    Failed(Error),
    /// It was not begun, because something that it needs failed.
    Blocked {
        /// What failed.
        by: PackageId,
    },
    /// It was not begun, because the command was asked to stop.
    NotStarted,
}

/// How much of a package is live and proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Live {
    /// Nothing of it.
    Nothing,
    /// Some of its files are, at some of the registries that it goes to.
    Some,
    /// All of it.
    All,
}

/// One package of a report.
#[derive(Debug)]
pub struct Published {
    /// Which package.
    pub id: PackageId,
    /// Which version.
    pub version: Version,
    /// Where it goes.
    pub registries: Vec<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// How much of it is live and proven, whatever became of the rest.
    pub live: Live,
}

/// What became of a release.
#[derive(Debug)]
pub struct PublishReport {
    /// The release commit.
    pub commit: CommitId,
    /// Its packages, dependencies first.
    pub packages: Vec<Published>,
    /// The receipts of all that is live and proven.
    pub receipts: Vec<Receipt>,
    /// Whether the command was asked to stop.
    pub cancelled: bool,
    /// What of it was brought to the forge.
    pub announced: Announced,
}

impl Published {
    /// Whether it is live and proven.
    pub fn is_live(&self) -> bool {
        matches!(self.outcome, Outcome::Published(_) | Outcome::AlreadyLive(_))
    }
}

impl PublishReport {
    /// Whether every package is live and proven.
    pub fn is_complete(&self) -> bool {
        self.packages.iter().all(Published::is_live)
    }

    /// Whether anything of the release is live and proven, and be it a file of a package that failed.
    pub fn is_partly_live(&self) -> bool {
        self.packages.iter().any(|package| package.live != Live::Nothing)
    }
}
