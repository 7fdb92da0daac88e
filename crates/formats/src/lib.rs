//! Versions, names, requirements and archives, as pure functions.
//!
//! Everything here is text or bytes in, values out. The crate starts no process, opens no socket, reads neither
//! environment nor clock, writes nothing, and knows no workspace, tool or registry; the only files it opens are the
//! artifacts it is told to read.

pub mod archive;
pub mod codes;
mod error;
pub mod name;
pub mod requirement;
pub mod version;

pub use error::{Error, Result};
