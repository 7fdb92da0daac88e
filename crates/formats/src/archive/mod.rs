//! Archives of any ecosystem: digests, and safe reading of their members.
//!
//! Nothing is ever unpacked to disk, and nothing is written. An archive that two readers could take for two things is
//! refused instead of read: what is compared is what every installer sees.

pub mod digest;
pub(crate) mod member;
pub(crate) mod path;
pub(crate) mod tar;
pub mod tarball;
pub(crate) mod zip;

pub use member::Limits;
