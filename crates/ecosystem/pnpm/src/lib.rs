//! Pnpm as an ecosystem: what its files say, and the tool that builds and uploads.

mod package_manager;
mod workspace;

use std::sync::Arc;

use releasekit_core::Backends;
use releasekit_core::ecosystem::{EcosystemBackend, Halves};
use releasekit_core::model::Target;

pub use package_manager::Pnpm;
pub use workspace::PnpmWorkspace;

/// The name of its tool.
pub const ID: &str = "pnpm";

/// Adds the ecosystem.
pub fn register(backends: &mut Backends) {
    backends.add_ecosystem(EcosystemBackend {
        id: ID,
        // What users call it, and the label of its packages: `pnpm:some-package`.
        ecosystem: ID,
        label: ID,
        // The kind of registry, and the URLs of the public one.
        target: Target::new(ID, "https://registry.invalid/", "https://registry.invalid/"),
        // The variables that carry the right to upload.
        credentials: &[],
        open: Arc::new(|_context| Ok(Halves { workspace: Arc::new(PnpmWorkspace), package_manager: Arc::new(Pnpm) })),
    });
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
