//! Prereleases: the words that name their lines, which only a scheme can spell.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// The labels whose order everybody shares.
const STAGES: [PrereleaseLabel; 4] =
    [PrereleaseLabel::DEV, PrereleaseLabel::ALPHA, PrereleaseLabel::BETA, PrereleaseLabel::RC];

/// The word that names a line of prereleases: `alpha`, `rc`, `canary`, `SNAPSHOT`.
///
/// It is made of ASCII letters, digits and `-`. Whether a scheme can spell it, and how, is the scheme's to say.
///
/// Labels are ordered as `dev`, `alpha`, `beta` and `rc` are; all others come before these, by their characters, for they
/// do not say how near the final version is.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PrereleaseLabel(Cow<'static, str>);

/// Text that is no label of a prerelease.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not made of letters, digits and `-`")]
pub struct InvalidLabel(pub String);

impl PrereleaseLabel {
    /// A development snapshot.
    pub const DEV: Self = Self(Cow::Borrowed("dev"));
    /// Not feature complete.
    pub const ALPHA: Self = Self(Cow::Borrowed("alpha"));
    /// Feature complete.
    pub const BETA: Self = Self(Cow::Borrowed("beta"));
    /// Final unless something turns up.
    pub const RC: Self = Self(Cow::Borrowed("rc"));

    /// Takes a label as it is written. Fails where it is empty or has other characters than letters, digits and `-`.
    pub fn new(text: impl Into<String>) -> Result<Self, InvalidLabel> {
        let text = text.into();
        let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if text.is_empty() || !text.bytes().all(is_legal) {
            return Err(InvalidLabel(text));
        }
        Ok(Self(Cow::Owned(text)))
    }

    /// The label as written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its place among `dev`, `alpha`, `beta` and `rc`; `None` for all others.
    pub fn stage(&self) -> Option<usize> {
        STAGES.iter().position(|stage| stage == self)
    }
}

impl PartialOrd for PrereleaseLabel {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PrereleaseLabel {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.stage(), &self.0).cmp(&(other.stage(), &other.0))
    }
}

impl FromStr for PrereleaseLabel {
    type Err = InvalidLabel;

    fn from_str(text: &str) -> Result<Self, InvalidLabel> {
        Self::new(text)
    }
}

impl fmt::Display for PrereleaseLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PrereleaseLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A request for a prerelease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prerelease {
    /// The line.
    pub label: PrereleaseLabel,
    /// The number a new line starts at.
    pub start: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_letters_digits_and_dashes() {
        for text in ["alpha", "SNAPSHOT", "pre-release", "7", "-"] {
            assert_eq!(PrereleaseLabel::new(text).expect(text).to_string(), text);
        }
        for text in ["", "a.b", "a b", "a+b", "a_b", "ä"] {
            assert_eq!(PrereleaseLabel::new(text), Err(InvalidLabel(text.to_owned())));
        }
    }

    #[test]
    fn labels_without_a_place_come_before_those_that_have_one() {
        let ascending = ["7", "SNAPSHOT", "canary", "next", "dev", "alpha", "beta", "rc"];
        let labels = ascending.map(|text| PrereleaseLabel::new(text).expect(text));
        assert!(labels.is_sorted(), "{labels:?}");
        assert_eq!(labels[4..], STAGES);
    }
}
