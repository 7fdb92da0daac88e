//! What can be wrong with the commit that the tags of a release lead to.

use thiserror::Error;

/// Why a commit that tags lead to is not the release commit of a manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Astray {
    /// It has no manifest.
    #[error("holds no release manifest")]
    NoManifest,
    /// It has one with other rows.
    #[error("holds another release manifest")]
    OtherManifest,
    /// Its first parent has the same one already.
    #[error("did not bring the release manifest, for its parent holds it too")]
    Later,
    /// HEAD does not lead to it.
    #[error("is not in the history of HEAD")]
    Unrelated,
}
