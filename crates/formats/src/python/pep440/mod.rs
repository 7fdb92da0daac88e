//! PEP 440, Python's way to number versions; arithmetic only, no package file and no registry.
//!
//! Versions are spelled as PEP 440 normalises them (`1.0.0-rc.1` is `1.0.0rc1`). A bump keeps the epoch, drops a local
//! part and a post release, and writes at least three numbers, never fewer than there were (`1.2` + patch = `1.2.1`,
//! `1.2.3.4` + patch = `1.2.4.0`). `.postN` is a final version. A `.devN` after a stage (`1.0a1.dev3`) leads to that
//! stage, and `.devN` after a post release leads to that post release.

mod bump;
mod stage;

use std::cmp::Ordering;
use std::str::FromStr;

use pep440_rs::Version as Pep440Version;
use releasekit_core::model::{Bump, Neutral, Prerelease, Version};
use releasekit_core::{Result, VersionScheme};

use self::stage::Stage;
use crate::Error;

/// The name of the scheme.
pub const ID: &str = "pep440";

/// PEP 440.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pep440;

impl VersionScheme for Pep440 {
    fn id(&self) -> &'static str {
        ID
    }

    fn parse(&self, text: &str) -> Result<Version> {
        Ok(spelled(&read(text)?))
    }

    fn compare(&self, a: &Version, b: &Version) -> Ordering {
        match (read(a.as_str()), read(b.as_str())) {
            (Ok(a), Ok(b)) => a.cmp(&b),
            (a, b) => a.is_ok().cmp(&b.is_ok()),
        }
    }

    fn bump(&self, from: &Version, bump: Bump, pre: Option<&Prerelease>) -> Result<Version> {
        Ok(spelled(&bump::bump(&read(from.as_str())?, bump, pre)?))
    }

    fn finalize(&self, version: &Version) -> Version {
        read(version.as_str()).map_or_else(|_| version.clone(), |version| spelled(&bump::finalize(version)))
    }

    fn without_dev(&self, version: &Version) -> Version {
        match read(version.as_str()) {
            Ok(read) if read.is_dev() => spelled(&read.without_local().with_dev(None)),
            _ => version.clone(),
        }
    }

    fn is_prerelease(&self, version: &Version) -> bool {
        read(version.as_str()).is_ok_and(|version| version.any_prerelease())
    }

    fn neutral(&self, version: &Version) -> Option<Neutral> {
        neutral(&read(version.as_str()).ok()?)
    }

    fn spell(&self, neutral: &Neutral) -> Result<Version> {
        let version = Pep440Version::new([neutral.major, neutral.minor, neutral.patch]);
        Ok(spelled(&match &neutral.pre {
            Some((label, number)) => bump::staged(version, Stage::of(label)?, *number),
            None => version,
        }))
    }
}

/// Reads a version.
pub(crate) fn read(text: &str) -> Result<Pep440Version, Error> {
    Pep440Version::from_str(text).map_err(|error| Error::VersionInvalid {
        text: text.to_owned(),
        scheme: "PEP 440",
        reason: error.to_string(),
    })
}

fn spelled(version: &Pep440Version) -> Version {
    Version::from_canonical(version.to_string())
}

/// The numbers all schemes share; `None` with an epoch, a post release, a local part, a development release of a stage,
/// or a fourth number.
fn neutral(version: &Pep440Version) -> Option<Neutral> {
    let release = version.release();
    let says_more = version.epoch() != 0
        || version.is_post()
        || version.is_local()
        || (version.is_dev() && version.is_pre())
        || release.iter().skip(3).any(|&number| number != 0);
    if says_more {
        return None;
    }
    let at = |index: usize| release.get(index).copied().unwrap_or(0);
    let stage = version.pre().map(|pre| (Stage::from(pre.kind), pre.number));
    let stage = stage.or_else(|| version.dev().map(|number| (Stage::Dev, number)));
    let pre = stage.map(|(stage, number)| (stage.label(), number));
    Some(Neutral { major: at(0), minor: at(1), patch: at(2), pre })
}
