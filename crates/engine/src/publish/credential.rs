//! What is known to be lacking before anything is built: a credential, without which a registry takes nothing.

use std::collections::{BTreeMap, BTreeSet};

use releasekit_core::event::{Event, Progress, Step};
use releasekit_core::model::{PackageId, Target};

use super::inquiry::Inquiry;
use crate::artifacts::Built;
use crate::error::{Error, Result};
use crate::observe::Releasing;

/// Packages that cannot be sent. What needs them is built and blocked like what needs any other failure.
#[derive(Debug, Default)]
pub(super) struct Unsendable {
    /// The first at each registry, and why.
    failed: BTreeMap<PackageId, Error>,
    /// The others, and which is the first.
    blocked: BTreeMap<PackageId, PackageId>,
}

impl Inquiry<'_> {
    /// Asks each registry once that something has to be sent to.
    pub(super) fn unsendable(&self, wanted: &BTreeSet<PackageId>) -> Result<Unsendable> {
        let mut found = Unsendable::default();
        let mut asked: BTreeMap<&Target, Option<&PackageId>> = BTreeMap::new();
        for package in self.sources.releasing.iter().filter(|package| wanted.contains(&package.id)) {
            for target in package.targets.iter().filter(|target| self.is_to_be_sent(package, target)) {
                if let Some(first) = asked.get(target) {
                    found.blocked.extend(first.map(|first| (package.id.clone(), first.clone())));
                    continue;
                }
                let lacking = self.registries.get(target)?.check_credential().err();
                asked.insert(target, lacking.is_some().then_some(&package.id));
                if let Some(error) = lacking {
                    self.report(package, error.to_string());
                    found.failed.insert(package.id.clone(), error.into());
                }
            }
        }
        Ok(found)
    }

    /// Whether the registry has nothing of it, and never had from us: what was sent is looked for first.
    fn is_to_be_sent(&self, package: &Releasing, target: &Target) -> bool {
        self.attempts(package, target).is_empty() && self.is_absent(package, target)
    }

    fn report(&self, package: &Releasing, detail: String) {
        let (step, progress, detail) = (Step::Upload, Progress::Failed, Some(detail));
        let (package, version) = (package.id.clone(), package.version.clone());
        self.session.report(Event::Step { package, version, step, progress, detail });
    }
}

impl Unsendable {
    /// Whether a package is one of them.
    pub(super) fn has(&self, id: &PackageId) -> bool {
        self.failed.contains_key(id) || self.blocked.contains_key(id)
    }

    /// Counts them as what could not be built.
    pub(super) fn add_to(self, built: &mut Built) {
        built.failed.extend(self.failed);
        built.blocked.extend(self.blocked);
    }
}
