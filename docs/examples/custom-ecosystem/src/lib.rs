//! An ecosystem of plain text: packages are folders with a `leaflet.txt`, and the registry is a folder, the shelf.
//!
//! It is the smallest whole backend: everything that an ecosystem brings is here once, and [`register`] makes it known.
//! `tests/suites.rs` holds it to what core's traits promise.

mod error;
mod files;
mod press;
mod requirements;
mod scheme;
mod shelf;
mod workspace;

use std::sync::Arc;

use releasekit_core::ecosystem::{BackendContext, EcosystemBackend, Halves, RegistryBackend};
use releasekit_core::model::Target;
use releasekit_core::{Backends, Registry, Result};

pub use error::CODES;
pub use press::Press;
pub use requirements::Needs;
pub use scheme::Numbers;
pub use shelf::Shelf;
pub use workspace::Leaflets;

/// What the tool is called.
pub const ID: &str = "leaflet";

/// What the registry is called.
pub const REGISTRY: &str = "shelf";

/// The variable that names the shelf's folder. The URLs of a configuration are `https`, so a folder is no setting there.
pub const SHELF: &str = "LEAFLET_SHELF";

/// Makes the ecosystem, its registry, its scheme and its codes known.
pub fn register(backends: &mut Backends) {
    backends.add_ecosystem(EcosystemBackend {
        id: ID,
        ecosystem: "leaflets",
        label: "leaf",
        target: Target::new(REGISTRY, "shelf:", "shelf:"),
        // Nobody logs in to a folder.
        credentials: &[],
        open: Arc::new(|_| Ok(Halves { workspace: Arc::new(Leaflets), package_manager: Arc::new(Press) })),
    });
    let open = |context: &BackendContext, target: &Target| -> Result<Arc<dyn Registry>> {
        // A backend reads no environment by itself: what it may know is in the context.
        let folder = context.environment.get(SHELF).ok_or_else(|| error::no_shelf(SHELF))?;
        Ok(Arc::new(Shelf::new(folder.into(), target.clone())))
    };
    backends.add_registry(RegistryBackend { id: REGISTRY, open: Arc::new(open) });
    backends.add_scheme(Arc::new(Numbers));
    backends.add_codes(CODES);
}

/// The code of the guide is a test of this crate.
#[cfg(doctest)]
#[doc = include_str!("../../../guide/custom-backends.md")]
struct Guide;
