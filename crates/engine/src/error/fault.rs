//! What can be wrong with a manifest that can be read.

use releasekit_core::model::{PackageId, TagName, Version};
use thiserror::Error;

/// A way in which a manifest is not what `prepare` wrote. Each is drift: somebody edited it, or what it speaks of.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Fault {
    /// It has no rows.
    #[error("the release manifest names no package, so it releases nothing")]
    Empty,
    /// A package has several rows.
    #[error("`{package}` stands {rows} times in the manifest, with {}", if *differ { "different rows" } else { "the same row" })]
    Doubled {
        /// Which package.
        package: PackageId,
        /// How many rows it has.
        rows: usize,
        /// Whether they say different things.
        differ: bool,
    },
    /// A row lacks what every row has.
    #[error("`{package}` has no {field} in the manifest")]
    Incomplete {
        /// Which package.
        package: PackageId,
        /// What is `null`.
        field: &'static str,
    },
    /// A row says that its package is not released, and rows are what is released.
    #[error("`{package}` stands in the manifest, and not as `included`, which alone is released")]
    SetAside {
        /// Which package.
        package: PackageId,
    },
    /// The commit has no such package.
    #[error("`{package}` stands in the manifest and is no package of its commit")]
    Unknown {
        /// Which package.
        package: PackageId,
    },
    /// The commit has the package, and never releases it.
    #[error("`{package}` stands in the manifest and takes no part in releases")]
    NotReleased {
        /// Which package.
        package: PackageId,
    },
    /// A row says something else than the commit's files.
    #[error("`{package}` has the {field} `{found}` in the manifest, and the {field} `{wanted}` in its commit")]
    Differs {
        /// Which package.
        package: PackageId,
        /// What differs.
        field: &'static str,
        /// What the manifest says.
        found: String,
        /// What the commit says.
        wanted: String,
    },
    /// The umbrella tag is not the one that the configuration gives.
    #[error("the manifest has {}, and its commit asks for {}", umbrella(.found.as_ref()), umbrella(.wanted.as_ref()))]
    Umbrella {
        /// What the manifest says.
        found: Option<TagName>,
        /// What the commit's configuration gives.
        wanted: Option<TagName>,
    },
    /// A version that the package's scheme does not have.
    #[error("`{package}` has the version `{version}` in the manifest, which {scheme} does not know")]
    NoVersion {
        /// Which package.
        package: PackageId,
        /// What the manifest says.
        version: Version,
        /// The scheme that the package is numbered by.
        scheme: &'static str,
    },
}

fn umbrella(tag: Option<&TagName>) -> String {
    tag.map_or_else(|| "no umbrella tag".to_owned(), |tag| format!("the umbrella tag `{tag}`"))
}

impl Fault {
    /// What to do about it.
    pub fn help(&self) -> &'static str {
        match self {
            Self::Empty => {
                "delete it on the branch if nothing is to be released, or restore it from the release branch"
            }
            Self::Doubled { .. }
            | Self::Incomplete { .. }
            | Self::SetAside { .. }
            | Self::Unknown { .. }
            | Self::NotReleased { .. }
            | Self::Differs { .. }
            | Self::Umbrella { .. }
            | Self::NoVersion { .. } => {
                "revert the edit of the manifest on the branch, or run `releasekit prepare --supersede`"
            }
        }
    }
}
