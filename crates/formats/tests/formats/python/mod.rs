//! Python's formats.

pub(crate) mod archives;
mod comparison;
mod identities;
mod names;
mod pep440;
mod pep508;
pub(crate) mod raw;
mod requirements;
mod tampered;
