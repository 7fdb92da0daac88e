//! Backends around the real ones that count what they change, and fail, lie or end the process at a chosen effect.
//!
//! `RELEASEKIT_FAULT` says what happens: `ACTION:WHEN:N`, with one of `kill`, `terminate`, `interrupt`, `hang` and
//! `fail`, `before` or `after`, and the number of the effect, from 1. `fail:after` means that the effect happens and its
//! reply is lost. `RELEASEKIT_EFFECTS` names a file to which every effect is added as a line before it happens.

mod effects;
mod package_manager;
mod vcs;

use std::sync::Arc;

use releasekit_core::Backends;

pub use effects::Effects;

use package_manager::FaultyPackageManager;
use vcs::FaultyVcs;

/// Puts the effects around every version control system and package manager that is registered.
pub fn wrap(mut backends: Backends, effects: &Effects) -> Backends {
    for backend in backends.vcs.values_mut() {
        let (open, effects) = (backend.open.clone(), effects.clone());
        backend.open = Arc::new(move |context, folder| {
            let found = open(context, folder)?;
            let effects = effects.planned_in(&context.environment);
            Ok(found.map(|inner| Arc::new(FaultyVcs::new(inner, effects.clone())) as _))
        });
    }
    for backend in backends.ecosystems.values_mut() {
        let (open, effects) = (backend.open.clone(), effects.clone());
        backend.open = Arc::new(move |context| {
            let mut ecosystem = open(context)?;
            let inner = ecosystem.package_manager;
            let effects = effects.planned_in(&context.environment);
            ecosystem.package_manager = Arc::new(FaultyPackageManager::new(inner, effects));
            Ok(ecosystem)
        });
    }
    backends
}
