//! Why nobody releases a package outside of workspaces.

use releasekit_core::model::{Aside, Package};

/// Says of a package that is counted rather than listed why nobody releases it, where that is so: its mark, or the folder of
/// demos that it lies in, which makes it private.
#[must_use]
pub fn aside(mut package: Package, is_listed: bool, demo: Option<&str>) -> Package {
    let why = match (&package.private, demo) {
        _ if is_listed => None,
        (Some(_), _) => Some(Aside::Mark),
        (None, Some(place)) => {
            package.private = Some(format!("in `{place}`"));
            Some(Aside::Place)
        }
        (None, None) => None,
    };
    package.with_aside(why)
}
