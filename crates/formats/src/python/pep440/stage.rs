//! The prereleases that PEP 440 has, under all the names that it takes for them.

use pep440_rs::PrereleaseKind;
use releasekit_core::model::PrereleaseLabel;

use crate::Error;

/// A kind of prerelease, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    Dev,
    Alpha,
    Beta,
    Rc,
}

impl Stage {
    /// The stage that a label names: PEP 440 reads `a` as `alpha`, `b` as `beta`, `c`, `pre` and `preview` as `rc`, in
    /// either case. Fails on any other label.
    pub(super) fn of(label: &PrereleaseLabel) -> Result<Self, Error> {
        match label.as_str().to_ascii_lowercase().as_str() {
            "dev" => Ok(Self::Dev),
            "a" | "alpha" => Ok(Self::Alpha),
            "b" | "beta" => Ok(Self::Beta),
            "c" | "rc" | "pre" | "preview" => Ok(Self::Rc),
            _ => Err(Error::VersionLabel {
                label: label.to_string(),
                scheme: "PEP 440",
                legal: "`alpha`, `beta`, `rc` or `dev`",
            }),
        }
    }

    /// The label that all schemes know it by.
    pub(super) fn label(self) -> PrereleaseLabel {
        match self {
            Self::Dev => PrereleaseLabel::DEV,
            Self::Alpha => PrereleaseLabel::ALPHA,
            Self::Beta => PrereleaseLabel::BETA,
            Self::Rc => PrereleaseLabel::RC,
        }
    }
}

impl From<PrereleaseKind> for Stage {
    fn from(kind: PrereleaseKind) -> Self {
        match kind {
            PrereleaseKind::Alpha => Self::Alpha,
            PrereleaseKind::Beta => Self::Beta,
            PrereleaseKind::Rc => Self::Rc,
        }
    }
}
