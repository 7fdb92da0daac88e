//! Versions, names, requirements and archives, as pure functions.
//!
//! Everything here is text or bytes in, values out. The crate starts no process, opens no socket, reads neither
//! environment nor clock, writes nothing, and knows no workspace, tool or registry; the only files it opens are the
//! artifacts it is told to read.
//!
//! What belongs to one ecosystem lies in a folder of its name; the rest is for all of them.

pub mod archive;
pub mod cargo;
pub mod codes;
mod error;
mod patch;
pub mod python;
pub mod semver;
mod step;

pub use error::{Error, Result};
