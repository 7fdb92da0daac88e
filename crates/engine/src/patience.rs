//! How long anybody waits for a registry, and how often they look: ever less often, and to an end.

use std::time::Duration;

use releasekit_core::policy::PublishPolicy;
use tokio::time::Instant;

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
pub(crate) struct Patience {
    /// So long, once there were enough answers.
    usual: Duration,
    /// How many answers are enough.
    looks: u32,
    /// So long at most.
    longest: Duration,
}

impl Patience {
    /// To the end of `poll_timeout`.
    pub(crate) fn full(policy: &PublishPolicy) -> Self {
        Self { usual: policy.poll_timeout, looks: 1, longest: policy.poll_timeout }
    }

    /// For a short time, and for at least three answers.
    pub(crate) fn after_server_error(policy: &PublishPolicy) -> Self {
        let usual = AFTER_SERVER_ERROR.min(policy.poll_timeout);
        Self { usual, looks: LOOKS_AFTER_SERVER_ERROR, longest: policy.poll_timeout }
    }

    /// How long that usually is.
    pub(crate) fn usual(self) -> Duration {
        self.usual
    }

    fn time(self, answers: u32) -> Duration {
        if answers < self.looks { self.longest } else { self.usual }
    }
}

/// How a wait has gone so far.
pub(crate) struct Waited {
    begun: Instant,
    pause: Duration,
    answers: u32,
    slowest: Duration,
    reminded: Duration,
}

impl Waited {
    /// It begins now.
    pub(crate) fn new(policy: &PublishPolicy) -> Self {
        let pause = FIRST_PAUSE.min(policy.poll_interval);
        let zero = Duration::ZERO;
        Self { begun: Instant::now(), pause, answers: 0, slowest: zero, reminded: zero }
    }

    /// How long the next look may take: what is left, or a second.
    pub(crate) fn left(&self, patience: Patience) -> Duration {
        patience.longest.saturating_sub(self.begun.elapsed()).max(LEAST_LOOK)
    }

    /// How long it lasts, as far as is known so far.
    pub(crate) fn end(&self, patience: Patience) -> Duration {
        patience.time(self.answers)
    }

    /// Counts a look, how long it took, and whether it brought an answer.
    pub(crate) fn count(&mut self, took: Duration, answered: bool) {
        self.slowest = self.slowest.max(took);
        self.answers += u32::from(answered);
    }

    /// How long it has lasted, where it is time to show again that it goes on.
    pub(crate) fn reminder(&mut self) -> Option<Duration> {
        let passed = self.begun.elapsed();
        if passed < self.reminded + REMINDER {
            return None;
        }
        self.reminded = passed;
        Some(passed)
    }

    /// The pause before the next look; `None` after the last one. The last one begins early enough to be answered as slowly
    /// as the slowest so far, and none before the registry asked for it.
    pub(crate) fn next(&mut self, patience: Patience, delay: Duration, policy: &PublishPolicy) -> Option<Duration> {
        let end = self.end(patience);
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
