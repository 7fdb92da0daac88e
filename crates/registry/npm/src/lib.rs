//! Npm as a kind of registry: what is live there.

mod backend;

use std::sync::Arc;

use releasekit_core::ecosystem::RegistryBackend;
use releasekit_core::{Backends, Registry};

pub use backend::Npm;

/// The name that targets of this kind carry.
pub const ID: &str = "npm";

/// Adds the kind of registry.
pub fn register(backends: &mut Backends) {
    let open = |context: &_, target: &_| Npm::open(context, target).map(|it| Arc::new(it) as Arc<dyn Registry>);
    backends.add_registry(RegistryBackend { id: ID, open: Arc::new(open) });
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
