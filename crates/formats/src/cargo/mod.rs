//! Cargo: its requirements, on versions of SemVer; names of crates, what a `.crate` says of itself, and the public index.

#[cfg(feature = "crates")]
pub mod description;
pub mod name;
mod rewrite;

use releasekit_core::Result;
use releasekit_core::model::Version;
use releasekit_core::requirements::{self, Pin};
use semver::{BuildMetadata, Version as SemVersion, VersionReq};

use crate::Error;
use crate::semver::read;

/// The index of crates.io, as `[registries.NAME]` would name it.
pub const CRATES_IO: &str = "sparse+https://index.crates.io/";

/// The index of crates.io as files and requests name it, wherever it is read.
pub const CRATES_IO_GIT: &str = "https://github.com/rust-lang/crates.io-index";

/// Whether a URL is that of crates.io's index.
pub fn is_crates_io(index: &str) -> bool {
    [CRATES_IO, CRATES_IO_GIT].iter().any(|url| url.trim_end_matches('/') == index.trim_end_matches('/'))
}

/// Requirements as `Cargo.toml` writes them: comparators with commas between them, of which a bare version is a `^`.
///
/// Build metadata of a version does not count and is never written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Requirements;

impl requirements::Requirements for Requirements {
    /// A prerelease is admitted only where a comparator names one of the same three numbers.
    fn satisfies(&self, requirement: &str, version: &Version) -> Result<bool> {
        Ok(parse(requirement)?.matches(&read(version.as_str())?))
    }

    fn rewrite(&self, requirement: &str, version: &Version) -> Result<String> {
        Ok(rewrite::rewrite(requirement, &without_build(version)?)?)
    }

    /// `Exact` writes `=1.2.3`, `Compatible` `^1.2.3`, `Minimum` `>=1.2.3`.
    fn pin(&self, requirement: &str, version: &Version, pin: Pin) -> Result<String> {
        parse(requirement)?;
        let operator = match pin {
            Pin::Keep => return Ok(requirement.to_owned()),
            Pin::Exact => "=",
            Pin::Compatible => "^",
            Pin::Minimum => ">=",
        };
        Ok(format!("{operator}{}", without_build(version)?))
    }
}

fn parse(text: &str) -> Result<VersionReq, Error> {
    VersionReq::parse(text).map_err(|error| Error::requirement(text, error.to_string()))
}

fn without_build(version: &Version) -> Result<SemVersion, Error> {
    Ok(SemVersion { build: BuildMetadata::EMPTY, ..read(version.as_str())? })
}
