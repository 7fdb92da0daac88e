//! Waiting for a registry to list a file. Every wait has an end and is shown.

use std::time::Duration;

use releasekit_core::model::LiveFile;
use releasekit_core::policy::PublishPolicy;
use releasekit_core::registry::{Observed, Wanted};
use releasekit_core::{BackendError, Registry};
use tokio::time::{Instant, sleep, timeout};

use crate::cancel::Cancel;
use crate::error::Result;
use crate::observe::no_answer;

/// The first pause between two looks.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// How long any look may take.
const LEAST_LOOK: Duration = Duration::from_secs(1);

/// How often a wait that goes on is shown again.
const REMINDER: Duration = Duration::from_secs(30);

/// How long a file is looked for after a complete answer that the registry failed: what such a server has taken shows
/// soon, or it has taken nothing.
const AFTER_SERVER_ERROR: Duration = Duration::from_secs(15);

/// How many answers such a look is worth at least.
const LOOKS_AFTER_SERVER_ERROR: u32 = 3;

/// How long a file is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// So long, once there were enough answers.
    usual: Duration,
    /// How many answers are enough.
    looks: u32,
    /// So long at most.
    longest: Duration,
}

impl Patience {
    /// To the end of `poll_timeout`.
    pub(super) fn full(policy: &PublishPolicy) -> Self {
        Self { usual: policy.poll_timeout, looks: 1, longest: policy.poll_timeout }
    }

    /// For a short time, and for at least three answers.
    pub(super) fn after_server_error(policy: &PublishPolicy) -> Self {
        let usual = AFTER_SERVER_ERROR.min(policy.poll_timeout);
        Self { usual, looks: LOOKS_AFTER_SERVER_ERROR, longest: policy.poll_timeout }
    }

    /// How long that usually is.
    pub(super) fn usual(self) -> Duration {
        self.usual
    }

    fn time(self, answers: u32) -> Duration {
        if answers < self.looks { self.longest } else { self.usual }
    }
}

/// Looks for one file at one registry.
pub(super) struct Watch<'a> {
    pub(super) registry: &'a dyn Registry,
    pub(super) wanted: Wanted,
    pub(super) file_name: &'a str,
    pub(super) policy: &'a PublishPolicy,
    pub(super) cancel: &'a Cancel,
    /// Shows that a wait goes on.
    pub(super) show: Box<dyn Fn(String) + Send + Sync + 'a>,
}

/// How a wait has gone so far.
pub(super) struct Waited {
    begun: Instant,
    pause: Duration,
    answers: u32,
    slowest: Duration,
    reminded: Duration,
}

impl Watch<'_> {
    /// Looks until the registry lists the file, ever less often; `None` where it does not in time. `beginning` is shown
    /// once the first look was in vain.
    ///
    /// No look lasts longer than what is left of the time, or a second. Fails with the registry's error where the last look brought no
    /// answer or the registry asks for more time than is left, and with `Cancelled`.
    pub(super) async fn listed(&self, patience: Patience, beginning: Option<String>) -> Result<Option<LiveFile>> {
        let mut waited = Waited::new(self.policy);
        let mut beginning = beginning;
        loop {
            let left = patience.longest.saturating_sub(waited.begun.elapsed()).max(LEAST_LOOK);
            let asked = Instant::now();
            let seen = self.look(left).await?;
            if let Ok(Some(file)) = seen {
                return Ok(Some(file));
            }
            waited.count(asked.elapsed(), seen.is_ok());
            let delay = seen.as_ref().err().and_then(BackendError::retry_after).unwrap_or_default();
            let Some(pause) = waited.next(patience, delay, self.policy) else {
                return Ok(seen?);
            };
            self.remind(&mut waited, patience, beginning.take(), &seen);
            self.cancel.or(sleep(pause)).await?;
        }
    }

    /// Looks once, for no longer than `poll_timeout`. Fails with the registry's error where it did not say.
    pub(super) async fn once(&self) -> Result<Option<LiveFile>> {
        Ok(self.look(self.policy.poll_timeout).await??)
    }

    /// Looks once: with the registry's error where it did not say within this time.
    async fn look(&self, within: Duration) -> Result<Result<Option<LiveFile>, BackendError>> {
        let asked = self.registry.observe(std::slice::from_ref(&self.wanted));
        let Ok(mut answers) = self.cancel.or(timeout(within, asked)).await? else {
            return Ok(Err(no_answer(self.registry, within)));
        };
        Ok(match answers.pop() {
            Some(Observed::Live(files)) => Ok(files.into_iter().find(|file| file.file_name == self.file_name)),
            Some(Observed::Unknown(error)) => Err(error),
            _ => Ok(None),
        })
    }

    fn remind(
        &self,
        waited: &mut Waited,
        patience: Patience,
        beginning: Option<String>,
        seen: &Result<Option<LiveFile>, BackendError>,
    ) {
        if let Some(beginning) = beginning {
            (self.show)(beginning);
        }
        let Some(passed) = waited.reminder() else { return };
        let what = match seen {
            Ok(_) => format!("`{}` is not listed yet", self.file_name),
            Err(error) => error.to_string(),
        };
        let end = patience.time(waited.answers).as_secs();
        (self.show)(format!("{what}; looking since {} of up to {end} s", passed.as_secs()));
    }
}

impl Waited {
    /// It begins now.
    pub(super) fn new(policy: &PublishPolicy) -> Self {
        let pause = FIRST_PAUSE.min(policy.poll_interval);
        let zero = Duration::ZERO;
        Self { begun: Instant::now(), pause, answers: 0, slowest: zero, reminded: zero }
    }

    /// Counts a look, how long it took, and whether it brought an answer.
    pub(super) fn count(&mut self, took: Duration, answered: bool) {
        self.slowest = self.slowest.max(took);
        self.answers += u32::from(answered);
    }

    /// How long it has lasted, where it is time to show again that it goes on.
    pub(super) fn reminder(&mut self) -> Option<Duration> {
        let passed = self.begun.elapsed();
        if passed < self.reminded + REMINDER {
            return None;
        }
        self.reminded = passed;
        Some(passed)
    }

    /// The pause before the next look; `None` after the last one. The last one begins early enough to be answered as slowly
    /// as the slowest so far, and none before the registry asked for it.
    pub(super) fn next(&mut self, patience: Patience, delay: Duration, policy: &PublishPolicy) -> Option<Duration> {
        let end = patience.time(self.answers);
        let least = (end / 10).min(LEAST_LOOK);
        let last = end.saturating_sub(least.max(self.slowest * 2));
        let passed = self.begun.elapsed();
        if passed >= last || passed.saturating_add(delay) > last {
            return None;
        }
        let pause = self.pause.max(delay).min(last - passed);
        self.pause = self.pause.mul_f64(1.6).min(policy.poll_interval.max(FIRST_PAUSE));
        Some(pause)
    }
}
