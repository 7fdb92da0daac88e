//! Trailers of commits that cannot be followed.

use releasekit_core::model::{CommitId, PackageId};

use crate::words::few;

/// A trailer that cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrailerFault {
    /// The commit.
    pub commit: CommitId,
    /// The line as it was written.
    pub line: String,
    /// Why not.
    pub why: Unfollowed,
}

/// Why a trailer cannot be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfollowed {
    /// It says something else than trailers can.
    Malformed,
    /// It names no package.
    Unknown {
        /// What it names.
        name: String,
        /// What it may have meant.
        nearest: Option<String>,
    },
    /// What it names could be several packages.
    Ambiguous {
        /// What it names.
        name: String,
        /// What that could be.
        candidates: Vec<PackageId>,
    },
    /// It asks for a version without a name, and its commit does not say whose by touching one package.
    Unnamed {
        /// The packages that are touched.
        touched: Vec<PackageId>,
    },
    /// The version is none of the package's ecosystem.
    NoVersion {
        /// The package.
        package: PackageId,
    },
}

impl Unfollowed {
    fn words(&self) -> String {
        match self {
            Self::Malformed => "it is neither a level nor a version".to_owned(),
            Self::Unknown { name, nearest: None } => format!("no package is called `{name}`"),
            Self::Unknown { name, nearest: Some(nearest) } => {
                format!("no package is called `{name}`; did it mean `{nearest}`?")
            }
            Self::Ambiguous { name, candidates } => {
                let candidates = few(candidates.iter().map(|candidate| format!("`{candidate}`")));
                format!("`{name}` could be {candidates}")
            }
            Self::Unnamed { touched } if touched.is_empty() => {
                "its commit touches no package, and it names none".to_owned()
            }
            Self::Unnamed { touched } => {
                let touched = few(touched.iter().map(|package| format!("`{package}`")));
                format!("its commit touches {touched}, and it names none of them")
            }
            Self::NoVersion { package } => format!("that is no version of `{package}`"),
        }
    }
}

pub(super) fn unfollowed(faults: &[TrailerFault]) -> String {
    if let [TrailerFault { commit, line, why }] = faults {
        return format!("the trailer `{line}` of {} cannot be followed: {}", commit.short(), why.words());
    }
    let lines = faults.iter().map(|it| format!("\n  `{}` of {}: {}", it.line, it.commit.short(), it.why.words()));
    format!("{} trailers of commits cannot be followed{}", faults.len(), lines.collect::<String>())
}
