//! Registries and a forge in this process, on loopback: for rehearsals, for the demo and for tests.
//!
//! They speak the protocols of the real ones, so that the real tools can be used against them, and are held by the same
//! contract tests as servers that others wrote. They listen on 127.0.0.1 only.

pub mod cargo;
pub mod codes;
mod connection;
mod error;
mod fault;
mod files;
pub mod github;
mod headers;
mod host;
mod listing;
mod log;
pub mod npm;
mod options;
mod protocol;
pub mod pypi;
mod refusal;
mod server;
mod slow;
mod store;
mod upload;
mod upstream;

pub use error::{Error, Result};
pub use fault::{Fault, Faults, On};
pub use log::Request;
pub use options::Options;
pub use protocol::{Protocol, Served};
pub use server::Server;
pub use store::File;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
