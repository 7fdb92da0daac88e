//! Artifacts: digests, and what they say of themselves.
//!
//! Nothing is ever unpacked to disk, and nothing is written. An archive that two readers could take for two things is
//! refused instead of read: what is compared is what every installer sees.

pub mod digest;
pub mod identity;
mod member;
pub mod metadata;
mod path;
mod record;
pub mod sdist;
mod tar;
pub mod wheel;
mod zip;

pub use identity::identity;
pub use member::Limits;
pub use metadata::Metadata;
