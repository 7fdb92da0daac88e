//! Waiting for a registry to list a file. Every wait has an end and is shown.

use std::time::Duration;

use releasekit_core::model::LiveFile;
use releasekit_core::policy::PublishPolicy;
use releasekit_core::registry::{Observed, Wanted};
use releasekit_core::{BackendError, Diagnostic, Registry};
use tokio::time::{Instant, sleep, timeout};

use crate::cancel::Cancel;
use crate::error::Result;
use crate::observe::no_answer;
use crate::patience::{Patience, Waited};

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
            let asked = Instant::now();
            let seen = self.look(waited.left(patience)).await?;
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
        let end = waited.end(patience).as_secs();
        (self.show)(format!("{what}; looking since {} of up to {end} s", passed.as_secs()));
    }
}
