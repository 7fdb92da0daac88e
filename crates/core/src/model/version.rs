//! Versions as opaque text, and how far they move.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A version in the canonical spelling of its scheme. Only the scheme can order or change it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(Arc<str>);

impl Version {
    /// Takes text that a [`VersionScheme`](crate::VersionScheme) has spelled.
    pub fn from_canonical(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How far a version moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bump {
    /// Not at all.
    #[default]
    None,
    /// Only the prerelease label or its number.
    Prerelease,
    /// A correction.
    Patch,
    /// An addition.
    Minor,
    /// A break.
    Major,
}

impl Bump {
    /// The word that users read and write.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Prerelease => "prerelease",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

impl fmt::Display for Bump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The stages before a final version, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PrereleaseLabel {
    /// A development snapshot.
    Dev,
    /// Not feature complete.
    Alpha,
    /// Feature complete.
    Beta,
    /// Final unless something turns up.
    Rc,
}

/// A request for a prerelease.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prerelease {
    /// The stage.
    pub label: PrereleaseLabel,
    /// The number a new stage starts at.
    pub start: u64,
}

/// The numbers that all schemes share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Neutral {
    /// The first number.
    pub major: u64,
    /// The second number.
    pub minor: u64,
    /// The third number.
    pub patch: u64,
    /// The stage and its number; `None` for a final version.
    pub pre: Option<(PrereleaseLabel, u64)>,
}
