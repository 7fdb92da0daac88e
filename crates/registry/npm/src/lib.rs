//! The public registry of npm, and whatever speaks its protocol, as a kind of registry: what is live there, the files themselves, where
//! names such as `latest` point, and how versions are withdrawn.
//!
//! A package has one document, which lists its versions and where its names point. Files are sent by npm itself, and by nothing here.

mod api;
mod backend;
mod channel;
pub mod codes;
mod document;
mod error;
mod members;
mod reply;
mod yank;

use std::sync::Arc;

use releasekit_core::ecosystem::RegistryBackend;
use releasekit_core::{Backends, Registry};

pub use backend::Npm;
pub use error::{Error, Write};

/// The name that targets of this kind carry.
pub const ID: &str = "npm";

/// Adds the kind of registry.
pub fn register(backends: &mut Backends) {
    let open = |context: &_, target: &_| Npm::open(context, target).map(|it| Arc::new(it) as Arc<dyn Registry>);
    backends.add_registry(RegistryBackend { id: ID, open: Arc::new(open) });
    backends.add_codes(codes::CODES);
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
