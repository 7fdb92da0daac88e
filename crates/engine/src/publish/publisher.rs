//! What the packages of a run share.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use releasekit_core::PackageManager;
use releasekit_core::event::{Event, Progress, Step};
use releasekit_core::model::{PackageId, Requirement, Target};
use releasekit_core::policy::PublishPolicy;
use tokio::sync::RwLock;
use tokio::time::Instant;

use super::channel::Channels;
use super::options::PublishOptions;
use super::pace::Paces;
use crate::artifacts::{self, Built, BuiltFile, Job, Source, Sources};
use crate::error::Result;
use crate::failure::Failure;
use crate::journal::Journal;
use crate::observe::{Observations, Registries, Releasing};
use crate::receipt::Receipt;
use crate::scratch::Scratch;
use crate::session::Session;
use crate::state::ReleaseState;
use crate::surroundings::Surroundings;

/// What the packages of a run share.
pub(super) struct Publisher<'a> {
    pub(super) session: &'a Session,
    pub(super) sources: &'a Sources,
    pub(super) options: &'a PublishOptions,
    pub(super) policy: &'a PublishPolicy,
    pub(super) registries: &'a Registries<'a>,
    pub(super) observations: &'a Observations,
    pub(super) built: &'a Built,
    /// What receipts have proven, by package and registry.
    pub(super) proven: &'a BTreeMap<(PackageId, Target), Receipt>,
    /// What uploads let point to their versions.
    pub(super) channels: &'a Channels,
    /// How fast registries let us go.
    pub(super) paces: &'a Paces,
    pub(super) state: &'a ReleaseState,
    pub(super) journal: &'a Journal,
    pub(super) hold: Option<Arc<File>>,
    pub(super) scratch: &'a Scratch,
    /// What programs with credentials read, as it was before anything of the repository ran.
    pub(super) surroundings: Surroundings,
    pub(super) begun: Instant,
    pub(super) found: Found,
    /// Held by many while programs have a credential, and by one while a package's own code runs.
    pub(super) apart: RwLock<()>,
}

/// What one package finds out for the others.
#[derive(Default)]
pub(super) struct Found {
    /// Registries that know no credential of ours, and who found it out: nothing more is sent there.
    closed: Mutex<BTreeMap<Target, PackageId>>,
    /// What the artifacts of packages require, as far as they have been looked at.
    required: Mutex<BTreeMap<PackageId, Vec<Requirement>>>,
}

impl Found {
    pub(super) fn closed(&self) -> MutexGuard<'_, BTreeMap<Target, PackageId>> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn required(&self) -> MutexGuard<'_, BTreeMap<PackageId, Vec<Requirement>>> {
        self.required.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Publisher<'_> {
    pub(super) fn manager(&self, package: &Releasing) -> &dyn PackageManager {
        self.sources.manager(package.member)
    }

    pub(super) fn files(&self, package: &Releasing) -> Result<&[BuiltFile]> {
        let what = || "nothing was built".to_owned();
        let missing =
            || Failure::Incomplete { package: package.id.clone(), version: package.version.clone(), what: what() };
        Ok(self.built.packages.get(&package.id).ok_or_else(missing)?)
    }

    /// A folder of one package, below the run's own.
    pub(super) fn folder(&self, name: impl AsRef<std::path::Path>) -> Result<PathBuf> {
        let folder = self.scratch.path().join(name);
        std::fs::create_dir_all(&folder).map_err(Failure::file("make the folder", &folder))?;
        Ok(folder)
    }

    /// What a package was built from. Commands of the configuration make some of it, unless artifacts come from elsewhere:
    /// then no code of the repository runs. No program beside them has a credential.
    pub(super) async fn source(&self, package: &Releasing) -> Result<Source> {
        let discovery = &self.sources.snapshot.discovery;
        let has_commands = !discovery.workspace(&discovery.members[package.member]).policy.build_commands.is_empty();
        let runs_commands = has_commands && self.options.artifacts.is_none();
        let _alone = if runs_commands { self.without_credentials().await } else { None };
        let job = Job { session: self.session, sources: self.sources, cancel: &self.options.cancel };
        artifacts::source(job, package.member, self.scratch.path(), runs_commands).await
    }

    /// The time: that of the start, which came in by parameter, and what has passed since.
    pub(super) fn now(&self) -> Timestamp {
        let passed = SignedDuration::try_from(self.begun.elapsed()).unwrap_or_default();
        self.options.now.checked_add(passed).unwrap_or(self.options.now)
    }

    pub(super) fn report(&self, package: &Releasing, step: Step, progress: Progress, detail: Option<String>) {
        let (package, version) = (package.id.clone(), package.version.clone());
        self.session.report(Event::Step { package, version, step, progress, detail });
    }
}
