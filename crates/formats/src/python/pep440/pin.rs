//! Requirements pinned for a build.

use pep440_rs::Version as Pep440Version;
use releasekit_core::model::Version;
use releasekit_core::workspace::Pin;

use super::read;
use crate::Error;
use crate::patch::Patch;
use crate::python::requirement::Parts;
use crate::step;

/// The requirement with all its version clauses replaced by one that follows `pin`; name, extras, marker and the
/// parentheses around clauses stay byte for byte.
///
/// `Exact` writes `==1.2.3`, `Minimum` `>=1.2.3`, `Keep` changes nothing. `Compatible` writes `~=1.2.3`, always with at
/// least three numbers, so that it admits patches only. Fails with `Invalid` on a URL, unless it is kept.
pub fn pin(requirement: &str, version: &Version, pin: Pin) -> Result<String, Error> {
    let parts = Parts::parse(requirement)?;
    let version = read(version.as_str())?;
    let text = match pin {
        Pin::Keep => return Ok(requirement.to_owned()),
        Pin::Exact => format!("=={version}"),
        Pin::Minimum => format!(">={}", version.without_local()),
        Pin::Compatible => format!("~={}", three_numbers(version)),
    };
    let clauses = parts.clauses_or_refuse()?;
    let span = match (clauses.first(), clauses.last()) {
        (Some(first), Some(last)) => first.span.start..last.span.end,
        _ => parts.insertion()..parts.insertion(),
    };
    let mut patch = Patch::new(requirement);
    patch.replace(span, text);
    Ok(patch.apply())
}

fn three_numbers(version: Pep440Version) -> Pep440Version {
    let numbers = step::padded(version.release());
    version.without_local().with_release(numbers)
}
