//! Semantic Versioning 2.0, by which cargo, npm and others number; arithmetic only, no package file and no registry.
//!
//! Any identifier is a label, and is spelled `-alpha.1`. The order is SemVer's, by characters, in which `dev` comes after
//! `beta` and `next` after both: a bump never goes down, so a `-dev.N` moves on to `-rc.1` or the final version, and counts
//! on where alpha or beta is asked for. What is spelled otherwise (`-alpha`, `-7`) counts on in its own spelling. Build
//! metadata does not count and stays, as `2.0.9+zstd.1.5.5` follows `2.0.8+zstd.1.5.5`.

mod bump;

use std::cmp::Ordering;

use releasekit_core::model::{Bump, Neutral, Prerelease, PrereleaseLabel, Version};
use releasekit_core::{Result, VersionScheme};
use semver::Version as SemVersion;

use crate::Error;

/// The name of the scheme.
pub const ID: &str = "semver";

/// Semantic Versioning.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SemVer;

impl VersionScheme for SemVer {
    fn id(&self) -> &'static str {
        ID
    }

    fn parse(&self, text: &str) -> Result<Version> {
        Ok(spelled(&read(text)?))
    }

    fn compare(&self, a: &Version, b: &Version) -> Ordering {
        match (read(a.as_str()), read(b.as_str())) {
            (Ok(a), Ok(b)) => a.cmp_precedence(&b),
            (a, b) => a.is_ok().cmp(&b.is_ok()),
        }
    }

    fn bump(&self, from: &Version, bump: Bump, pre: Option<&Prerelease>) -> Result<Version> {
        Ok(spelled(&bump::bump(&read(from.as_str())?, bump, pre)?))
    }

    fn finalize(&self, version: &Version) -> Version {
        match read(version.as_str()) {
            Ok(read) if !read.pre.is_empty() => {
                spelled(&bump::with_build(SemVersion::new(read.major, read.minor, read.patch), &read))
            }
            _ => version.clone(),
        }
    }

    /// A prerelease whose label is `dev`, with a number or, as crates have it between two releases, without.
    fn without_dev(&self, version: &Version) -> Version {
        let is_dev = |version: SemVersion| {
            let label = bump::labelled(&version.pre).map(|(label, _)| label);
            version.pre.as_str() == PrereleaseLabel::DEV.as_str() || label == Some(PrereleaseLabel::DEV)
        };
        if read(version.as_str()).is_ok_and(is_dev) { self.finalize(version) } else { version.clone() }
    }

    fn is_prerelease(&self, version: &Version) -> bool {
        read(version.as_str()).is_ok_and(|version| !version.pre.is_empty())
    }

    /// `None` with build metadata, or a prerelease that is not a label and a number.
    fn neutral(&self, version: &Version) -> Option<Neutral> {
        let SemVersion { major, minor, patch, pre, build } = read(version.as_str()).ok()?;
        let pre = if pre.is_empty() { None } else { Some(bump::labelled(&pre)?) };
        build.is_empty().then_some(Neutral { major, minor, patch, pre })
    }

    fn spell(&self, neutral: &Neutral) -> Result<Version> {
        let version = SemVersion::new(neutral.major, neutral.minor, neutral.patch);
        Ok(spelled(&match &neutral.pre {
            Some((label, number)) => bump::with_label(version, label, *number)?,
            None => version,
        }))
    }
}

/// Reads a version.
pub(crate) fn read(text: &str) -> Result<SemVersion, Error> {
    SemVersion::parse(text).map_err(|error| Error::VersionInvalid {
        text: text.to_owned(),
        scheme: "SemVer",
        reason: error.to_string(),
    })
}

fn spelled(version: &SemVersion) -> Version {
    Version::from_canonical(version.to_string())
}
