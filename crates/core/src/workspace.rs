//! What an ecosystem's files say, and how they change.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;

use crate::diagnostic::Code;
use crate::edit::FileEdit;
use crate::error::Result;
use crate::model::{Package, PackageName, RepoPath, Target, Version};
use crate::requirements::{Pin, Requirements};
use crate::scheme::VersionScheme;
use crate::tree::Tree;

/// Where to look for roots.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DetectRequest {
    /// The files.
    pub tree: Arc<dyn Tree>,
    /// Globs of folders, from the repository root, that are none of ours. Nothing that lies there decides anything.
    pub exclude: Vec<String>,
    /// The roots that the configuration names, whatever lies there.
    pub named: Vec<RepoPath>,
}

impl DetectRequest {
    /// Looks at all files.
    pub fn new(tree: Arc<dyn Tree>) -> Self {
        Self { tree, exclude: Vec::new(), named: Vec::new() }
    }

    /// Leaves folders out.
    #[must_use]
    pub fn with_exclude(mut self, exclude: Vec<String>) -> Self {
        self.exclude = exclude;
        self
    }

    /// Says which roots the configuration names.
    #[must_use]
    pub fn with_named(mut self, named: Vec<RepoPath>) -> Self {
        self.named = named;
        self
    }
}

/// Where to read.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct DiscoverRequest {
    /// The files.
    pub tree: Arc<dyn Tree>,
    /// The label's root.
    pub root: RepoPath,
    /// Globs of folders, from the repository root, that are none of ours, each with all below it. A `*` stays within one part
    /// of a path, `**` does not. Whoever configured them has checked that they are globs.
    pub exclude: Vec<String>,
    /// The roots that the configuration names, as they were for [`Workspace::detect`].
    pub named: Vec<RepoPath>,
}

impl DiscoverRequest {
    /// Reads what belongs to `root`.
    pub fn new(tree: Arc<dyn Tree>, root: RepoPath) -> Self {
        Self { tree, root, exclude: Vec::new(), named: Vec::new() }
    }

    /// Says which roots the configuration names.
    #[must_use]
    pub fn with_named(mut self, named: Vec<RepoPath>) -> Self {
        self.named = named;
        self
    }

    /// Leaves folders out.
    #[must_use]
    pub fn with_exclude(mut self, exclude: Vec<String>) -> Self {
        self.exclude = exclude;
        self
    }
}

/// Something that was found, stops nobody, and should be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// What kind of remark.
    pub code: Code,
    /// What is the matter; lowercase, without a full stop.
    pub message: String,
}

/// The registries that an ecosystem knows by names, whatever the configuration of releasekit calls so.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NamedRegistries {
    /// Those that its files and the environment describe, as far as a package may mean them; the public one where it has a name.
    pub known: BTreeMap<String, Target>,
    /// The one that packages go to whose files name none; `None` for the public one.
    pub usual: Option<String>,
}

/// The packages of one label.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct Discovered {
    /// Ordered by path, the root package first where it is one.
    pub packages: Vec<Package>,
    /// What was passed over.
    pub remarks: Vec<Remark>,
    /// What the names of registries in package files stand for; empty where they have no names.
    pub registries: NamedRegistries,
}

impl Discovered {
    /// Packages, in any order.
    pub fn new(mut packages: Vec<Package>) -> Self {
        packages.sort_by(|a, b| (&a.path, &a.name).cmp(&(&b.path, &b.name)));
        Self { packages, remarks: Vec::new(), registries: NamedRegistries::default() }
    }

    /// Says what names of registries stand for.
    #[must_use]
    pub fn with_registries(mut self, registries: NamedRegistries) -> Self {
        self.registries = registries;
        self
    }

    /// Adds what was passed over.
    #[must_use]
    pub fn with_remarks(mut self, remarks: Vec<Remark>) -> Self {
        self.remarks = remarks;
        self
    }
}

/// A package's step from one version to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Move {
    /// Which package.
    pub name: PackageName,
    /// From where; `None` for a first version.
    pub from: Option<Version>,
    /// To where; equal to `from` where only the tag is new.
    pub to: Version,
}

impl Move {
    /// A step of a package.
    pub fn new(name: PackageName, from: Option<Version>, to: Version) -> Self {
        Self { name, from, to }
    }
}

/// All moves of a workspace at once, for packages share files.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct EditRequest {
    /// The files.
    pub tree: Arc<dyn Tree>,
    /// The workspace root.
    pub root: RepoPath,
    /// The packages as discovered in these files.
    pub packages: Vec<Package>,
    /// What moves.
    pub moves: Vec<Move>,
    /// Folders to leave out, as globs over paths from the repository root.
    pub exclude: Vec<String>,
}

impl EditRequest {
    /// Asks for the edits of these moves.
    pub fn new(tree: Arc<dyn Tree>, root: RepoPath, packages: Vec<Package>, moves: Vec<Move>) -> Self {
        Self { tree, root, packages, moves, exclude: Vec::new() }
    }

    /// Leaves folders out.
    #[must_use]
    pub fn with_exclude(mut self, exclude: Vec<String>) -> Self {
        self.exclude = exclude;
        self
    }
}

/// Requirements to be pinned for a build.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct PinRequest {
    /// The files.
    pub tree: Arc<dyn Tree>,
    /// The workspace root.
    pub root: RepoPath,
    /// The packages as discovered in these files.
    pub packages: Vec<Package>,
    /// The version of every publishable package, moved or not.
    pub versions: Vec<(PackageName, Version)>,
    /// How, where the configuration says so; the default is a backend's to choose for each requirement.
    pub pin: Option<Pin>,
}

impl PinRequest {
    /// Asks for requirements on packages of these versions to be pinned as the tool does by itself.
    pub fn new(
        tree: Arc<dyn Tree>,
        root: RepoPath,
        packages: Vec<Package>,
        versions: Vec<(PackageName, Version)>,
    ) -> Self {
        Self { tree, root, packages, versions, pin: None }
    }

    /// Says how they are pinned.
    #[must_use]
    pub fn with_pin(mut self, pin: Option<Pin>) -> Self {
        self.pin = pin;
        self
    }
}

/// The files of one ecosystem. Reads a [`Tree`] and returns edits; writes nothing, runs nothing and asks nobody.
///
/// What is answered follows from the request alone, but for names of registries, which the environment may describe too: it
/// is the one that the backend was opened with. `releasekit_testkit::suite::workspace` holds every backend to what is
/// said here.
#[async_trait]
pub trait Workspace: fmt::Debug + Send + Sync {
    /// How its packages are numbered.
    fn scheme(&self) -> &dyn VersionScheme;

    /// How its packages ask for versions of others.
    fn requirements(&self) -> &dyn Requirements;

    /// The form in which two spellings of a package's name are equal. The form of a form is itself.
    fn normalize(&self, name: &str) -> String;

    /// The roots that labels are given to, wherever they lie, sorted. Every package of the tree belongs to one of them;
    /// what stands outside of every workspace of the tool shares one.
    async fn detect(&self, request: &DetectRequest) -> Result<Vec<RepoPath>>;

    /// Reads the packages that belong to one root, at and below it or anywhere, [ordered](Discovered::packages) by path; what
    /// is excluded decides nothing.
    ///
    /// A package says what its files say and no more: its version and the file that holds it, its requirements in the form
    /// that is published, its dependencies on packages of the same label. Fails with `Invalid` where a package file cannot be
    /// understood, and with all independent faults together; what cannot be read where nothing is released is a remark.
    async fn discover(&self, request: &DiscoverRequest) -> Result<Discovered>;

    /// The names of files that make a folder a package, by which a folder's owner is known in commits of the past. Without
    /// any, which is the default, a folder is always whose it is now.
    fn package_files(&self) -> &'static [&'static str] {
        &[]
    }

    /// The name of the package that such a file makes of its folder, as it is written there; `None` where it makes none or
    /// cannot be read. Asked of files of the past, so nothing else of that time can be looked at.
    fn package_name(&self, _content: &[u8]) -> Option<String> {
        None
    }

    /// The edits of package files for these moves: versions, and requirements that the new versions leave.
    ///
    /// The packages are those that were discovered in the same tree, and each moves at most once; the order of the moves does
    /// not count. Each file has one edit at most, and is the package file of a member or a file that holds versions or
    /// requirements of several. Afterwards `discover` finds the new versions, all others as they were, and every dependency on
    /// what moved admits its version. Nothing else of a file changes, byte for byte: a requirement that admits the new version
    /// stays, and a move to the version that is there edits nothing, so that edits that were made need no more. Fails with
    /// `Invalid` where a place cannot be edited.
    async fn edits(&self, request: &EditRequest) -> Result<Vec<FileEdit>>;

    /// The edits that pin requirements on siblings, build requirements too, for an export. They are never committed.
    ///
    /// Every dependency on a package with a version in the request is [pinned](Pin) to it, and `discover` reads it back so.
    /// What is to be [kept](Pin::Keep) stays as it is written. No version of a package changes. Fails as
    /// [`edits`](Self::edits) does.
    async fn pins(&self, request: &PinRequest) -> Result<Vec<FileEdit>>;
}
