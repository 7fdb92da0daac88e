//! Requirements pinned for a build.

use pep440_rs::Version;
use releasekit_core::requirements::Pin;

use super::Parts;
use crate::Error;
use crate::patch::Patch;
use crate::step;

/// The requirement with all its version clauses replaced by one that follows `pin`; name, extras, marker and the
/// parentheses around clauses stay byte for byte. Fails with `Invalid` on a URL, unless it is kept.
pub(super) fn pin(requirement: &str, version: Version, pin: Pin) -> Result<String, Error> {
    let parts = Parts::parse(requirement)?;
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

fn three_numbers(version: Version) -> Version {
    let numbers = step::padded(version.release());
    version.without_local().with_release(numbers)
}
