//! Backends that break one promise each, to show that each case of a [suite](crate::suite) bites: every one fails its case
//! and no other.

pub mod forge;
pub mod package_manager;
pub mod registry;
pub mod requirements;
pub mod scheme;
pub mod vcs;
pub mod workspace;
