//! Cargo as an ecosystem: what its files say, and the tool that builds and uploads.

mod apart;
mod beside;
mod build;
mod check;
pub mod codes;
pub mod config;
mod crate_file;
mod discover;
mod edits;
mod environment;
mod error;
mod homes;
mod layout;
mod lock;
mod manifest;
mod members;
mod metadata;
mod need;
mod package;
mod package_manager;
mod pins;
mod project;
mod registries;
mod replaced;
mod resolve;
mod smoke;
mod tool;
mod trusted;
mod uncircled;
mod upload;
mod words;
mod workspace;

use std::sync::Arc;

use releasekit_core::Backends;
use releasekit_core::ecosystem::{EcosystemBackend, Halves};
use releasekit_core::model::Target;
use releasekit_formats::semver::SemVer;

pub use error::Error;
pub use package_manager::Cargo;
pub use releasekit_formats::manifest::Place;
pub use workspace::CargoWorkspace;

/// The name under which it registers.
pub const ID: &str = config::TOOL;

/// Adds the ecosystem, its version scheme, and the codes of this crate.
pub fn register(backends: &mut Backends) {
    backends.add_ecosystem(EcosystemBackend {
        id: ID,
        ecosystem: config::ECOSYSTEM,
        label: config::LABEL,
        target: Target::new(config::REGISTRY, config::INDEX, config::INDEX),
        credentials: &[],
        open: Arc::new(|context| {
            let workspace = CargoWorkspace::new(context.environment.clone());
            Ok(Halves { workspace: Arc::new(workspace), package_manager: Arc::new(Cargo::new(context.clone())) })
        }),
    });
    backends.add_scheme(Arc::new(SemVer));
    backends.add_codes(codes::CODES);
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
