//! What is known to be lacking before anything is sent: a credential, without which a registry takes nothing, or a login, without
//! which no installer finds what it took.

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

    /// Takes out packages that would be sent and could never be tried: what a registry shows to its owners alone is looked for with
    /// a login for reading, and there is none.
    pub(super) fn drop_unreadable(&self, built: &mut Built) {
        for package in &self.sources.releasing {
            if !self.is_tried(package) {
                continue;
            }
            let manager = self.sources.manager(package.member);
            let files = built.packages.get(&package.id).map(Vec::as_slice).unwrap_or_default();
            let targets = package.targets.iter().filter(|target| self.is_to_be_sent(package, target));
            let mut looks = targets.flat_map(|target| files.iter().map(move |file| (&file.artifact, target)));
            let checked = looks.try_for_each(|(artifact, target)| manager.check_readable(artifact, target));
            if let Err(error) = checked {
                self.report(package, error.to_string());
                built.packages.remove(&package.id);
                built.failed.insert(package.id.clone(), error.into());
            }
        }
    }

    /// Whether installers are asked for a package once it is live.
    fn is_tried(&self, package: &Releasing) -> bool {
        let policy = &self.sources.snapshot.policy.publish;
        let capabilities = self.sources.manager(package.member).capabilities();
        (policy.resolve_check && capabilities.resolves) || (policy.smoke_test && capabilities.smoke_test)
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
