//! Whether a failed upload is tried again, and when: as the registry says, else ever later.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use releasekit_core::policy::PublishPolicy;
use releasekit_core::{BackendError, Diagnostic};

/// The longest pause before the second attempt, doubled for each one after.
const FIRST_RETRY: Duration = Duration::from_secs(1);

/// The longest pause before any attempt that nobody asked to be later.
const LONGEST_RETRY: Duration = Duration::from_secs(60);

/// The least pause where a registry may have asked for one and the tool does not say for which: doubled for each attempt.
const UNSAID: Duration = Duration::from_secs(30);

/// What follows from a failed attempt for the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Retry {
    /// How long after the reply the next attempt begins.
    pub(super) after: Duration,
    /// Whether the registry may have asked for another time than this one, and the tool did not say.
    pub(super) unsaid: bool,
}

/// A failed attempt, as far as it matters for the next one.
#[derive(Debug)]
pub(super) struct Attempted<'a> {
    /// Which attempt it was, from 1.
    pub(super) attempt: u32,
    /// What was said.
    pub(super) error: &'a BackendError,
    /// Whether the registry has too much to do (429, 503).
    pub(super) busy: bool,
    /// Whether the tool would hand on what the registry asks for.
    pub(super) says_delays: bool,
}

impl Attempted<'_> {
    /// When to try again, `None` where that cannot help or where the registry asks for more time than anybody waits here.
    pub(super) fn retry(&self, policy: &PublishPolicy) -> Option<Retry> {
        let asked = self.error.retry_after();
        let longest = policy.poll_timeout.max(LONGEST_RETRY);
        if self.attempt > policy.max_retries || !self.error.kind().is_retryable() || asked > Some(longest) {
            return None;
        }
        let jitter = jitter(self.attempt);
        let unsaid = self.busy && asked.is_none() && !self.says_delays;
        let after = match asked {
            Some(asked) => asked.max(jitter),
            None if unsaid => doubled(UNSAID, self.attempt).saturating_add(jitter),
            None => jitter,
        };
        Some(Retry { after, unsaid })
    }
}

fn doubled(first: Duration, attempt: u32) -> Duration {
    first.saturating_mul(1 << attempt.saturating_sub(1).min(10))
}

/// A random part of a time that doubles, so that many clients do not come back at once.
fn jitter(attempt: u32) -> Duration {
    #[expect(clippy::cast_precision_loss, reason = "a random fraction needs no more precision than it gets")]
    let fraction = RandomState::new().hash_one(attempt) as f64 / u64::MAX as f64;
    doubled(FIRST_RETRY, attempt).min(LONGEST_RETRY).mul_f64(fraction)
}

/// A failure that says when to come back, where the registry did.
pub(super) fn with_time(error: BackendError) -> BackendError {
    match error.retry_after() {
        Some(asked) => {
            let seconds = asked.as_secs();
            error.with_help(format!("the registry asks for {seconds} s: run the same command again after that"))
        }
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use releasekit_core::{Code, ErrorKind};

    use super::*;

    fn error(kind: ErrorKind, asked: Option<u64>) -> BackendError {
        let error = BackendError::new(Code::new("RK-TEST-WAIT", kind), "no");
        match asked {
            Some(seconds) => error.with_retry_after(Duration::from_secs(seconds)),
            None => error,
        }
    }

    fn retry(attempt: u32, error: &BackendError, busy: bool, says_delays: bool) -> Option<Retry> {
        let policy = PublishPolicy { max_retries: 40, ..PublishPolicy::default() };
        Attempted { attempt, error, busy, says_delays }.retry(&policy)
    }

    #[test]
    fn pauses_grow_to_a_ceiling() {
        for attempt in 1..40 {
            let ceiling = Duration::from_secs(1 << (attempt - 1).min(6)).min(LONGEST_RETRY);
            let retry = retry(attempt, &error(ErrorKind::Transient, None), false, false).unwrap();
            assert!(retry.after <= ceiling && !retry.unsaid, "attempt {attempt}");
        }
        assert_eq!(retry(41, &error(ErrorKind::Transient, None), false, false), None);
        assert_eq!(retry(1, &error(ErrorKind::Invalid, None), true, false), None);
    }

    #[test]
    fn what_the_registry_asks_for_is_obeyed_up_to_what_anybody_waits() {
        let asked = |seconds| retry(1, &error(ErrorKind::RateLimited, Some(seconds)), true, true);
        assert_eq!(asked(90), Some(Retry { after: Duration::from_secs(90), unsaid: false }));
        assert_eq!(asked(301), None);
        assert_eq!(asked(u64::MAX), None);
        let help = with_time(error(ErrorKind::RateLimited, Some(301))).help();
        assert!(help.is_some_and(|help| help.contains("301 s")));
    }

    #[test]
    fn where_a_tool_hides_what_was_asked_for_the_figure_is_ours_and_doubles() {
        let busy = error(ErrorKind::RateLimited, None);
        for (attempt, least) in [(1, 30), (2, 60), (3, 120)] {
            let retry = retry(attempt, &busy, true, false).unwrap();
            let least = Duration::from_secs(least);
            assert!(retry.unsaid && retry.after >= least && retry.after < least * 2, "{attempt}: {retry:?}");
        }
        assert!(!retry(1, &busy, true, true).unwrap().unsaid, "a tool that would have said so did not");
        assert!(!retry(1, &busy, false, false).unwrap().unsaid, "nothing was asked for");
    }
}
