//! How packages of an ecosystem ask for versions of others.

use std::fmt;

use crate::error::Result;
use crate::model::Version;

/// How requirements on siblings are written into what is published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pin {
    /// Exactly the version built beside it.
    #[default]
    Exact,
    /// That version and what is compatible with it.
    Compatible,
    /// That version or any later one.
    Minimum,
    /// As the package file says.
    Keep,
}

/// The dialect in which an ecosystem requires versions. Pure: text in, text out.
///
/// It is apart from the [scheme](crate::VersionScheme), for who numbers alike need not require alike: to cargo `1.2` is
/// anything below `2`, to npm anything below `1.3`. Requirements are given as package files write them, versions in the
/// canonical spelling of the ecosystem's own scheme. Whether a name is part of the text is the dialect's to say: `base >= 1.2`
/// where a line has both, `1.2` where the name is the key beside it. It is the text that [`Workspace`](crate::Workspace) gives
/// as [`Dependency::requirement`](crate::model::Dependency::requirement). `releasekit_testkit::suite::requirements` holds every dialect to what is
/// said here.
pub trait Requirements: fmt::Debug + Send + Sync {
    /// Whether a requirement admits the version. Fails with `Invalid`.
    fn satisfies(&self, requirement: &str, version: &Version) -> Result<bool>;

    /// The requirement moved to admit the version, by the least change of its text; one that admits it already is given
    /// back as it is. A range that is left moves as a whole, each bound keeping its kind and its distance: to cargo, `>=1.0, <2.0`
    /// that has to admit 2.1.0 is `>=2.1, <3.0`. None is given up: what bounds the versions below or above does so afterwards, and
    /// nothing becomes `*`. The suite does not measure how wide a change is beyond that. Fails with `Invalid`, and with
    /// [`REQUIREMENT_AHEAD`](crate::codes::REQUIREMENT_AHEAD) for a version below what is required: no lower bound is lowered.
    fn rewrite(&self, requirement: &str, version: &Version) -> Result<String>;

    /// The requirement with other versions, which follow the pin; all else in it stays byte for byte. It admits the version,
    /// unless it is [kept](Pin::Keep); an exact one admits no other, a minimum all that are later. Fails with `Invalid`.
    fn pin(&self, requirement: &str, version: &Version, pin: Pin) -> Result<String>;
}
