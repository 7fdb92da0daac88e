//! When a read is tried again, and after how long.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use jiff::fmt::rfc2822::DateTimeParser;
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

/// Reads `Retry-After`: seconds, or a date, which is compared with the server's own `Date`, so that no clock has to
/// agree with another.
pub(crate) fn retry_after(value: &str, date: Option<&str>) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let seconds = |text: &str| DateTimeParser::new().parse_timestamp(text.trim()).ok().map(|time| time.as_second());
    let seconds = seconds(value)?.saturating_sub(seconds(date?)?);
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let date = Some("Wed, 21 Oct 2026 07:28:00 GMT");
        let cases = [
            ("120", None, Some(120)),
            (" 0 ", date, Some(0)),
            ("Wed, 21 Oct 2026 07:28:30 GMT", date, Some(30)),
            ("Wed, 21 Oct 2026 07:27:00 GMT", date, Some(0)),
            ("Wed, 21 Oct 2026 07:28:30 GMT", None, None),
            ("soon", date, None),
            ("-3", date, None),
        ];
        for (value, date, expected) in cases {
            assert_eq!(retry_after(value, date), expected.map(Duration::from_secs), "{value}");
        }
    }
}
