//! Whether installers find what is live: the tool itself has to choose it from the registry.
//!
//! A registry can list a file that no installer takes: a cache on the way still serves yesterday's page, a mirror lacks the
//! metadata, a requirement of one package contradicts another's version. So the tool is asked once the files are verified, and
//! before anything that needs the package is sent. What it says is never a reason to send again.

use std::fmt;
use std::time::Duration;

use releasekit_core::event::{Progress, Step};
use releasekit_core::model::{PackageId, PackageName, Target};
use releasekit_core::package_manager::{Installable, ResolveRequest, Resolved};
use releasekit_core::registry::{Observed, Wanted};
use releasekit_core::{BackendError, Diagnostic};
use tokio::time::{Instant, sleep};

use super::publisher::Publisher;
use super::wait::Watch;
use crate::error::Result;
use crate::failure::Failure;
use crate::observe::{Releasing, registry_name};
use crate::patience::{Patience, Waited};
use crate::words::quoted;

/// One package at one registry.
pub(super) struct Resolution<'a> {
    pub(super) publisher: &'a Publisher<'a>,
    pub(super) package: &'a Releasing,
    pub(super) target: &'a Target,
}

/// Why the tool has not chosen a package yet.
enum Obstacle {
    /// It chooses otherwise.
    NotChosen { missing: Vec<PackageName>, why: String },
    /// It could not find out.
    Unknown(BackendError),
}

impl Resolution<'_> {
    /// Waits until the tool chooses the package, together with what the release installs beside it from the same registry.
    ///
    /// Each of these is live, for the package was not begun before. What else it requires is left out. Fails with `Transient`
    /// where the tool does not choose it within `poll_timeout`, and with the tool's own kind where it could not find out.
    pub(super) async fn wait(&self) -> Result<()> {
        let manager = self.publisher.manager(self.package);
        if !self.publisher.policy.resolve_check || !manager.capabilities().resolves {
            return Ok(());
        }
        self.report(Progress::Started, None);
        let resolved = self.until_chosen().await;
        match &resolved {
            Ok(()) => self.report(Progress::Done, None),
            Err(error) => self.report(Progress::Failed, Some(error.to_string())),
        }
        resolved
    }

    async fn until_chosen(&self) -> Result<()> {
        let policy = self.publisher.policy;
        let request = self.request()?;
        let mut waited = Waited::new(policy);
        let mut first = true;
        loop {
            let asked = Instant::now();
            let Some(obstacle) = self.look(&request).await? else { return Ok(()) };
            waited.count(asked.elapsed(), matches!(obstacle, Obstacle::NotChosen { .. }));
            let Some(pause) = obstacle.may_pass().and_then(|delay| waited.next(Patience::full(policy), delay, policy))
            else {
                return Err(self.failure(obstacle).await?);
            };
            if std::mem::take(&mut first) || waited.reminder().is_some() {
                let end = policy.poll_timeout.as_secs();
                self.report(Progress::Waiting, Some(format!("{obstacle}; asking again for up to {end} s")));
            }
            self.publisher.options.cancel.or(sleep(pause)).await?;
        }
    }

    /// Asks once. The tool may read a login, so no code of a package runs beside it, and what it reads is as it was.
    async fn look(&self, request: &ResolveRequest) -> Result<Option<Obstacle>> {
        let _credential = self.publisher.apart.read().await;
        self.publisher.surroundings.check()?;
        let asked = self.publisher.manager(self.package).resolve(request);
        Ok(match self.publisher.options.cancel.or(asked).await? {
            Ok(Resolved::Chosen) => None,
            Ok(Resolved::NotChosen { packages, why }) => Some(Obstacle::NotChosen { missing: packages, why }),
            Err(error) => Some(Obstacle::Unknown(error)),
        })
    }

    fn request(&self) -> Result<ResolveRequest> {
        let folder = self.publisher.folder(format!("resolve-{}", self.package.member))?;
        self.note_requirements()?;
        let expected = self.together().into_iter().map(|package| self.expected(package)).collect();
        let timeout = self.publisher.policy.task_timeout;
        Ok(ResolveRequest::new(self.target.clone(), folder, timeout).with_packages(expected))
    }

    /// The package, and those of the release that are installed with it and go to the same registry.
    fn together(&self) -> Vec<&Releasing> {
        let sources = self.publisher.sources;
        let beside = sources.snapshot.graph.installed_with(self.package.member);
        let is_part = |other: &&Releasing| {
            other.member == self.package.member
                || (beside.contains(&other.member) && other.targets.contains(self.target))
        };
        sources.releasing.iter().filter(is_part).collect()
    }

    fn expected(&self, package: &Releasing) -> Installable {
        let declared = &self.publisher.sources.snapshot.discovery.members[package.member].package;
        let mut requirements = declared.requirements.clone();
        requirements.extend(self.publisher.found.required().get(&package.id).into_iter().flatten().cloned());
        Installable::new(package.published_name.clone(), package.version.clone())
            .with_requirements(requirements)
            .with_runtime(declared.runtime.clone())
            .with_files(self.files(&package.id))
    }

    /// What an artifact requires, which its package file need not say.
    fn note_requirements(&self) -> Result<()> {
        let files = self.publisher.built.packages.get(&self.package.id);
        let Some(file) = files.and_then(|files| files.first()) else { return Ok(()) };
        let identity = self.publisher.manager(self.package).inspect(&file.artifact.path)?;
        self.publisher.found.required().insert(self.package.id.clone(), identity.requirements);
        Ok(())
    }

    fn files(&self, id: &PackageId) -> Vec<String> {
        if let Some(built) = self.publisher.built.packages.get(id) {
            return built.iter().map(|file| file.artifact.file_name.clone()).collect();
        }
        match self.publisher.observations.of(id, self.target) {
            Some(Observed::Live(files)) => files.iter().map(|file| file.file_name.clone()).collect(),
            _ => Vec::new(),
        }
    }

    /// What is to be told at the end. A registry that has dropped a file since has nothing that could be chosen.
    async fn failure(&self, obstacle: Obstacle) -> Result<crate::Error> {
        let (package, waited) = (self.package.id.clone(), self.publisher.policy.poll_timeout);
        let registry = registry_name(self.target);
        let (missing, why) = match obstacle {
            Obstacle::Unknown(error) => return Ok(error.into()),
            Obstacle::NotChosen { missing, why } => (missing, why),
        };
        if let Some(file) = self.dropped().await? {
            return Ok(Failure::NotVisible { package, file, registry, waited }.into());
        }
        let version = self.package.version.clone();
        Ok(Failure::NotResolvable { package, version, registry, missing, waited, why }.into())
    }

    /// A file of the package that was listed and is not any more. Where the registry does not say, none is known.
    async fn dropped(&self) -> Result<Option<String>> {
        let registry = self.publisher.registries.get(self.target)?;
        let wanted = Wanted::new(self.package.published_name.clone(), self.package.version.clone());
        for file in self.files(&self.package.id) {
            let watch = Watch {
                registry: registry.as_ref(),
                wanted: wanted.clone(),
                file_name: &file,
                policy: self.publisher.policy,
                cancel: &self.publisher.options.cancel,
                show: Box::new(|_| ()),
            };
            let is_gone = matches!(watch.once().await, Ok(None));
            drop(watch);
            if is_gone {
                return Ok(Some(file));
            }
        }
        Ok(None)
    }

    fn report(&self, progress: Progress, detail: Option<String>) {
        self.publisher.report(self.package, Step::Resolve, progress, detail);
    }
}

impl Obstacle {
    /// The least time after which it may be gone by itself; `None` where it will not be.
    fn may_pass(&self) -> Option<Duration> {
        match self {
            Self::NotChosen { .. } => Some(Duration::ZERO),
            Self::Unknown(error) => error.kind().is_retryable().then(|| error.retry_after().unwrap_or_default()),
        }
    }
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotChosen { missing, .. } => write!(f, "installers do not choose {} yet", quoted(missing)),
            Self::Unknown(error) => write!(f, "{error}"),
        }
    }
}
