//! Times as servers write them.

use std::time::Duration;

use jiff::fmt::rfc2822::DateTimeParser;

/// Reads `Retry-After`: seconds, or a date, which is compared with the server's own `Date`, so that no clock has to
/// agree with another.
pub(crate) fn retry_after(value: &str, date: Option<i64>) -> Option<Duration> {
    match value.trim().parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => until(value, date),
    }
}

/// How long it is from a date to a later one; nothing where it is past.
pub(crate) fn until(value: &str, date: Option<i64>) -> Option<Duration> {
    let seconds = seconds(value)?.saturating_sub(date?);
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

/// A date as HTTP writes it, in seconds since 1970.
pub(crate) fn seconds(date: &str) -> Option<i64> {
    DateTimeParser::new().parse_timestamp(date.trim()).ok().map(|time| time.as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let date = seconds("Wed, 21 Oct 2026 07:28:00 GMT");
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
