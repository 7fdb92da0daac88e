//! When a read is tried again, and after how long.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use releasekit_core::Diagnostic;

use crate::{Error, Settings};

/// The delays between tries, with jitter.
pub(crate) fn backoff(settings: &Settings) -> impl BackoffBuilder {
    ExponentialBuilder::default()
        .with_min_delay(settings.first_delay)
        .with_max_delay(settings.longest_delay)
        .with_max_times(settings.retries)
        .with_jitter()
}

/// Whether another try can help and is wanted.
pub(crate) fn is_worth_it(error: &Error, settings: &Settings) -> bool {
    error.kind().is_retryable() && error.retry_after().is_none_or(|delay| delay <= settings.longest_delay)
}

/// What the server asked for, else what was planned; `None` where the tries are used up.
pub(crate) fn delay(error: &Error, planned: Option<Duration>) -> Option<Duration> {
    planned.map(|planned| error.retry_after().unwrap_or(planned))
}
