//! Times, as the API writes them.

use std::time::SystemTime;

use jiff::Timestamp;

/// A moment, to the second.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(Timestamp);

impl Moment {
    pub(super) fn of(time: SystemTime) -> Self {
        Self(Timestamp::try_from(time).unwrap_or_default())
    }

    pub(super) fn text(self) -> String {
        self.0.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
    }

    /// Seconds since the beginning of 1970.
    pub(super) fn seconds(self) -> i64 {
        self.0.as_second()
    }
}
