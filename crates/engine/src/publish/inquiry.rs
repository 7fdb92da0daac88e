//! What is known of a release once its registries have answered, and before anything of it is sent.

use releasekit_core::model::Target;
use releasekit_core::registry::Observed;

use crate::artifacts::Sources;
use crate::journal::{Effect, Entry, Journal};
use crate::observe::{Observations, Registries, Releasing, registry_name};
use crate::session::Session;

/// What the rules that come before an upload look at.
pub(super) struct Inquiry<'a> {
    pub(super) session: &'a Session,
    pub(super) sources: &'a Sources,
    pub(super) registries: &'a Registries<'a>,
    pub(super) observations: &'a Observations,
    pub(super) journal: &'a Journal,
}

impl Inquiry<'_> {
    /// Whether a registry has nothing of a package.
    pub(super) fn is_absent(&self, package: &Releasing, target: &Target) -> bool {
        matches!(self.observations.of(&package.id, target), Some(Observed::Absent))
    }

    /// The attempts of earlier runs to send files of a package to a registry.
    pub(super) fn attempts(&self, package: &Releasing, target: &Target) -> Vec<Entry> {
        let (id, name) = (package.id.to_string(), registry_name(target));
        let is_of = |effect: &Effect| matches!(effect, Effect::Upload { package, registry, .. } if *package == id && *registry == name);
        self.journal.entries_of(is_of)
    }
}
