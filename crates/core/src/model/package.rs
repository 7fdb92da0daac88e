//! A package as its package file describes it.

use serde::{Deserialize, Serialize};

use super::{PackageName, RepoPath, Version};
use crate::diagnostic::{Code, Label};

/// Why one package needs another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DependencyKind {
    /// Installed with it.
    Runtime,
    /// Installed with one of its extras or features.
    Optional,
    /// Expected beside it.
    Peer,
    /// Needed to build it.
    Build,
    /// Needed to work on it.
    Dev,
}

/// Whether what is needed must be live before what needs it is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Order {
    /// It must.
    First,
    /// It goes first, unless that leads back to what needs it: then they can be published in any order.
    UnlessCircular,
    /// Nobody waits.
    Any,
}

/// Whether a dependency stands in what is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Published {
    /// It does, and what it names must exist at the registry.
    Required,
    /// It does, and what it names need not exist.
    Optional,
    /// It does not.
    No,
}

/// How a move of what is needed reaches what needs it, ordered by how far it carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Propagation {
    /// Not at all.
    Never,
    /// Only where the requirement, published as written, does not admit the new version.
    OutOfRange,
    /// As the configuration says.
    Configured,
}

/// Whose words a requirement is published in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Worded {
    /// The release's: it is pinned, by default to the very version.
    ByPin,
    /// The package file's, unless the configuration says how to pin.
    AsWritten,
    /// The build's alone. No file can be edited to say otherwise.
    ByBuild,
}

/// One internal dependency: on another package of the same workspace.
///
/// What a kind of dependency means differs between ecosystems, so the backend says it of each: an extra of a Python package
/// need not exist, while an optional dependency of a crate must.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Dependency {
    /// The other package, as its own package file writes its name, however this one spells it: it is looked up as it is.
    pub name: PackageName,
    /// Why it is needed.
    pub kind: DependencyKind,
    /// The requirement in the form that is published, `genkit[x] >= 0.5 ; marker`: what the ecosystem's rules judge.
    pub requirement: String,
    /// Where it is written, `project.dependencies`.
    pub table: String,
    /// Whether it orders publishing.
    pub orders: Order,
    /// Whether it is published.
    pub published: Published,
    /// How it propagates.
    pub propagates: Propagation,
    /// Whose words it is published in.
    pub worded: Worded,
}

impl Dependency {
    /// A dependency as it is where the backend knows no better: one of developers orders nothing, is not published and moves
    /// nobody; any other goes first, must exist, and propagates as configured.
    pub fn new(
        name: PackageName,
        kind: DependencyKind,
        requirement: impl Into<String>,
        table: impl Into<String>,
    ) -> Self {
        let (orders, published, propagates) = match kind {
            DependencyKind::Dev => (Order::Any, Published::No, Propagation::Never),
            _ => (Order::First, Published::Required, Propagation::Configured),
        };
        let (requirement, table) = (requirement.into(), table.into());
        Self { name, kind, requirement, table, orders, published, propagates, worded: Worded::ByPin }
    }

    /// Says whether it orders publishing.
    #[must_use]
    pub fn with_orders(mut self, orders: Order) -> Self {
        self.orders = orders;
        self
    }

    /// Says whether it is published.
    #[must_use]
    pub fn with_published(mut self, published: Published) -> Self {
        self.published = published;
        self
    }

    /// Says how it propagates.
    #[must_use]
    pub fn with_propagation(mut self, propagates: Propagation) -> Self {
        self.propagates = propagates;
        self
    }

    /// Says whose words it is published in.
    #[must_use]
    pub fn with_worded(mut self, worded: Worded) -> Self {
        self.worded = worded;
        self
    }
}

/// A requirement as published, on a package of the repository or any other.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Requirement {
    /// The required package's name in normal form.
    pub name: String,
    /// The normalised text, by which two requirements are compared. Its form is the backend's own, and the same wherever it
    /// says one: of a package, of what is inside an artifact, and in what it is given back to resolve.
    pub text: String,
}

/// Why a package's version could not be read. It stops what needs the version, and nothing else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// The backend's code for it, whose help says what to do. Packages with one code are one failure.
    pub code: Code,
    /// Why, in a few words.
    pub reason: String,
    /// Where the version was looked for.
    pub place: Label,
    /// Whether the package's build takes it from a file all the same, so that no tag can say it.
    pub is_in_file: bool,
}

/// Why a project that no workspace of its tool takes in is left out of releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Aside {
    /// It lies where demos, tests and the like do; a tag or the configuration that names it says that it is more.
    Place,
    /// Its package file says that nobody publishes it.
    Mark,
}

/// A package of a workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Package {
    /// The name as the package file writes it.
    pub name: PackageName,
    /// The package's folder.
    pub path: RepoPath,
    /// The package file, in the package's folder. A file that several packages share may hold their versions, not be this.
    pub manifest: RepoPath,
    /// The version, where a file says one.
    pub version: Option<Version>,
    /// The file that holds the version; a parent may own it. `None` where only tags say it, or nobody knows.
    pub version_file: Option<RepoPath>,
    /// Files of the package that say the version too, in words that nobody takes for anything else. They go stale where it
    /// moves and they do not.
    pub repeated_in: Vec<RepoPath>,
    /// Why the version could not be read, where it should be in a file and was not found.
    pub unread: Option<Unread>,
    /// What it shares its version with others by: the same text at every package of the workspace whose version stands in
    /// the same place, `Cargo.toml` or a parent's `pom.xml`. Such packages cannot move apart. `None` where the version is
    /// its own, be it one line of a file in which others have theirs.
    pub version_group: Option<String>,
    /// The format of its tags where the ecosystem dictates it, as Go does: text with one `{version}`. The user's formats do
    /// not count for such a package.
    pub tag_format: Option<String>,
    /// What marks it as not to be published; `None` for a publishable package.
    pub private: Option<String>,
    /// The names of the registries that its package file says it is published to, as that writes them; none where it says
    /// nothing. What they stand for the configuration says, else [`Discovered::registries`](crate::workspace::Discovered).
    pub registries: Vec<String>,
    /// Why it is private, where it stands outside of every workspace of its tool and is counted rather than listed.
    pub aside: Option<Aside>,
    /// The root of its tool's own workspace, where its lockfile lies; `None` for the label's root. Several may share a label.
    pub home: Option<RepoPath>,
    /// Its dependencies on other packages of the workspace.
    pub dependencies: Vec<Dependency>,
    /// What it publishes as its requirements, on anybody; a change of these is a change of the package.
    pub requirements: Vec<Requirement>,
    /// The runtime that it needs, as its package file writes it, `>=3.9`; `None` where it says nothing.
    pub runtime: Option<String>,
}

impl Package {
    /// Starts a package with no version and no dependency.
    pub fn new(name: PackageName, path: RepoPath, manifest: RepoPath) -> Self {
        Self {
            name,
            path,
            manifest,
            version: None,
            version_file: None,
            repeated_in: Vec::new(),
            unread: None,
            version_group: None,
            tag_format: None,
            private: None,
            registries: Vec::new(),
            aside: None,
            home: None,
            dependencies: Vec::new(),
            requirements: Vec::new(),
            runtime: None,
        }
    }

    /// Says the version and the file that holds it.
    #[must_use]
    pub fn with_version(mut self, version: Version, file: RepoPath) -> Self {
        self.version = Some(version);
        self.version_file = Some(file);
        self
    }

    /// Says why its version could not be read.
    #[must_use]
    pub fn with_unread(mut self, unread: Unread) -> Self {
        self.unread = Some(unread);
        self
    }

    /// Takes the version for one that stands in tags only, whatever was found, but for one that a build takes from a file which
    /// cannot be read: that stays unread.
    pub fn without_version(&mut self) {
        (self.version, self.version_file, self.version_group) = (None, None, None);
        self.unread = self.unread.take().filter(|unread| unread.is_in_file);
        if let Some(unread) = &mut self.unread {
            unread.reason.push_str(", and a build would take it from there, not from tags");
        }
    }

    /// Whether the version stands in tags only.
    pub fn is_in_tags(&self) -> bool {
        self.version_file.is_none() && self.unread.is_none()
    }

    /// Says that the version is shared by all packages of the workspace with this text.
    #[must_use]
    pub fn with_version_group(mut self, group: impl Into<String>) -> Self {
        self.version_group = Some(group.into());
        self
    }

    /// Dictates the format of its tags.
    #[must_use]
    pub fn with_tag_format(mut self, format: impl Into<String>) -> Self {
        self.tag_format = Some(format.into());
        self
    }

    /// Marks it as not to be published, and says what does.
    #[must_use]
    pub fn with_private(mut self, why: impl Into<String>) -> Self {
        self.private = Some(why.into());
        self
    }

    /// Says to which registries its package file publishes it.
    #[must_use]
    pub fn with_registries(mut self, names: Vec<String>) -> Self {
        self.registries = names;
        self
    }

    /// Says why it is counted among the private ones and not listed.
    #[must_use]
    pub fn with_aside(mut self, why: Option<Aside>) -> Self {
        self.aside = why;
        self
    }

    /// Says where its tool's own workspace has its root.
    #[must_use]
    pub fn with_home(mut self, root: RepoPath) -> Self {
        self.home = Some(root);
        self
    }

    /// The root of its tool's own workspace, in a label with this root.
    pub fn home_in<'a>(&'a self, root: &'a RepoPath) -> &'a RepoPath {
        self.home.as_ref().unwrap_or(root)
    }

    /// Adds dependencies on packages of the workspace.
    #[must_use]
    pub fn with_dependencies(mut self, dependencies: Vec<Dependency>) -> Self {
        self.dependencies = dependencies;
        self
    }

    /// Adds the requirements it publishes.
    #[must_use]
    pub fn with_requirements(mut self, requirements: Vec<Requirement>) -> Self {
        self.requirements = requirements;
        self
    }

    /// Says which runtime it needs.
    #[must_use]
    pub fn with_runtime(mut self, runtime: Option<String>) -> Self {
        self.runtime = runtime;
        self
    }
}
