//! What stands in the way of a release, found before anything is tagged.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::confinement::Workplace;
use crate::diagnostic::{Code, Label};
use crate::error::{BackendError, ErrorKind};
use crate::model::{Package, PackageName, RepoPath, Target};
use crate::tree::Tree;

/// A package of a workspace that is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckedPackage {
    /// What its files say.
    pub package: Package,
    /// Where it is published; empty where it is not.
    pub targets: Vec<Target>,
    /// Whether it is to be released; the others are there because it may need them.
    pub released: bool,
}

impl CheckedPackage {
    /// A package that is not published.
    pub fn new(package: Package) -> Self {
        Self { package, targets: Vec::new(), released: false }
    }

    /// Says where it is published.
    #[must_use]
    pub fn with_targets(mut self, targets: Vec<Target>) -> Self {
        self.targets = targets;
        self
    }

    /// Has it looked at.
    #[must_use]
    pub fn with_released(mut self, released: bool) -> Self {
        self.released = released;
        self
    }

    /// Whether a registry gets it.
    pub fn is_published(&self) -> bool {
        !self.targets.is_empty()
    }
}

/// A workspace to be looked at.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct CheckRequest {
    /// The files.
    pub tree: Arc<dyn Tree>,
    /// The same files on disk, in a folder of ours in which tools may run.
    pub folder: PathBuf,
    /// The workspace's root inside.
    pub root: RepoPath,
    /// Its packages.
    pub packages: Vec<CheckedPackage>,
    /// Packages of the same ecosystem elsewhere in the repository.
    pub elsewhere: Vec<PackageName>,
    /// Whether a build finds no files but these; where commands make more, none is missed.
    pub complete: bool,
    /// Whether [`refresh_locks`](crate::PackageManager::refresh_locks) comes next, for the packages that are released: of a
    /// lockfile that it judges nothing has to be said.
    pub refreshed: bool,
    /// Whether the network is out of bounds.
    pub offline: bool,
    /// The workplace that the folder is part of; `None` where nobody waits for the last process that runs there.
    pub workplace: Option<Workplace>,
    /// How long a tool may run.
    pub timeout: Duration,
}

impl CheckRequest {
    /// A workspace without packages, whose files are all there, and tools that may use the network.
    pub fn new(tree: Arc<dyn Tree>, folder: PathBuf, root: RepoPath, timeout: Duration) -> Self {
        let (packages, elsewhere) = (Vec::new(), Vec::new());
        Self {
            tree,
            folder,
            root,
            packages,
            elsewhere,
            complete: true,
            refreshed: false,
            offline: false,
            workplace: None,
            timeout,
        }
    }

    /// Adds its packages.
    #[must_use]
    pub fn with_packages(mut self, packages: Vec<CheckedPackage>) -> Self {
        self.packages.extend(packages);
        self
    }

    /// Names packages of the same ecosystem elsewhere in the repository.
    #[must_use]
    pub fn with_elsewhere(mut self, names: Vec<PackageName>) -> Self {
        self.elsewhere.extend(names);
        self
    }

    /// Says whether a build finds no files but these.
    #[must_use]
    pub fn with_complete(mut self, complete: bool) -> Self {
        self.complete = complete;
        self
    }

    /// Says whether lockfiles are refreshed next.
    #[must_use]
    pub fn with_refreshed(mut self, refreshed: bool) -> Self {
        self.refreshed = refreshed;
        self
    }

    /// Forbids or allows the network.
    #[must_use]
    pub fn with_offline(mut self, offline: bool) -> Self {
        self.offline = offline;
        self
    }

    /// Names the workplace that the folder is part of.
    #[must_use]
    pub fn with_workplace(mut self, workplace: Workplace) -> Self {
        self.workplace = Some(workplace);
        self
    }
}

/// Something that stands in the way of a release, or where its code is of the kind [`Warning`](ErrorKind::Warning), something
/// that should be known and stops nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Finding {
    /// Its kind.
    pub code: Code,
    /// What is the matter; lowercase, without a full stop.
    pub message: String,
    /// Where.
    pub place: Label,
    /// What to do.
    pub help: String,
    /// What a tool printed, with secrets removed.
    pub output: Option<String>,
    /// Whether [`fix`](crate::PackageManager::fix) mends it.
    pub fixable: bool,
}

impl Finding {
    /// Something that only its author can mend.
    pub fn new(code: Code, message: impl Into<String>, place: Label, help: impl Into<String>) -> Self {
        Self { code, message: message.into(), place, help: help.into(), output: None, fixable: false }
    }

    /// Whether it stands in the way.
    pub fn stops(&self) -> bool {
        self.code.kind() != ErrorKind::Warning
    }

    /// Keeps what a tool printed; the caller has removed secrets.
    #[must_use]
    pub fn with_output(mut self, output: impl Into<String>) -> Self {
        self.output = Some(output.into());
        self
    }

    /// An edit can mend it.
    #[must_use]
    pub fn with_fix(mut self) -> Self {
        self.fixable = true;
        self
    }
}

impl From<Finding> for BackendError {
    fn from(finding: Finding) -> Self {
        let error = Self::new(finding.code, finding.message).with_kind(ErrorKind::Precondition);
        let error = error.with_label(finding.place).with_help(finding.help);
        match finding.output {
            Some(output) => error.with_output(output),
            None => error,
        }
    }
}
