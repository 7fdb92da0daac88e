//! What a package manager is asked to do. Requests begin with what they cannot do without, and can grow.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::confinement::Workplace;
use crate::environment::Environment;
use crate::model::{Artifact, Package, PackageName, RepoPath, Target, Version};
use crate::workspace::Move;

/// A program and its version.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ToolInfo {
    /// The program's name.
    pub name: String,
    /// Its version, as it prints it.
    pub version: String,
    /// The least version that is supported.
    pub least: &'static str,
}

impl ToolInfo {
    /// A program of this version, of which `least` is supported.
    pub fn new(name: impl Into<String>, version: impl Into<String>, least: &'static str) -> Self {
        Self { name: name.into(), version: version.into(), least }
    }
}

/// Lockfiles to be brought in line, in a folder of ours.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LockRequest {
    /// An export, with all other edits written.
    pub folder: PathBuf,
    /// What moved, of every label of the tool. A lockfile anywhere may record it.
    pub moves: Vec<(Package, Move)>,
    /// The roots whose lockfiles have to fit afterwards; what others lack is a warning.
    pub roots: Vec<RepoPath>,
    /// Whether the network may be used where it must.
    pub offline: bool,
    /// The workplace that it is part of; `None` where nobody waits for the last process that runs there.
    pub workplace: Option<Workplace>,
    /// How long a tool may run.
    pub timeout: Duration,
}

impl LockRequest {
    /// Asks for the lockfiles that record these moves; the network may be used.
    pub fn new(folder: PathBuf, moves: Vec<(Package, Move)>, timeout: Duration) -> Self {
        Self { folder, moves, roots: Vec::new(), offline: false, workplace: None, timeout }
    }

    /// Says whose lockfiles have to fit afterwards.
    #[must_use]
    pub fn with_roots(mut self, roots: Vec<RepoPath>) -> Self {
        self.roots = roots;
        self
    }

    /// Says whether the network is left alone.
    #[must_use]
    pub fn with_offline(mut self, offline: bool) -> Self {
        self.offline = offline;
        self
    }

    /// Says of which workplace it is part.
    #[must_use]
    pub fn with_workplace(mut self, workplace: Option<Workplace>) -> Self {
        self.workplace = workplace;
        self
    }
}

/// A package to be built, in a folder of ours.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct BuildRequest {
    /// An export, pinned.
    pub folder: PathBuf,
    /// The workspace root inside.
    pub root: RepoPath,
    /// Which package.
    pub package: Package,
    /// Folders with the artifacts of siblings built so far, one for each, never used before by another run.
    pub siblings: Vec<PathBuf>,
    /// An empty folder for the artifacts.
    pub out: PathBuf,
    /// `SOURCE_DATE_EPOCH`.
    pub epoch: i64,
    /// Whether what was built is tried where the tool can do so, as by building a source package again from itself.
    pub verify: bool,
    /// Variables beyond the few that every build sees; no credential is among them.
    pub environment: Environment,
    /// The workplace that it is part of; `None` where nobody waits for the last process that runs there.
    pub workplace: Option<Workplace>,
    /// How long a tool may run.
    pub timeout: Duration,
}

impl BuildRequest {
    /// Asks for the artifacts of a package of the workspace at the top of an export, without siblings and variables, as of
    /// 1970.
    pub fn new(folder: PathBuf, package: Package, out: PathBuf, timeout: Duration) -> Self {
        Self {
            folder,
            root: RepoPath::root(),
            package,
            siblings: Vec::new(),
            out,
            epoch: 0,
            verify: true,
            environment: Environment::new(),
            workplace: None,
            timeout,
        }
    }

    /// Says where the workspace is.
    #[must_use]
    pub fn with_root(mut self, root: RepoPath) -> Self {
        self.root = root;
        self
    }

    /// Offers artifacts of siblings.
    #[must_use]
    pub fn with_siblings(mut self, siblings: Vec<PathBuf>) -> Self {
        self.siblings = siblings;
        self
    }

    /// Says what time builds are to write down, in seconds since 1970.
    #[must_use]
    pub fn with_epoch(mut self, epoch: i64) -> Self {
        self.epoch = epoch;
        self
    }

    /// Says whether what was built is tried.
    #[must_use]
    pub fn with_verify(mut self, verify: bool) -> Self {
        self.verify = verify;
        self
    }

    /// Gives the build variables.
    #[must_use]
    pub fn with_environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }

    /// Says of which workplace it is part.
    #[must_use]
    pub fn with_workplace(mut self, workplace: Option<Workplace>) -> Self {
        self.workplace = workplace;
        self
    }
}

/// A file to be sent.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct UploadRequest {
    /// Whose file, by the name under which the registry knows the version.
    pub package: PackageName,
    /// Which version.
    pub version: Version,
    /// The file, complete on disk.
    pub artifact: Artifact,
    /// Where to.
    pub target: Target,
    /// The name that is to point to the version from then on, `latest` or `beta`, where the registry has such names.
    pub channel: Option<String>,
    /// A lock that the sending process holds open, so that it outlives us as long as the process does.
    pub hold: Option<Arc<File>>,
    /// What the file was built from, in a new export, for a tool that sends nothing but what it makes itself.
    pub source: Option<Box<BuildRequest>>,
    /// A folder in which the tool may keep what it needs while it sends, and which is removed even where we are killed meanwhile;
    /// without one it makes a folder of its own.
    pub folder: Option<PathBuf>,
    /// How long it may take.
    pub timeout: Duration,
}

impl UploadRequest {
    /// Asks for one file to be sent.
    pub fn new(package: PackageName, version: Version, artifact: Artifact, target: Target, timeout: Duration) -> Self {
        Self { package, version, artifact, target, channel: None, hold: None, source: None, folder: None, timeout }
    }

    /// Says which name is to point to the version.
    #[must_use]
    pub fn with_channel(mut self, channel: Option<String>) -> Self {
        self.channel = channel;
        self
    }

    /// Gives the lock that the sending process holds.
    #[must_use]
    pub fn with_hold(mut self, hold: Option<Arc<File>>) -> Self {
        self.hold = hold;
        self
    }

    /// Gives what the file was built from.
    #[must_use]
    pub fn with_source(mut self, source: Option<BuildRequest>) -> Self {
        self.source = source.map(Box::new);
        self
    }

    /// Gives a folder in which the tool may keep what it needs while it sends.
    #[must_use]
    pub fn with_folder(mut self, folder: Option<PathBuf>) -> Self {
        self.folder = folder;
        self
    }
}

/// An install to be tried.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SmokeRequest {
    /// Which package.
    pub package: PackageName,
    /// Which version.
    pub version: Version,
    /// From where.
    pub target: Target,
    /// An empty folder.
    pub folder: PathBuf,
    /// The workplace that it is part of; `None` where nobody waits for the last process that runs there.
    pub workplace: Option<Workplace>,
    /// How long a tool may run.
    pub timeout: Duration,
}

impl SmokeRequest {
    /// Asks for an install into an empty folder.
    pub fn new(package: PackageName, version: Version, target: Target, folder: PathBuf, timeout: Duration) -> Self {
        Self { package, version, target, folder, workplace: None, timeout }
    }

    /// Says of which workplace it is part.
    #[must_use]
    pub fn with_workplace(mut self, workplace: Option<Workplace>) -> Self {
        self.workplace = workplace;
        self
    }
}
