//! Registries for cargo: crates.io, and whatever has a sparse index and its API.
//!
//! It reads the index, downloads files, publishes and yanks. Requests to publish are what cargo would send, made from the
//! `.crate` alone; tokens are found where cargo finds them, and each goes to its own registry only.

mod api;
mod backend;
pub mod codes;
mod error;
mod index;
mod line;
mod place;
mod provider;
mod reply;
mod token;
mod upload;
mod yank;

use std::sync::Arc;

use releasekit_core::ecosystem::RegistryBackend;
use releasekit_core::{Backends, Registry};

pub use backend::CratesIo;
pub use error::Error;

/// The name that targets of this kind carry.
pub const ID: &str = "crates-io";

/// Adds the kind of registry.
pub fn register(backends: &mut Backends) {
    let open = |context: &_, target: &_| CratesIo::open(context, target).map(|it| Arc::new(it) as Arc<dyn Registry>);
    backends.add_registry(RegistryBackend { id: ID, open: Arc::new(open) });
    backends.add_codes(codes::CODES);
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
