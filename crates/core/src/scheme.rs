//! Version arithmetic, as each ecosystem defines it.

use std::cmp::Ordering;
use std::fmt;

use crate::error::Result;
use crate::model::{Bump, Neutral, Prerelease, Version};

/// The rules of one way to number versions. Pure: text in, text out.
///
/// Core assumes nothing about the spelling of versions; everything it needs to know it asks here. All methods but `parse` take
/// versions in the canonical spelling. `releasekit_testkit::suite::scheme` holds every scheme to what is said here.
pub trait VersionScheme: fmt::Debug + Send + Sync {
    /// The name of the scheme, as `version next --scheme` takes it.
    fn id(&self) -> &'static str;

    /// Reads a version and spells it canonically; what is canonical stays. Fails with `Invalid`.
    fn parse(&self, text: &str) -> Result<Version>;

    /// Orders two versions of this scheme, totally; those of one canonical spelling are equal.
    fn compare(&self, a: &Version, b: &Version) -> Ordering;

    /// The version after `from`, which is later and final; `Bump::None` stays. A prerelease has made its step already, unless
    /// the bump is wider than that: from `1.2.0-rc.1` a minor bump leads to `1.2.0`, a major one to `2.0.0`. With `pre`, the next prerelease towards it,
    /// which is later than `from` and earlier than the final version. `Bump::Prerelease` moves the label alone: to the next
    /// number of the line, or to the start of a later one. No version leads back, so with a label that comes before that of `from` the
    /// line goes on: from `1.2.0-rc.1` with `alpha` to `1.2.0-rc.2`, as it does without a label.
    ///
    /// Fails with `Invalid` where there is none, and on a label that the scheme cannot spell.
    fn bump(&self, from: &Version, bump: Bump, pre: Option<&Prerelease>) -> Result<Version>;

    /// The final version that a prerelease leads to, the first one after it; a final version gives itself.
    fn finalize(&self, version: &Version) -> Version;

    /// The version that a development version leads to, which may be a labelled one; any other gives itself. What marks one is
    /// that it says where the work stands, and not what was chosen for a release: to PEP 440 `.devN`.
    fn without_dev(&self, version: &Version) -> Version;

    /// Whether the version is a prerelease.
    fn is_prerelease(&self, version: &Version) -> bool;

    /// The numbers all schemes share, ordered as the versions are; `None` where the version says more than they can hold.
    fn neutral(&self, version: &Version) -> Option<Neutral>;

    /// Spells shared numbers in this scheme; `neutral` reads the same numbers back. Fails with `Invalid` on a label that it cannot spell.
    fn spell(&self, neutral: &Neutral) -> Result<Version>;
}
