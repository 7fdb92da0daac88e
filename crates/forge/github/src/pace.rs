//! How fast GitHub lets one ask: the limits that it tells of, and the pause between changes that it asks for.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use releasekit_core::event::{Event, Reporter};
use releasekit_http::Response;
use tokio::sync::MutexGuard;
use tokio::time::{Instant, sleep_until};

use crate::error::{Error, Result};

/// What GitHub asks of those who make changes, where it says nothing of the time.
pub(crate) const PAUSE: Duration = Duration::from_secs(1);

/// How long to wait where it says that one is too fast, and not for how long.
const UNSAID: Duration = Duration::from_secs(60);

/// No wait is longer, whatever is asked for: nobody waits so long, and a clock cannot count on for ever.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Waits that are shorter are not shown.
const SHOWN: Duration = Duration::from_millis(500);

/// When the next request may be sent.
#[derive(Debug)]
pub(crate) struct Pace {
    host: String,
    pause: Duration,
    reporter: Arc<dyn Reporter>,
    /// Until when nothing is to be asked.
    free: Mutex<Option<Instant>>,
    /// When something was changed last.
    changed: tokio::sync::Mutex<Option<Instant>>,
}

/// The right to change something: nobody else has it as long as this lives.
#[derive(Debug)]
pub(crate) struct Turn<'a>(MutexGuard<'a, Option<Instant>>);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        *self.0 = Some(Instant::now());
    }
}

impl Pace {
    pub(crate) fn new(host: &str, pause: Duration, reporter: Arc<dyn Reporter>) -> Self {
        Self { host: host.to_owned(), pause, reporter, free: Mutex::default(), changed: tokio::sync::Mutex::default() }
    }

    /// Waits until something may be asked. Fails with `RateLimited` where that is after the deadline.
    pub(crate) async fn admit(&self, deadline: Instant) -> Result<()> {
        let Some(free) = *self.free() else { return Ok(()) };
        let wait = free.saturating_duration_since(Instant::now());
        if free > deadline {
            return Err(Error::RateLimited { host: self.host.clone(), wait });
        }
        if wait >= SHOWN {
            let what = format!("waits for {} s, as `{}` asks", wait.as_millis().div_ceil(1000), self.host);
            self.reporter.report(Event::Phase(what));
        }
        sleep_until(free).await;
        Ok(())
    }

    /// Shows that something is tried again after a time.
    pub(crate) fn show_try(&self, delay: Duration) {
        if delay >= SHOWN {
            self.reporter.report(Event::Phase(format!("asks `{}` again, which does not answer", self.host)));
        }
    }

    /// Waits until something may be changed: one change after another, with a pause between them.
    pub(crate) async fn turn(&self) -> Turn<'_> {
        let last = self.changed.lock().await;
        if let Some(last) = *last {
            sleep_until(last + self.pause).await;
        }
        Turn(last)
    }

    /// Takes in what an answer says of limits. Gives whether it is a no for being too fast, after which the same may be asked
    /// again.
    pub(crate) fn heed(&self, response: &Response) -> bool {
        let is_no = is_too_fast(response);
        let is_used_up = response.header("x-ratelimit-remaining") == Some("0");
        if is_no || is_used_up {
            let reset = if is_used_up { until_reset(response) } else { None };
            self.hold(response.retry_after().or(reset).unwrap_or(UNSAID));
        }
        is_no
    }

    /// Asks nothing for a time.
    pub(crate) fn hold(&self, wait: Duration) {
        let until = Instant::now() + wait.min(LONGEST);
        let mut free = self.free();
        *free = Some(free.map_or(until, |free| free.max(until)));
    }

    /// Waits as long as GitHub wants where it says so without a time.
    pub(crate) fn hold_unsaid(&self) {
        self.hold(UNSAID);
    }

    fn free(&self) -> std::sync::MutexGuard<'_, Option<Instant>> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// GitHub says it with 429, or with 403 and a word of it in headers or text.
fn is_too_fast(response: &Response) -> bool {
    let says = || String::from_utf8_lossy(&response.body).to_lowercase().contains("rate limit");
    let is_marked =
        || response.header("retry-after").is_some() || response.header("x-ratelimit-remaining") == Some("0") || says();
    response.status == 429 || response.status == 403 && is_marked()
}

/// How long it is, by GitHub's own clock, until it counts anew; a second more, for both are rounded.
fn until_reset(response: &Response) -> Option<Duration> {
    let reset: i64 = response.header("x-ratelimit-reset")?.parse().ok()?;
    let wait = reset.saturating_sub(response.date()?);
    Some(Duration::from_secs(u64::try_from(wait).unwrap_or(0) + 1))
}
