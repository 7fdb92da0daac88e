//! What PEP 508 requirements admit, as core asks it.

use pep440_rs::{Operator, Version as Pep440Version, VersionSpecifier};
use releasekit_core::Result;
use releasekit_core::model::Version;
use releasekit_core::requirements::{Pin, Requirements};

use super::{Parts, pin, rewrite};
use crate::python::pep440::read;

/// The requirements of PEP 508, with or without a name, on versions of PEP 440.
///
/// Extras and markers do not count. A requirement on a URL is refused wherever its versions matter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pep508;

impl Requirements for Pep508 {
    /// A prerelease is admitted wherever the order admits it.
    fn satisfies(&self, requirement: &str, version: &Version) -> Result<bool> {
        let version = read(version.as_str())?;
        let parts = Parts::parse(requirement)?;
        let clauses = parts.clauses_or_refuse()?;
        Ok(clauses.iter().all(|clause| admits(&clause.specifier, &version)))
    }

    fn rewrite(&self, requirement: &str, version: &Version) -> Result<String> {
        Ok(rewrite::rewrite(requirement, &read(version.as_str())?)?)
    }

    /// `Exact` writes `==1.2.3`, `Minimum` `>=1.2.3`, and `Compatible` `~=1.2.3`, always with at least three numbers, so
    /// that it admits patches only.
    fn pin(&self, requirement: &str, version: &Version, pin: Pin) -> Result<String> {
        Ok(pin::pin(requirement, read(version.as_str())?, pin)?)
    }
}

/// Whether a clause admits a version, as PEP 440 says.
///
/// Three places differ from the library: `==1.1.*` does not take `1` for `1.1`, `<1.0rc1` admits `1.0b1`, and `===`
/// compares the canonical spelling.
pub(super) fn admits(clause: &VersionSpecifier, version: &Pep440Version) -> bool {
    let bound = clause.version();
    match clause.operator() {
        Operator::LessThan if bound.any_prerelease() => version.clone().without_local() < *bound,
        Operator::EqualStar | Operator::NotEqualStar => {
            let mut release = version.release().to_vec();
            release.resize(release.len().max(bound.release().len()), 0);
            clause.contains(&version.clone().with_release(release))
        }
        _ => clause.contains(version),
    }
}
