//! Versions as opaque text, and how far they move.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::prerelease::PrereleaseLabel;

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

/// The numbers that all schemes share.
///
/// The order is that of versions: by numbers, then prereleases by label and number, then the final version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Neutral {
    /// The first number.
    pub major: u64,
    /// The second number.
    pub minor: u64,
    /// The third number.
    pub patch: u64,
    /// The line of prereleases and the number in it; `None` for a final version.
    pub pre: Option<(PrereleaseLabel, u64)>,
}

impl PartialOrd for Neutral {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Neutral {
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |it: &Self| (it.major, it.minor, it.patch, it.pre.is_none());
        key(self).cmp(&key(other)).then_with(|| self.pre.cmp(&other.pre))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_final_version_comes_after_its_prereleases() {
        let neutral = |patch, pre| Neutral { major: 1, minor: 2, patch, pre };
        let ascending = [
            neutral(2, None),
            neutral(3, Some((PrereleaseLabel::ALPHA, 2))),
            neutral(3, Some((PrereleaseLabel::ALPHA, 10))),
            neutral(3, Some((PrereleaseLabel::RC, 1))),
            neutral(3, None),
        ];
        assert!(ascending.is_sorted());
    }
}
