//! Sends one file, as often as it has to be and no more.
//!
//! A reply says little: what the registry then lists is what counts. An outcome that nobody knows is looked at, to the end
//! of `poll_timeout`, before anything is sent again.

use releasekit_core::event::{Progress, Step};
use releasekit_core::model::{LiveFile, Target};
use releasekit_core::package_manager::{Reply, UploadRequest};
use releasekit_core::registry::Wanted;
use releasekit_core::{BackendError, Diagnostic, ErrorKind, PackageManager, Registry};

use super::courier::Courier;
use super::{PublishError, wait};
use crate::build::BuiltFile;
use crate::error::Result;
use crate::journal::{Effect, Outcome, Ticket};
use crate::observe::{Releasing, registry_name};

/// What became of a file.
#[derive(Debug)]
pub(super) enum Sent {
    /// The registry lists it.
    Listed {
        /// As it lists it.
        live: LiveFile,
        /// How it came there.
        origin: Origin,
    },
    /// The registry holds it for approval.
    Staged,
}

/// How a listed file came to its registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// It was there before this run sent anything.
    Found,
    /// This run sent it, and somebody else may have been faster.
    Attempted,
    /// This run sent it, and the registry said yes.
    Accepted,
}

/// What earlier runs know of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Past {
    /// It was never sent, or refused, or looked for in vain.
    Unsent,
    /// It may have arrived.
    Uncertain,
    /// It was accepted.
    Accepted,
}

/// One file on its way to one registry.
pub(super) struct Delivery<'a> {
    pub(super) courier: &'a Courier<'a>,
    pub(super) package: &'a Releasing,
    pub(super) file: &'a BuiltFile,
    pub(super) target: &'a Target,
    pub(super) registry: &'a dyn Registry,
    pub(super) manager: &'a dyn PackageManager,
}

impl Delivery<'_> {
    /// Sends the file unless it may be there already, and waits until the registry lists it.
    ///
    /// Fails with `Transient` where it was accepted and stays invisible, with the registry's kind where it was refused.
    pub(super) async fn send(&self) -> Result<Sent> {
        let sent = self.send_or_find().await;
        if let Err(error) = &sent {
            let step = if error.code() == crate::codes::NOT_VISIBLE { Step::Await } else { Step::Upload };
            self.report(step, Progress::Failed, Some(error.to_string()));
        }
        sent
    }

    async fn send_or_find(&self) -> Result<Sent> {
        match self.past() {
            Past::Accepted if !self.courier.options.resend => return self.accepted(Origin::Found).await,
            Past::Uncertain => {
                if let Some(live) = self.listed().await? {
                    return Ok(Sent::Listed { live, origin: Origin::Found });
                }
            }
            Past::Accepted | Past::Unsent => {}
        }
        self.send_until_done().await
    }

    async fn send_until_done(&self) -> Result<Sent> {
        let listed = |live| Ok(Sent::Listed { live, origin: Origin::Attempted });
        let mut attempt = 1;
        loop {
            self.courier.options.cancel.check()?;
            let (ticket, reply) = self.attempt(attempt).await?;
            let (found, error) = match reply {
                Reply::Staged => return Ok(Sent::Staged),
                Reply::Refused(error) => (self.after_refusal(&error).await?, error),
                Reply::Unknown(error) => (self.listed().await?, error),
                _ => return self.accepted(Origin::Accepted).await,
            };
            match found {
                // Whose file it is, and whether all of it, is for the comparison to say.
                Some(live) => return listed(live),
                None => ticket.end(Outcome::Absent)?,
            }
            if attempt > self.courier.policy.max_retries || !error.kind().is_retryable() {
                return Err(self.failed(error));
            }
            let pause = wait::before_retry(attempt, error.retry_after());
            self.report(Step::Upload, Progress::Retrying, Some(format!("{error}; next try in {} s", pause.as_secs())));
            self.courier.options.cancel.or(tokio::time::sleep(pause)).await?;
            attempt += 1;
        }
    }

    /// Sends the file once. What was begun is on record before, and what came of it after. Never dropped half way.
    async fn attempt(&self, attempt: u32) -> Result<(Ticket<'_>, Reply)> {
        let artifact = &self.file.artifact;
        self.report(Step::Upload, Progress::Started, Some(artifact.file_name.clone()));
        let ticket = self.courier.journal.begin(Effect::Upload {
            package: self.package.id.to_string(),
            file: artifact.file_name.clone(),
            sha256: artifact.digests.first().map(|digest| digest.value.clone()).unwrap_or_default(),
            registry: registry_name(self.target),
            attempt,
        })?;
        let request = UploadRequest {
            package: self.package.id.name.clone(),
            version: self.package.version.clone(),
            artifact: artifact.clone(),
            target: self.target.clone(),
            hold: self.courier.hold.clone(),
            timeout: self.courier.policy.task_timeout,
        };
        let reply = self.manager.upload(&request).await;
        ticket.end(Outcome::of(&reply))?;
        if matches!(reply, Reply::Accepted) {
            self.report(Step::Upload, Progress::Done, Some(artifact.file_name.clone()));
        }
        Ok((ticket, reply))
    }

    /// What the journal knows of this file at this registry; the last attempt counts.
    pub(super) fn past(&self) -> Past {
        let (name, registry) = (&self.file.artifact.file_name, registry_name(self.target));
        let ours = |effect: &Effect| matches!(effect, Effect::Upload { file, registry: to, .. } if file == name && *to == registry);
        let last = self.courier.earlier.iter().rev().find(|entry| ours(&entry.effect));
        match last.map(|entry| &entry.outcome) {
            None | Some(Some(Outcome::Refused { .. } | Outcome::Absent)) => Past::Unsent,
            Some(Some(Outcome::Accepted)) => Past::Accepted,
            Some(Some(Outcome::Unknown { .. }) | None) => Past::Uncertain,
        }
    }

    async fn accepted(&self, origin: Origin) -> Result<Sent> {
        let found = self.listed().await?;
        found.map(|live| Sent::Listed { live, origin }).ok_or_else(|| {
            PublishError::NotVisible {
                package: self.package.id.clone(),
                file: self.file.artifact.file_name.clone(),
                registry: registry_name(self.target),
                waited: self.courier.policy.poll_timeout,
            }
            .into()
        })
    }

    /// Looks whether a refused file is there all the same. A conflict says that it is, so that one is waited for.
    async fn after_refusal(&self, error: &BackendError) -> Result<Option<LiveFile>> {
        if error.kind() == ErrorKind::Conflict {
            return self.listed().await;
        }
        // Where the look fails too, the refusal is what there is to tell.
        Ok(wait::look(self.registry, &self.wanted(), &self.file.artifact.file_name).await.unwrap_or_default())
    }

    async fn listed(&self) -> Result<Option<LiveFile>> {
        let (name, policy) = (&self.file.artifact.file_name, self.courier.policy);
        self.report(Step::Await, Progress::Started, Some(name.clone()));
        wait::listed(self.registry, &self.wanted(), name, policy, &self.courier.options.cancel).await
    }

    fn wanted(&self) -> Wanted {
        Wanted { name: self.package.id.name.clone(), version: self.package.version.clone() }
    }

    fn failed(&self, source: BackendError) -> crate::Error {
        let (package, file) = (self.package.id.clone(), self.file.artifact.file_name.clone());
        match source.kind().is_credential() {
            // What is wrong is not the file, and the same for every other one.
            true => source.into(),
            false => PublishError::UploadFailed { package, file, source }.into(),
        }
    }

    fn report(&self, step: Step, progress: Progress, detail: Option<String>) {
        self.courier.report(self.package, step, progress, detail);
    }
}
