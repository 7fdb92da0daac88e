//! Backends around others that count what they change, and fail, lie or end the process at a chosen effect.
//!
//! A test in one process says so with [`Effects::with_fault`]. For a process of its own the environment that its backends are
//! opened with does: `RELEASEKIT_FAULT` says what happens: `ACTION:WHEN:N`, with one of `kill`, `terminate`, `interrupt`, `hang` and
//! `fail`, `before` or `after`, and the number of the effect, from 1. `fail:after` means that the effect happens and its
//! reply is lost. `RELEASEKIT_EFFECTS` names a file to which every effect is added as a line before it happens.

mod effects;
mod forge;
mod package_manager;
mod registry;
mod vcs;

use std::sync::Arc;

use releasekit_core::forge::ForgeBackend;
use releasekit_core::{Backends, Forge, PackageManager, Registry, Vcs};

pub use effects::{Action, Effects, Fault, When};

use forge::FaultyForge;
use package_manager::FaultyPackageManager;
use registry::FaultyRegistry;
use vcs::FaultyVcs;

/// Puts the effects around a version control system.
pub fn around_vcs(inner: Arc<dyn Vcs>, effects: &Effects) -> Arc<dyn Vcs> {
    Arc::new(FaultyVcs::new(inner, effects.clone()))
}

/// Puts the effects around a package manager.
pub fn around_package_manager(inner: Arc<dyn PackageManager>, effects: &Effects) -> Arc<dyn PackageManager> {
    Arc::new(FaultyPackageManager::new(inner, effects.clone()))
}

/// Puts the effects around a registry.
pub fn around_registry(inner: Arc<dyn Registry>, effects: &Effects) -> Arc<dyn Registry> {
    Arc::new(FaultyRegistry::new(inner, effects.clone()))
}

/// Puts the effects around a forge.
pub fn around_forge(inner: Arc<dyn Forge>, effects: &Effects) -> Arc<dyn Forge> {
    Arc::new(FaultyForge::new(inner, effects.clone()))
}

/// Puts the effects around every version control system, package manager, registry and forge that is registered.
pub fn wrap(mut backends: Backends, effects: &Effects) -> Backends {
    for backend in backends.vcs.values_mut() {
        let (open, effects) = (backend.open.clone(), effects.clone());
        backend.open = Arc::new(move |context, folder| {
            let found = open(context, folder)?;
            let effects = effects.planned_in(&context.environment);
            Ok(found.map(|inner| around_vcs(inner, &effects)))
        });
    }
    for backend in backends.ecosystems.values_mut() {
        let (open, effects) = (backend.open.clone(), effects.clone());
        backend.open = Arc::new(move |context| {
            let mut ecosystem = open(context)?;
            let inner = ecosystem.package_manager;
            let effects = effects.planned_in(&context.environment);
            ecosystem.package_manager = around_package_manager(inner, &effects);
            Ok(ecosystem)
        });
    }
    for backend in backends.registries.values_mut() {
        let (open, effects) = (backend.open.clone(), effects.clone());
        backend.open = Arc::new(move |context, target| {
            let effects = effects.planned_in(&context.environment);
            Ok(around_registry(open(context, target)?, &effects))
        });
    }
    let around = |backend: ForgeBackend| {
        let effects = effects.clone();
        backend.around(move |context, inner| around_forge(inner, &effects.planned_in(&context.environment)))
    };
    backends.forges = backends.forges.into_iter().map(|(id, backend)| (id, around(backend))).collect();
    backends
}
