//! Requirements as `package.json` writes them.

use releasekit_core::Result;
use releasekit_core::model::Version;
use releasekit_core::requirements::{self, Pin};
use semver::{BuildMetadata, Version as SemVersion};

use super::range::Range;
use super::rewrite::rewrite;
use super::specifier::{Specifier, Wide};
use crate::Error;
use crate::semver::read;

/// Requirements as `package.json` writes them: ranges as node reads them, which may stand behind the name of a package
/// (`npm:base@^1.2.0`) and behind `workspace:`. What both are on is not judged here.
///
/// `workspace:*`, `workspace:^` and `workspace:~` admit every version, for they are whatever version is there. Build metadata
/// does not count and is never written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Requirements;

impl requirements::Requirements for Requirements {
    /// A prerelease is admitted only where a comparator names one of the same three numbers.
    fn satisfies(&self, requirement: &str, version: &Version) -> Result<bool> {
        let version = read(version.as_str())?;
        Ok(match parts(requirement)? {
            Parts { wide: Some(_), .. } => true,
            Parts { range, .. } => parsed(requirement, range)?.matches(&version),
        })
    }

    /// Of alternatives, those that are alike move on together, each to where the next one stood, so that as many majors are
    /// admitted as before: `^5 || ^6` becomes `^6 || ^7`. Among others the last that is not above the version moves alone.
    /// What is left open (`1.x`) stays so, and `*` moves for prereleases only.
    fn rewrite(&self, requirement: &str, version: &Version) -> Result<String> {
        let version = without_build(version)?;
        let Parts { before, joint, range, wide } = parts(requirement)?;
        let read = parsed(requirement, if wide.is_some() { "*" } else { range })?;
        if wide.is_some() || read.matches(&version) {
            return Ok(requirement.to_owned());
        }
        let moved = rewrite(requirement, range, &read, &version)?;
        Ok(format!("{before}{joint}{moved}"))
    }

    /// `Exact` writes `1.2.3`, `Compatible` `^1.2.3`, `Minimum` `>=1.2.3`.
    fn pin(&self, requirement: &str, version: &Version, pin: Pin) -> Result<String> {
        let Parts { before, joint, range, wide } = parts(requirement)?;
        if wide.is_none() {
            parsed(requirement, range)?;
        }
        let operator = match pin {
            Pin::Keep => return Ok(requirement.to_owned()),
            Pin::Exact => "",
            Pin::Compatible => "^",
            Pin::Minimum => ">=",
        };
        Ok(format!("{before}{joint}{operator}{}", without_build(version)?))
    }
}

/// A requirement, taken apart.
struct Parts<'t> {
    /// What stands before the range.
    before: &'t str,
    /// What has to stand between the two where there is no range yet, as in `npm:base`.
    joint: &'static str,
    range: &'t str,
    /// That it is whatever version there is.
    wide: Option<Wide>,
}

fn parts(requirement: &str) -> Result<Parts<'_>, Error> {
    let Specifier::Versions { name, range, at, is_workspace } = Specifier::parse(requirement) else {
        return Err(Error::requirement(requirement, "it names no versions"));
    };
    let wide = is_workspace.then(|| Wide::of(range)).flatten();
    let before = &requirement[..at];
    let joint = if name.is_some() && !before.ends_with('@') { "@" } else { "" };
    Ok(Parts { before, joint, range, wide })
}

fn parsed(requirement: &str, range: &str) -> Result<Range, Error> {
    Range::parse(range).ok_or_else(|| Error::requirement(requirement, "node reads no range in it"))
}

fn without_build(version: &Version) -> Result<SemVersion, Error> {
    Ok(SemVersion { build: BuildMetadata::EMPTY, ..read(version.as_str())? })
}
