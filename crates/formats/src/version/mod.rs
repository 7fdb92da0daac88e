//! The version schemes; each implements core's [`VersionScheme`](releasekit_core::VersionScheme) and nothing more.

pub mod pep440;
pub mod semver;
mod step;

pub use pep440::Pep440;
pub use semver::SemVer;
