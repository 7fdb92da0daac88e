//! Tells other repositories what was published: once for each, by the run that made something live, or whose journal owes it.

use releasekit_core::forge::{DispatchRequest, Written};
use releasekit_core::policy::DispatchPolicy;
use releasekit_core::{BackendError, Diagnostic};
use serde::Serialize;

use super::{Announced, Announcer};
use crate::artifacts::Sources;
use crate::error::{Error, Result};
use crate::journal::{Effect, Journal, UploadOutcome};
use crate::observe::registry_name;
use crate::session::Session;
use crate::words;

/// What the workflows are told.
#[derive(Debug, Serialize)]
struct Payload<'a> {
    repository: &'a str,
    commit: &'a str,
    packages: Vec<Package<'a>>,
}

#[derive(Debug, Serialize)]
struct Package<'a> {
    name: &'a str,
    ecosystem: &'static str,
    version: &'a str,
    registry: String,
}

/// The repositories that a journal owes a word: it remembers uploads, and none of them has been told.
///
/// What nobody knows is owed too. Told twice is what its receivers have to bear, and not told at all they cannot know.
pub(super) fn owed<'p>(policy: &'p DispatchPolicy, journal: &Journal) -> Vec<&'p str> {
    let is_done = |outcome: &Option<UploadOutcome>| *outcome == Some(UploadOutcome::Accepted);
    let uploads = journal.entries_of(|effect| matches!(effect, Effect::Upload { .. }));
    if !uploads.iter().any(|entry| !matches!(entry.outcome, Some(UploadOutcome::Refused { .. }))) {
        return Vec::new();
    }
    let is_told = |wanted: &str| {
        let of_it = |effect: &Effect| matches!(effect, Effect::Dispatch { repository, .. } if repository == wanted);
        journal.entries_of(of_it).iter().any(|entry| is_done(&entry.outcome))
    };
    policy.repositories.iter().map(String::as_str).filter(|repository| !is_told(repository)).collect()
}

/// Says who is owed a word where no forge can bring it.
pub(crate) fn warn_of_owed(session: &Session, policy: &DispatchPolicy, journal: &Journal) {
    let owed = owed(policy, journal);
    if !owed.is_empty() {
        let help = "run the same command again where the forge can be asked";
        session.warn(format!("nobody has told {} of the release", words::quoted(&owed)), Some(help.to_owned()));
    }
}

impl Announcer<'_> {
    /// Tells those that are owed it.
    pub(super) async fn dispatch(&self, sources: &Sources, journal: &Journal, announced: &mut Announced) -> Result<()> {
        let policy = &sources.snapshot.policy.dispatch;
        let owed = owed(policy, journal);
        if owed.is_empty() {
            return Ok(());
        }
        if !self.forge.capabilities().dispatch {
            self.session
                .warn("the forge starts no workflows of other repositories, so none is told of the release", None);
            return Ok(());
        }
        let payload = self.payload(sources).await?;
        for repository in owed {
            self.cancel.check()?;
            match self.tell(repository, policy, &payload, journal).await? {
                Ok(()) => announced.told.push(repository.to_owned()),
                Err(source) => {
                    let what = format!("`{repository}` could not be told of the release");
                    announced.errors.push(Error::Unannounced { what, source });
                }
            }
        }
        Ok(())
    }

    async fn tell(
        &self,
        repository: &str,
        policy: &DispatchPolicy,
        payload: &str,
        journal: &Journal,
    ) -> Result<Result<(), BackendError>> {
        let event = policy.event.clone();
        let ticket = journal.begin(Effect::Dispatch { repository: repository.to_owned(), event })?;
        let written = self.forge.dispatch(&DispatchRequest::new(repository, &policy.event, payload)).await;
        let code = |error: &BackendError| error.code().to_string();
        ticket.end(match &written {
            Written::Refused(error) => UploadOutcome::Refused { code: code(error), until: None },
            Written::Unknown(error) => UploadOutcome::Unknown { code: code(error) },
            _ => UploadOutcome::Accepted,
        })?;
        Ok(written.value())
    }

    async fn payload(&self, sources: &Sources) -> Result<String> {
        let repository = self.cancel.or(self.forge.repository()).await?;
        let failed = |source| Error::Unannounced { what: "nobody could be told of the release".to_owned(), source };
        let repository = repository.map_err(failed)?;
        let discovery = &sources.snapshot.discovery;
        let packages = sources.releasing.iter().flat_map(|package| {
            let ecosystem = discovery.workspace(&discovery.members[package.member]).ecosystem.ecosystem;
            package.targets.iter().map(move |target| Package {
                name: package.id.name.as_str(),
                ecosystem,
                version: package.version.as_str(),
                registry: registry_name(target),
            })
        });
        let payload =
            Payload { repository: &repository.path, commit: sources.commit.id.as_str(), packages: packages.collect() };
        Ok(serde_json::to_string(&payload).expect("texts are JSON"))
    }
}
