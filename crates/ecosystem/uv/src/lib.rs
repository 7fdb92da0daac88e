//! Python workspaces of uv: what their files say, and the tool that locks, builds, uploads and installs them.
//!
//! [`Workspace`](releasekit_core::Workspace) reads a tree and returns edits, and never touches a disk;
//! [`PackageManager`](releasekit_core::PackageManager) runs uv in folders that it is given, and never in the user's
//! checkout. Neither asks a registry what is live: that is the registry's backend.

mod build;
mod check;
pub mod codes;
pub mod config;
mod credentials;
mod discover;
mod dynamic;
mod edits;
mod environment;
mod error;
mod extras;
mod homes;
mod internal;
mod layout;
mod lock;
mod maturin;
mod members;
mod package;
mod package_manager;
mod pins;
mod pyproject;
mod repeated;
mod reply;
mod resolve;
mod smoke;
mod tool;
mod trusted;
mod upload;
mod words;
mod workspace;

use std::sync::Arc;

use releasekit_core::Backends;
use releasekit_core::ecosystem::{EcosystemBackend, Halves};
use releasekit_core::model::Target;
use releasekit_formats::python::Pep440;

pub use error::{Error, Refusal};
pub use lock::lockfile_edit;
pub use package_manager::Uv;
pub use releasekit_formats::manifest::Place;
pub use workspace::UvWorkspace;

/// The name under which it registers.
pub const ID: &str = config::TOOL;

/// Adds the ecosystem, its version scheme, and the codes of this crate.
pub fn register(backends: &mut Backends) {
    backends.add_ecosystem(EcosystemBackend {
        id: ID,
        ecosystem: config::ECOSYSTEM,
        label: config::LABEL,
        target: Target::new(config::REGISTRY, config::READ_URL, config::PUBLISH_URL),
        credentials: credentials::NAMES,
        open: Arc::new(|context| {
            Ok(Halves { workspace: Arc::new(UvWorkspace), package_manager: Arc::new(Uv::new(context.clone())) })
        }),
    });
    backends.add_scheme(Arc::new(Pep440));
    backends.add_codes(codes::CODES);
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
