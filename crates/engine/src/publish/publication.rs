//! One package at one registry.

use releasekit_core::Registry;
use releasekit_core::model::Target;

use super::publisher::Publisher;
use crate::error::Error;
use crate::failure::Failure;
use crate::observe::{Releasing, registry_name};

/// One package at one registry.
#[derive(Clone, Copy)]
pub(super) struct Publication<'a> {
    pub(super) publisher: &'a Publisher<'a>,
    pub(super) package: &'a Releasing,
    pub(super) target: &'a Target,
    pub(super) registry: &'a dyn Registry,
}

impl Publication<'_> {
    /// The registry has something else under this version.
    pub(super) fn conflict(&self, what: String) -> Error {
        let (package, version) = (self.package.id.clone(), self.package.version.clone());
        Failure::ContentConflict { package, version, registry: registry_name(self.target), what }.into()
    }

    /// What an upload lets point to its version.
    pub(super) fn channel(&self) -> Option<String> {
        self.publisher.channels.get(&(self.package.id.clone(), self.target.clone())).cloned()
    }
}
