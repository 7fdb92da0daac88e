//! JavaScript workspaces of pnpm: what their files say, and the tools that lock, pack, upload and install them.

mod access;
mod build;
mod check;
pub mod codes;
pub mod config;
mod credentials;
mod discover;
mod edits;
mod entries;
mod environment;
mod error;
mod identity;
mod layout;
mod lock;
mod manifest;
mod members;
mod need;
mod package;
mod package_manager;
mod pins;
mod project;
mod published;
mod readable;
mod registries;
mod reply;
mod resolve;
mod settings;
mod smoke;
mod tarball;
mod tool;
mod trusted;
mod upload;
mod workspace;

use std::sync::Arc;

use releasekit_core::Backends;
use releasekit_core::ecosystem::{EcosystemBackend, Halves};
use releasekit_core::model::Target;
use releasekit_formats::semver::SemVer;

pub use error::{Error, Refusal};
pub use package_manager::Pnpm;
pub use releasekit_formats::manifest::Place;
pub use workspace::PnpmWorkspace;

/// The name under which it registers.
pub const ID: &str = config::TOOL;

/// Adds the ecosystem, its version scheme, and the codes of this crate.
pub fn register(backends: &mut Backends) {
    backends.add_ecosystem(EcosystemBackend {
        id: ID,
        ecosystem: config::ECOSYSTEM,
        label: config::LABEL,
        target: Target::new(config::REGISTRY, config::PUBLIC, config::PUBLIC),
        credentials: credentials::NAMES,
        open: Arc::new(|context| {
            let workspace = PnpmWorkspace::new(context.environment.clone());
            Ok(Halves { workspace: Arc::new(workspace), package_manager: Arc::new(Pnpm::new(context.clone())) })
        }),
    });
    backends.add_scheme(Arc::new(SemVer));
    backends.add_codes(codes::CODES);
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
