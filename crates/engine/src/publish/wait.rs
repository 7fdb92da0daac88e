//! Waiting: for a registry to list a file, and before another attempt.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use releasekit_core::Registry;
use releasekit_core::model::LiveFile;
use releasekit_core::policy::PublishPolicy;
use releasekit_core::registry::{Observed, Wanted};
use tokio::time::{Instant, sleep};

use crate::cancel::Cancel;
use crate::error::Result;

/// The first pause between two looks.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// The longest pause before the second attempt, doubled for each one after.
const FIRST_RETRY: Duration = Duration::from_secs(1);

/// The longest pause before any attempt.
const LONGEST_RETRY: Duration = Duration::from_secs(60);

/// Looks until the registry lists a file, ever less often; `None` where it does not by `poll_timeout`.
///
/// Fails with the registry's error where the last look brought no answer, and with `Cancelled`.
pub(super) async fn listed(
    registry: &dyn Registry,
    wanted: &Wanted,
    file_name: &str,
    policy: &PublishPolicy,
    cancel: &Cancel,
) -> Result<Option<LiveFile>> {
    let end = Instant::now() + policy.poll_timeout;
    let mut pause = FIRST_PAUSE.min(policy.poll_interval);
    loop {
        let last = Instant::now() >= end;
        match cancel.or(look(registry, wanted, file_name)).await? {
            Ok(Some(file)) => return Ok(Some(file)),
            Ok(None) if last => return Ok(None),
            Err(error) if last => return Err(error),
            Ok(None) | Err(_) => {}
        }
        cancel.or(sleep(pause.min(end.saturating_duration_since(Instant::now())))).await?;
        pause = pause.mul_f64(1.6).min(policy.poll_interval.max(FIRST_PAUSE));
    }
}

/// Looks once. Fails with the registry's error where it did not say.
pub(super) async fn look(registry: &dyn Registry, wanted: &Wanted, file_name: &str) -> Result<Option<LiveFile>> {
    match registry.observe(std::slice::from_ref(wanted)).await.pop() {
        Some(Observed::Live(files)) => Ok(files.into_iter().find(|file| file.file_name == file_name)),
        Some(Observed::Unknown(error)) => Err(error.into()),
        _ => Ok(None),
    }
}

/// How long to wait after attempt `attempt`, from 1: what the server asked for, at least some random part of a time that
/// doubles, so that many clients do not come back at once.
pub(super) fn before_retry(attempt: u32, asked: Option<Duration>) -> Duration {
    let ceiling = FIRST_RETRY.saturating_mul(1 << attempt.saturating_sub(1).min(10)).min(LONGEST_RETRY);
    #[expect(clippy::cast_precision_loss, reason = "a random fraction needs no more precision than it gets")]
    let fraction = RandomState::new().hash_one(attempt) as f64 / u64::MAX as f64;
    ceiling.mul_f64(fraction).max(asked.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_ceiling_and_honour_the_server() {
        for attempt in 1..40 {
            let ceiling = Duration::from_secs(1 << (attempt - 1).min(6)).min(LONGEST_RETRY);
            assert!(before_retry(attempt, None) <= ceiling, "attempt {attempt}");
        }
        assert_eq!(before_retry(1, Some(Duration::from_secs(90))), Duration::from_secs(90));
    }
}
