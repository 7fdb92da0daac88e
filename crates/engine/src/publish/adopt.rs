//! Whether what is live before its tag is what is built: then it may be tagged.

use std::collections::BTreeMap;

use releasekit_core::model::LiveFile;
use releasekit_core::registry::Observed;
use tokio::sync::RwLock;
use tokio::time::Instant;

use super::delivery::{Delivery, Origin};
use super::options::PublishOptions;
use super::pace::Paces;
use super::publication::Publication;
use super::publisher::{Found, Publisher};
use crate::artifacts::{Built, Sources};
use crate::cancel::Cancel;
use crate::error::{Error, Result};
use crate::failure::Failure;
use crate::locate::ReleaseCommit;
use crate::observe::{Observations, Registries, Releasing};
use crate::scratch::Scratch;
use crate::session::Session;
use crate::state::State;
use crate::surroundings::Surroundings;

/// Packages that were live before they were tagged.
pub(crate) struct Adoption<'a> {
    pub(crate) session: &'a Session,
    pub(crate) release: &'a ReleaseCommit,
    pub(crate) sources: &'a Sources,
    pub(crate) registries: &'a Registries<'a>,
    pub(crate) observations: &'a Observations,
    pub(crate) built: &'a Built,
}

impl Adoption<'_> {
    /// Compares all live files with those that were built, as `publish` would, and sends nothing. What a registry lacks of a
    /// package is no difference: `publish` adds it.
    ///
    /// Differences are reported together.
    pub(crate) async fn compare(&self, state: &State, cancel: &Cancel) -> Result<()> {
        let Self { session, release, sources, registries, observations, built } = *self;
        let folder = state.of_release(&sources.commit.id, sources.run.as_deref());
        let journal = folder.journal()?;
        let scratch = Scratch::create(&session.context.cache, "adopt")?;
        let options = PublishOptions::new(jiff::Timestamp::UNIX_EPOCH, cancel.clone());
        let publisher = Publisher {
            session,
            sources,
            options: &options,
            policy: &sources.snapshot.policy.publish,
            registries,
            observations,
            built,
            proven: &BTreeMap::new(),
            channels: &BTreeMap::new(),
            paces: &Paces::default(),
            state: &folder,
            journal: &journal,
            hold: state.hold(),
            scratch: &scratch,
            surroundings: Surroundings::of(session).await?,
            begun: Instant::now(),
            found: Found::default(),
            apart: RwLock::default(),
        };
        let mut differences = Vec::new();
        for package in &sources.releasing {
            match publisher.compare(package).await {
                Ok(()) => {}
                Err(Error::Failure(difference)) if is_difference(&difference) => {
                    let is_first = release.is_first(&package.id);
                    differences.push(Error::NotAdopted { source: difference, is_first });
                }
                Err(error) => return Err(error),
            }
        }
        Error::raise(differences)
    }
}

impl Publisher<'_> {
    /// Compares what its registries have of a package with what was built.
    async fn compare(&self, package: &Releasing) -> Result<()> {
        for target in &package.targets {
            let Some(Observed::Live(live)) = self.observations.of(&package.id, target) else { continue };
            let registry = self.registries.get(target)?;
            let publication = Publication { publisher: self, package, target, registry: registry.as_ref() };
            publication.compare(live).await?;
        }
        Ok(())
    }
}

impl Publication<'_> {
    async fn compare(&self, live: &[LiveFile]) -> Result<()> {
        let files = self.publisher.files(self.package)?;
        self.refuse_strangers(files, live)?;
        for file in files {
            if let Some(live) = live.iter().find(|live| live.file_name == file.artifact.file_name) {
                Delivery { publication: *self, file }.verify(live, Origin::Found).await?;
            }
        }
        Ok(())
    }
}

/// Whether it says that something else was published.
fn is_difference(failure: &Failure) -> bool {
    matches!(failure, Failure::ContentConflict { .. } | Failure::Unproven { .. })
}
