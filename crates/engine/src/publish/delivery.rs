//! Sends one file, as often as it has to be and no more.
//!
//! A reply says little: what the registry then lists is what counts. An outcome that nobody knows is looked at before
//! anything is sent again: for a short time where the registry said in full that it failed, else to the end of
//! `poll_timeout`, and a later run looks to the end once more. So a file that was lost is sent again in the end, and one
//! that is only late is found, or met by the registry's own refusal to take a name twice.

use std::time::Duration;

use releasekit_core::event::{Progress, Step};
use releasekit_core::model::{DigestAlgorithm, LiveFile, Target};
use releasekit_core::package_manager::{Reply, Route, UploadRequest};
use releasekit_core::registry::{Keeper, Pace, Wanted};
use releasekit_core::{BackendError, Diagnostic, ErrorKind, PackageManager, Registry};

use tokio::time::{Instant, sleep_until};

use super::channel::{self, LATEST};
use super::pace;
use super::publication::Publication;
use super::publisher::Publisher;
use super::retry::{Attempted, Retry, with_time};
use super::sent::{self, Past, SentFile};
use super::wait::Watch;
use crate::artifacts::BuiltFile;
use crate::error::Result;
use crate::failure::Failure;
use crate::journal::{Effect, UploadOutcome};
use crate::observe::{Releasing, registry_name};
use crate::patience::Patience;

/// For how long anybody waits, however short `poll_timeout` is.
const LEAST_WAIT: Duration = Duration::from_secs(60);

/// For how long an answer of a registry counts as one of now.
const MOMENT: Duration = Duration::from_secs(5);

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

/// One file of a package on its way to one registry.
pub(super) struct Delivery<'a> {
    pub(super) publication: Publication<'a>,
    pub(super) file: &'a BuiltFile,
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
        // Whoever looks makes the registry fetch it: there is nothing to be sent, and so nothing to be in doubt about.
        if self.route() == Route::Tag {
            return self.accepted(Origin::Found).await;
        }
        match self.past() {
            Past::Accepted if !self.publisher().options.resend => return self.accepted(Origin::Found).await,
            // However often it was looked for already: before it is sent again it is looked for to the end.
            Past::Uncertain => {
                let patience = Patience::full(self.publisher().policy);
                if let Some(live) = self.look_for("an earlier run may have sent it", patience).await? {
                    return Ok(Sent::Listed { live, origin: Origin::Found });
                }
            }
            Past::Accepted | Past::Unsent => {}
        }
        self.send_until_done().await
    }

    async fn send_until_done(&self) -> Result<Sent> {
        let policy = self.publisher().policy;
        let (mut attempt, mut failed) = (0, 0);
        loop {
            self.publisher().options.cancel.check()?;
            self.wait_for_turn().await?;
            attempt += 1;
            if let Some(live) = self.look_before(attempt).await? {
                let origin = if attempt == 1 { Origin::Found } else { Origin::Attempted };
                return Ok(Sent::Listed { live, origin });
            }
            let reply = self.attempt(attempt).await?;
            let replied = Instant::now();
            let (found, error, busy) = match reply {
                Reply::Staged => return Ok(Sent::Staged),
                Reply::Refused(error) if self.comes_back(&error, replied) => continue,
                Reply::Refused(error) => {
                    let busy = error.kind() == ErrorKind::RateLimited;
                    (self.after_refusal(&error).await?, error, busy)
                }
                Reply::ServerError { status, error } => {
                    let patience = Patience::after_server_error(policy);
                    (self.look_for(&error.to_string(), patience).await?, error, status == 503)
                }
                Reply::Unknown(error) => {
                    (self.look_for(&error.to_string(), Patience::full(policy)).await?, error, false)
                }
                _ => return self.accepted(Origin::Accepted).await,
            };
            // Whose file it is, and whether all of it, is for the comparison to say.
            if let Some(live) = found {
                return Ok(Sent::Listed { live, origin: Origin::Attempted });
            }
            failed += 1;
            let is_by_us = self.route() == Route::Api && !self.is_made_again();
            let says_delays = is_by_us || self.manager().capabilities().retry_after;
            let Some(retry) = (Attempted { attempt: failed, error: &error, busy, says_delays }).retry(policy) else {
                return Err(self.failed(error));
            };
            self.pause(&error, retry, replied).await?;
        }
    }

    /// Looks right before an attempt: it may have come by now, from us or from somebody else; a registry that does not say may
    /// have it. Before the first attempt of all, the answer that began the run will do while it is of now.
    async fn look_before(&self, attempt: u32) -> Result<Option<LiveFile>> {
        let is_known = attempt == 1 && self.past() == Past::Unsent;
        match is_known && self.publisher().observations.asked.elapsed() < MOMENT {
            true => Ok(None),
            false => self.watch().once().await,
        }
    }

    /// What the upload lets point to its version. Whoever published something newer since the registries were asked keeps `latest`.
    async fn channel_now(&self) -> Result<Option<String>> {
        let chosen = self.publication.channel();
        let is_of_now = self.publisher().observations.asked.elapsed() < MOMENT;
        match chosen.filter(|_| !is_of_now) {
            Some(chosen) if chosen == LATEST => {
                let at = self.publication.points().await?.remove(LATEST);
                Ok(Some(channel::channel(self.publication.scheme(), &self.package().version, at.as_slice())))
            }
            _ => Ok(self.publication.channel()),
        }
    }

    /// Waits until the registry takes one more, where it has named a time, to this run or to an earlier one.
    ///
    /// Fails where that is later than anybody waits; nothing is sent then, for it would be refused.
    async fn wait_for_turn(&self) -> Result<()> {
        let lane = self.publisher().paces.lane(&self.package().id, self.target());
        while let Err(due) = self.publisher().paces.turn(&lane, self.pace()) {
            let wait = due.saturating_duration_since(Instant::now());
            let registry = registry_name(self.target());
            if wait > self.longest_wait() {
                return Err(Failure::TooSoon { registry, wait }.into());
            }
            let text = format!("{registry} takes no more for {} s; waiting for that", wait.as_secs());
            self.report(Step::Upload, Progress::Waiting, Some(text));
            self.publisher().options.cancel.or(sleep_until(due)).await?;
        }
        Ok(())
    }

    /// Whether a refusal only says when to come back, at a registry that is known to take one after the other: that is no failure.
    fn comes_back(&self, error: &BackendError, replied: Instant) -> bool {
        let asked = error.retry_after().filter(|asked| *asked <= self.longest_wait());
        let (Some(asked), Some(_), ErrorKind::RateLimited) = (asked, self.pace(), error.kind()) else { return false };
        let text = format!("{error}; next try in {} s", asked.as_secs());
        self.report(Step::Upload, Progress::Retrying, Some(text));
        let paces = self.publisher().paces;
        paces.hold(paces.lane(&self.package().id, self.target()), replied + asked);
        true
    }

    /// How fast the registry takes packages like this one, where that is known.
    fn pace(&self) -> Option<Pace> {
        let pacing = self.registry().capabilities().pacing?;
        let (_, is_new) = self.publisher().paces.lane(&self.package().id, self.target());
        Some(if is_new { pacing.new_names } else { pacing.versions })
    }

    fn longest_wait(&self) -> Duration {
        pace::longest(self.pace(), self.publisher().policy.poll_timeout.max(LEAST_WAIT))
    }

    fn route(&self) -> Route {
        self.manager().capabilities().route
    }

    /// Whether the registry's API takes the file from the tool alone, which sends what it makes itself.
    fn is_made_again(&self) -> bool {
        self.route() == Route::Api && self.registry().keeper() == Keeper::Tool
    }

    /// Waits until the next attempt may begin.
    async fn pause(&self, error: &BackendError, retry: Retry, replied: Instant) -> Result<()> {
        let due = replied + retry.after;
        let seconds = due.saturating_duration_since(Instant::now()).as_secs();
        let whose = match retry.unsaid {
            true => ", a figure of ours, for what the registry asked for cannot be seen through the tool",
            false => "",
        };
        self.report(Step::Upload, Progress::Retrying, Some(format!("{error}; next try in {seconds} s{whose}")));
        self.publisher().options.cancel.or(sleep_until(due)).await
    }

    /// Sends the file once. What was begun is on record before, and what came of it after. Never dropped half way.
    ///
    /// Fails before anything is sent where the file is not what was checked, or what its tool reads not what it was.
    async fn attempt(&self, attempt: u32) -> Result<Reply> {
        let artifact = &self.file.artifact;
        let channel = self.channel_now().await?;
        let folder = self.publisher().folder("uploads")?;
        let source = if self.is_made_again() { Some(self.publisher().source(self.package()).await?) } else { None };
        // Taken first: from here on no code of the repository runs beside.
        let _credential = self.publisher().apart.read().await;
        self.publisher().surroundings.check()?;
        self.file.still_as_checked(&self.package().id, self.manager())?;
        self.report(Step::Upload, Progress::Started, Some(artifact.file_name.clone()));
        let ticket = self.publisher().journal.begin(Effect::Upload {
            package: self.package().id.to_string(),
            file: artifact.file_name.clone(),
            sha256: artifact.digest(DigestAlgorithm::Sha256).map(|digest| digest.value.clone()).unwrap_or_default(),
            registry: registry_name(self.target()),
            attempt,
        })?;
        let request = UploadRequest::new(
            self.package().published_name.clone(),
            self.package().version.clone(),
            artifact.clone(),
            self.target().clone(),
            self.publisher().policy.task_timeout,
        )
        .with_channel(channel)
        .with_hold(self.publisher().hold.clone())
        .with_folder(Some(folder))
        .with_source(source.as_ref().map(|source| source.request.clone()));
        let reply = match (self.route(), source) {
            (Route::Api, None) => self.registry().upload(&request).await,
            _ => self.manager().upload(&request).await,
        };
        ticket.end(UploadOutcome::of(&reply, self.publisher().now()))?;
        if matches!(reply, Reply::Accepted) {
            self.report(Step::Upload, Progress::Done, Some(artifact.file_name.clone()));
        }
        Ok(reply)
    }

    /// What the journal knows of this file at this registry.
    pub(super) fn past(&self) -> Past {
        sent::past(self.publisher().journal, &self.sent_file())
    }

    /// As the journal names the file.
    pub(super) fn sent_file(&self) -> SentFile<'_> {
        let registry = registry_name(self.target());
        SentFile { package: &self.package().id, name: &self.file.artifact.file_name, registry }
    }

    async fn accepted(&self, origin: Origin) -> Result<Sent> {
        let (name, waited) = (&self.file.artifact.file_name, self.publisher().policy.poll_timeout);
        let what = if self.route() == Route::Tag { "is to be filled in from its tag" } else { "was accepted" };
        let beginning =
            format!("`{name}` {what} and is not listed yet; looking for up to {} s for it", waited.as_secs());
        let found = self.watch().listed(Patience::full(self.publisher().policy), Some(beginning)).await?;
        found.map(|live| Sent::Listed { live, origin }).ok_or_else(|| {
            Failure::NotVisible {
                package: self.package().id.clone(),
                file: name.clone(),
                registry: registry_name(self.target()),
                waited,
            }
            .into()
        })
    }

    /// Looks whether a refused file is there all the same. A conflict says that it is, so that one is waited for.
    async fn after_refusal(&self, error: &BackendError) -> Result<Option<LiveFile>> {
        if error.kind() == ErrorKind::Conflict {
            let why = format!("{error}, for it has a file of this name");
            return self.look_for(&why, Patience::full(self.publisher().policy)).await;
        }
        // Where the look fails too, the refusal is what there is to tell.
        Ok(self.watch().once().await.unwrap_or_default())
    }

    /// Looks for a file that may have arrived, and says so at once.
    async fn look_for(&self, why: &str, patience: Patience) -> Result<Option<LiveFile>> {
        let seconds = patience.usual().as_secs();
        let text = format!("{why}; looking for up to {seconds} s whether it arrived");
        self.report(Step::Await, Progress::Waiting, Some(text));
        self.watch().listed(patience, None).await
    }

    fn watch(&self) -> Watch<'_> {
        Watch {
            registry: self.registry(),
            wanted: self.wanted(),
            file_name: &self.file.artifact.file_name,
            policy: self.publisher().policy,
            cancel: &self.publisher().options.cancel,
            show: Box::new(|text| self.report(Step::Await, Progress::Waiting, Some(text))),
        }
    }

    fn wanted(&self) -> Wanted {
        Wanted::new(self.package().published_name.clone(), self.package().version.clone())
    }

    fn failed(&self, source: BackendError) -> crate::Error {
        let (package, file) = (self.package().id.clone(), self.file.artifact.file_name.clone());
        match source.kind().is_credential() {
            // What is wrong is not the file, and the same for every other one.
            true => source.into(),
            false => Failure::UploadFailed { package, file, source: with_time(source) }.into(),
        }
    }

    pub(super) fn publisher(&self) -> &Publisher<'_> {
        self.publication.publisher
    }

    pub(super) fn package(&self) -> &Releasing {
        self.publication.package
    }

    fn target(&self) -> &Target {
        self.publication.target
    }

    pub(super) fn registry(&self) -> &dyn Registry {
        self.publication.registry
    }

    pub(super) fn manager(&self) -> &dyn PackageManager {
        self.publisher().manager(self.package())
    }

    pub(super) fn report(&self, step: Step, progress: Progress, detail: Option<String>) {
        self.publisher().report(self.package(), step, progress, detail);
    }
}
