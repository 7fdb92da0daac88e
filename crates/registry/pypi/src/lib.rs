//! Python package indexes: PyPI, and every server that speaks the simple API as HTML (PEP 503) or JSON (PEP 691).
//!
//! An index is asked what is live and for the files themselves; uploads go through the package manager's tool. What an
//! index did not say is unknown, never absent.

mod backend;
pub mod codes;
mod error;
mod html;
mod json;
mod page;

use std::sync::Arc;

use releasekit_core::ecosystem::RegistryBackend;
use releasekit_core::{Backends, Registry};

pub use backend::PyPi;
pub use error::Error;
pub use page::listed;

/// The name that targets of this kind carry.
pub const ID: &str = "pypi";

/// Makes this kind of registry known.
pub fn register(backends: &mut Backends) {
    let open = |context: &_, target: &_| PyPi::open(context, target).map(|index| Arc::new(index) as Arc<dyn Registry>);
    backends.add_registry(RegistryBackend { id: ID, open: Arc::new(open) });
    backends.add_codes(codes::CODES);
    backends.add_codes(releasekit_http::codes::CODES);
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
