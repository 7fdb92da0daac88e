//! A dialect of requirements in memory that breaks a promise.

use releasekit_core::model::Version;
use releasekit_core::requirements::Pin;
use releasekit_core::{Requirements, Result};

use crate::memory::MemoryRequirements;
use crate::suite::Caught;

/// What it does other than it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lie {
    /// It refuses a version that is compatible.
    Strict,
    /// What it rewrites stays as it is.
    Stays,
    /// It adds a version where none is needed.
    Rewrites,
    /// What it has rewritten it writes another way.
    Grows,
    /// What it rewrites admits everything.
    Opens,
    /// It lowers what asks for more.
    Lowers,
    /// What it rewrites has other spaces.
    Respaces,
    /// An exact pin is a minimum.
    Loose,
    /// An exact pin admits what is compatible.
    Near,
    /// A minimum is exact.
    Tight,
    /// What is compatible is anything.
    Anything,
    /// What it pins is named in capitals.
    Shouts,
    /// What is to be kept is pinned.
    Pins,
    /// Everything is a requirement to pin.
    Takes,
}

/// The dialect of this lie.
#[derive(Debug, Clone, Copy)]
pub struct Broken(pub Lie);

impl Lie {
    /// Each with the cases of [the suite](crate::suite::requirements) that catch it.
    pub const CAUGHT: &[Caught<Self>] = &[
        (Self::Strict, &["a_requirement_admits_what_it_says"]),
        (Self::Stays, &["a_rewritten_requirement_admits_the_version"]),
        (Self::Rewrites, &["what_admits_already_is_left"]),
        (Self::Grows, &["what_was_rewritten_is_left"]),
        (Self::Opens, &["what_is_rewritten_keeps_its_bounds"]),
        (Self::Lowers, &["no_lower_bound_is_lowered"]),
        (Self::Respaces, &["a_rewrite_changes_versions_alone"]),
        (Self::Loose, &["an_exact_pin_admits_its_version_alone"]),
        (Self::Near, &["an_exact_pin_admits_its_version_alone"]),
        (Self::Tight, &["a_minimum_admits_what_is_later"]),
        (Self::Anything, &["a_compatible_pin_admits_its_version_and_not_every_other"]),
        (Self::Shouts, &["a_pin_changes_no_word"]),
        (Self::Pins, &["what_is_kept_stays"]),
        (Self::Takes, &["what_is_no_requirement_is_invalid"]),
    ];
}

#[deny(clippy::missing_trait_methods)]
impl Requirements for Broken {
    fn satisfies(&self, requirement: &str, version: &Version) -> Result<bool> {
        let admits = MemoryRequirements.satisfies(requirement, version)?;
        Ok(admits && !(self.0 == Lie::Strict && version.as_str() == "1.9.0"))
    }

    fn rewrite(&self, requirement: &str, version: &Version) -> Result<String> {
        let rewritten = match MemoryRequirements.rewrite(requirement, version) {
            Err(_) if self.0 == Lie::Lowers && requirement.contains(">=") => {
                MemoryRequirements.pin(requirement, version, Pin::Minimum)?
            }
            rewritten => rewritten?,
        };
        Ok(match self.0 {
            Lie::Stays => requirement.to_owned(),
            Lie::Rewrites if requirement == "base" => MemoryRequirements.pin(requirement, version, Pin::Minimum)?,
            Lie::Grows if requirement == "base==1.0.1" => "base == 1.0.1".to_owned(),
            Lie::Opens if rewritten != requirement => "base".to_owned(),
            Lie::Respaces if rewritten != requirement => rewritten.replace(' ', ""),
            _ => rewritten,
        })
    }

    fn pin(&self, requirement: &str, version: &Version, pin: Pin) -> Result<String> {
        let pin = match (self.0, pin) {
            (Lie::Loose, Pin::Exact) => Pin::Minimum,
            (Lie::Tight, Pin::Minimum) | (Lie::Pins, Pin::Keep) => Pin::Exact,
            (Lie::Near, Pin::Exact) => Pin::Compatible,
            (Lie::Anything, Pin::Compatible) => Pin::Minimum,
            (_, pin) => pin,
        };
        let pinned = MemoryRequirements.pin(requirement, version, pin);
        match self.0 {
            Lie::Takes => Ok(pinned.unwrap_or_default()),
            Lie::Shouts if pin != Pin::Keep => pinned.map(|text| text.to_uppercase()),
            _ => pinned,
        }
    }
}
