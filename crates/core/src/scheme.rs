//! Version arithmetic, as each ecosystem defines it.

use std::cmp::Ordering;
use std::fmt;

use crate::error::Result;
use crate::model::{Bump, Neutral, Prerelease, Version};

/// The rules of one way to number versions. Pure: text in, text out.
///
/// Core assumes nothing about the spelling of versions; everything it needs to know it asks here.
pub trait VersionScheme: fmt::Debug + Send + Sync {
    /// The name of the scheme, as `version next --scheme` takes it.
    fn id(&self) -> &'static str;

    /// Reads a version and spells it canonically. Fails with `Invalid`.
    fn parse(&self, text: &str) -> Result<Version>;

    /// Orders two versions of this scheme.
    fn compare(&self, a: &Version, b: &Version) -> Ordering;

    /// The version after `from`. With `pre`, the next prerelease towards it; `Bump::Prerelease` moves the label alone.
    /// Fails with `Invalid` where there is none, and on a label that the scheme cannot spell.
    fn bump(&self, from: &Version, bump: Bump, pre: Option<&Prerelease>) -> Result<Version>;

    /// The final version that a prerelease leads to; a final version gives itself.
    fn finalize(&self, version: &Version) -> Version;

    /// Whether the version is a prerelease.
    fn is_prerelease(&self, version: &Version) -> bool;

    /// The numbers all schemes share; `None` where the version says more than they can hold.
    fn neutral(&self, version: &Version) -> Option<Neutral>;

    /// Spells shared numbers in this scheme. Fails with `Invalid` on a label that it cannot spell.
    fn spell(&self, neutral: &Neutral) -> Result<Version>;
}
