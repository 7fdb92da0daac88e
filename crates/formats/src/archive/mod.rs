//! Artifacts: digests, what they say of themselves, and whether two of them hold the same.
//!
//! Nothing is ever unpacked to disk, and nothing is written.

pub mod content;
pub mod digest;
pub mod identity;
mod member;
pub mod metadata;
pub mod sdist;
pub mod wheel;

pub use content::{Comparison, Difference, Verdict, compare};
pub use identity::identity;
pub use member::Limits;
pub use metadata::Metadata;
