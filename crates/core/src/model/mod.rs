//! The words of the domain as types.

mod artifact;
mod name;
mod package;
mod path;
mod prerelease;
mod revision;
mod target;
mod version;

pub use artifact::{Artifact, ArtifactKind, Digest, DigestAlgorithm, Identity, LiveFile, Member};
pub use name::{EcosystemLabel, PackageId, PackageName};
pub use package::{
    Aside, Dependency, DependencyKind, Order, Package, Propagation, Published, Requirement, Unread, Worded,
};
pub use path::{InvalidPath, RepoPath};
pub use prerelease::{InvalidLabel, Prerelease, PrereleaseLabel};
pub use revision::{BranchName, CommitId, ObjectId, TagName};
pub use target::Target;
pub use version::{Bump, Neutral, Version};
