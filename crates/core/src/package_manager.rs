//! The tool of an ecosystem: it locks, builds, uploads and installs.

mod check;
mod request;
mod resolve;

use std::fmt;
use std::path::{Path, PathBuf};

use async_trait::async_trait;

use crate::edit::FileEdit;
use crate::error::{BackendError, Result};
use crate::model::{Artifact, ArtifactKind, Identity, Package, PackageName, Target, Version};

pub use check::{CheckRequest, CheckedPackage, Finding};
pub use request::{BuildRequest, LockRequest, SmokeRequest, ToolInfo, UploadRequest};
pub use resolve::{Installable, ResolveRequest, Resolved};

/// How a package reaches its registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Route {
    /// The tool sends a file it is given.
    Files,
    /// The registry's own API takes the file: [`Registry::upload`](crate::Registry::upload). Where only the tool has the
    /// credential ([`Keeper::Tool`](crate::registry::Keeper::Tool)), the tool makes the file again and sends it.
    Api,
    /// Nothing is sent: the registry fills itself from tags.
    Tag,
}

/// What a package manager can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct PackageManagerCapabilities {
    /// It can say what stands in the way of a release before anything is tagged.
    pub checks: bool,
    /// It keeps a lockfile that records the members' versions.
    pub lockfile: bool,
    /// What a package requires of the release has to be there to build it, so packages are built best all at once.
    pub builds_together: bool,
    /// How artifacts travel.
    pub route: Route,
    /// It can say what an installer would choose, without installing.
    pub resolves: bool,
    /// It can install a released package into an empty environment.
    pub smoke_test: bool,
    /// Its replies to an upload say how long the registry wants us to wait (`Retry-After`).
    pub retry_after: bool,
    /// What a release of a package consists of unless the configuration says otherwise: one artifact of each kind, bound
    /// to no platform, and what is with them under classifiers of its own.
    pub artifacts: &'static [ArtifactKind],
}

impl PackageManagerCapabilities {
    /// A tool of this route with nothing else.
    pub const fn new(route: Route) -> Self {
        Self {
            checks: false,
            lockfile: false,
            builds_together: false,
            route,
            resolves: false,
            smoke_test: false,
            retry_after: false,
            artifacts: &[ArtifactKind::Source],
        }
    }
}

/// What is known of an upload. What the registry then shows is what counts.
#[derive(Debug)]
#[non_exhaustive]
pub enum Reply {
    /// The registry said yes.
    Accepted,
    /// The registry holds it for approval.
    Staged,
    /// The registry said no, in a complete answer, or nothing was sent at all.
    Refused(BackendError),
    /// The registry said, in a complete answer, that it failed itself (5xx). It may have the file all the same: look
    /// before trying again.
    ServerError {
        /// The status of the answer.
        status: u16,
        /// What was said.
        error: BackendError,
    },
    /// No answer, a part of one, or one that says nothing; look, and longer, before trying again.
    Unknown(BackendError),
}

/// The tool of one ecosystem. Runs only in folders it is given, never in the user's checkout.
///
/// An operation whose capability is off fails with `Unsupported` and changes nothing; so do those that have a capability or a
/// route by default, so that a tool that only builds implements no more than that. `releasekit_testkit::suite::package_manager`
/// holds every backend to what is said here.
#[async_trait]
pub trait PackageManager: fmt::Debug + Send + Sync {
    /// What it can do. It is a fact of the tool and does not change while it is open.
    fn capabilities(&self) -> PackageManagerCapabilities;

    /// Files outside of exports whose content decides what programs with credentials do: settings, logins, program files.
    /// One that is not there is named too where it would count if it were. All are absolute, and none is read.
    fn trusted_files(&self) -> Vec<PathBuf>;

    /// The program behind it. Fails with `ToolMissing` where it is absent or too old.
    async fn tool(&self) -> Result<ToolInfo>;

    /// What stands in the way of a release of these packages: a lockfile that does not fit, metadata that a registry would
    /// refuse, files that are named and missing, requirements that others could not meet.
    ///
    /// All of it is told, not the first alone; where nothing is in the way there is no finding. Fails where it cannot be found out, with `Transient` where a registry did
    /// not answer: what is not known is no finding. Tools may run in the folder. Capability: `checks`.
    ///
    /// Where [`refresh_locks`](Self::refresh_locks) comes next, the lockfiles that it judges need not be judged here
    /// ([`CheckRequest::refreshed`]).
    async fn check(&self, _request: &CheckRequest) -> Result<Vec<Finding>> {
        Err(BackendError::unsupported("a check by this package manager"))
    }

    /// The edits that mend what the findings of the same request call fixable; tools may write into the folder to find them.
    /// Once they are made, a check calls nothing fixable. Fails as [`check`](Self::check) does. Capability: `checks`.
    async fn fix(&self, _request: &CheckRequest) -> Result<Vec<FileEdit>> {
        Err(BackendError::unsupported("a repair by this package manager"))
    }

    /// The edits that bring lockfiles in line, accepted by the tool itself.
    ///
    /// Only what the moves ask for changes, in the lockfiles of the workspace and of those beside it that name its members.
    /// A lockfile that fits has no edit, so that a second call after the edits were made gives none; where there is no
    /// lockfile none is made. The package files in the folder have the new versions already, so a lockfile that was stale before is
    /// one that fits neither them nor what they were with the moves taken back. The folder may hold the new lockfiles afterwards, and nothing else of it has changed. Fails with
    /// `Precondition` on one that was stale before the moves, with `Transient` where the network is needed and does not
    /// answer. Capability: `lockfile`.
    async fn refresh_locks(&self, _request: &LockRequest) -> Result<Vec<FileEdit>> {
        Err(BackendError::unsupported("a lockfile by this package manager"))
    }

    /// Builds all artifacts of one package, ordered as they are to be uploaded: by their [kinds](ArtifactKind).
    ///
    /// They lie in the request's folder for artifacts, which was empty, complete and described as [`artifact`](Self::artifact)
    /// describes them. Whatever else the build leaves lies in the export; the folders of siblings are read. Two builds of one
    /// source have the same [content](Identity::members), if not the same bytes. Unless the package file says otherwise there is
    /// one of each of the [usual kinds](PackageManagerCapabilities::artifacts) without a classifier, bound to no platform. Each
    /// says the [requirements](Package::requirements) that the package file says, and no others.
    /// Fails with `ToolFailed` where the build does, with what it printed.
    async fn build(&self, request: &BuildRequest) -> Result<Vec<Artifact>>;

    /// Builds packages of one workspace in one export at once, as [`build`](Self::build) builds each, and gives the artifacts of
    /// each request in their order.
    ///
    /// All are built or none: who calls builds each by itself where this fails, to learn which one is at fault. They are told
    /// all siblings that are built already, and need not be told each other. Capability: `builds_together`.
    async fn build_together(&self, _requests: &[BuildRequest]) -> Result<Vec<Vec<Artifact>>> {
        Err(BackendError::unsupported("a build of several packages by this package manager"))
    }

    /// Reads what an artifact says of itself, wherever it lies. Fails with `Invalid` on anything that is not one inside. Runs
    /// nothing and changes nothing.
    fn inspect(&self, file: &Path) -> Result<Identity>;

    /// Describes a file of a folder, with the size and the digests of its bytes now; `None` where it is no artifact of this
    /// ecosystem by its name.
    fn artifact(&self, file: &Path) -> Result<Option<Artifact>>;

    /// The name under which the registry knows a version: Go's module paths end in `/v2` from the second major version on.
    fn published_name(&self, package: &Package, _version: &Version) -> PackageName {
        package.name.clone()
    }

    /// Sends one file, once. Asked only where the route is [`Route::Files`], and where it is [`Route::Api`] and the tool alone has
    /// the credential: then the request has the [source](UploadRequest::source). Asked otherwise it refuses with `Unsupported`
    /// and sends nothing.
    ///
    /// From a source the tool makes the file again, and sends it only if it has the bytes of the request's. No code of the
    /// repository runs for that, and no setting of the repository decides what is done with the credential.
    ///
    /// The file is sent as it lies on disk, and never a second time, whatever comes back: who calls looks and decides. Other
    /// bytes under a name that is taken are refused with `Conflict`. What a registry asks for by `Retry-After` is with the
    /// error where the tool [tells it](PackageManagerCapabilities::retry_after), and never a figure of our own. Where to send is
    /// in the request's target alone, for a tool is opened without one. The sending process holds the request's lock open until its end.
    async fn upload(&self, _request: &UploadRequest) -> Reply {
        Reply::Refused(BackendError::unsupported("an upload by this package manager"))
    }

    /// Whether an installer could read a file at a target once it is there, as far as the file and the user's own logins tell.
    ///
    /// Asks nobody, runs nothing and changes nothing; where neither tells, it can. Fails with `Unauthenticated`, and help that says
    /// which login is lacking.
    fn check_readable(&self, _artifact: &Artifact, _target: &Target) -> Result<()> {
        Ok(())
    }

    /// Has the tool choose versions from a registry as an installer would, and installs nothing.
    ///
    /// All of it is asked for together, for a runtime that every package admits. Requirements on other packages are left
    /// out, for the registry need not have them. Nothing is built, no upload credential is given to the tool, and no setting
    /// of the user's hides what is new; logins for reading count. Fails with `Transient` or `RateLimited` where the registry
    /// did not answer, with `Unauthenticated` or `Forbidden` where it lets the tool read nothing. Capability: `resolves`.
    async fn resolve(&self, _request: &ResolveRequest) -> Result<Resolved> {
        Err(BackendError::unsupported("a resolution by this package manager"))
    }

    /// Installs a released package, with what it requires, from its registry into an empty environment in an empty folder.
    ///
    /// No upload credential is given to the tool or to code of the package. What was installed lies in the folder afterwards.
    /// Fails with `ToolFailed` where it cannot be installed, be it that it or what it requires is not live. Capability:
    /// `smoke_test`.
    async fn smoke_test(&self, _request: &SmokeRequest) -> Result<()> {
        Err(BackendError::unsupported("an install by this package manager"))
    }
}
