//! Registries in this process, on loopback: for rehearsals, for the demo and for tests.
//!
//! They speak the protocols of the real ones, so that the real tools can be used against them, and are held by the same
//! contract tests as servers that others wrote. They listen on 127.0.0.1 only.

pub mod codes;
mod connection;
mod error;
pub mod pypi;

pub use error::{Error, Result};
