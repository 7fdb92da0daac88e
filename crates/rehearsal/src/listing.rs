//! What a listing says of a file, and whether it says it yet.

use std::time::{Duration, SystemTime};

/// What a listing says, which a fault may have changed.
#[derive(Debug, Clone)]
pub(crate) struct Listing {
    /// The digest.
    pub(crate) digest: String,
    /// A digest in a second place, where a fault wants one.
    pub(crate) again: Option<String>,
    /// Whether installers are to pass it over.
    pub(crate) yanked: bool,
    hidden: Hidden,
}

/// Whether listings leave a file out.
#[derive(Debug, Clone, Copy)]
enum Hidden {
    /// They list it.
    No,
    /// They leave it out this many times more.
    Reads(usize),
    /// They leave it out until then.
    Until(SystemTime),
}

impl Listing {
    /// A listing that says what is so.
    pub(crate) fn of(digest: &str) -> Self {
        Self { digest: digest.to_owned(), again: None, yanked: false, hidden: Hidden::No }
    }

    /// Leaves the file out this many times.
    pub(crate) fn hide_for_reads(&mut self, reads: usize) {
        self.hidden = Hidden::Reads(reads);
    }

    /// Leaves the file out for some time after it arrived.
    pub(crate) fn hide_for(&mut self, arrived: SystemTime, time: Duration) {
        self.hidden = Hidden::Until(arrived + time);
    }

    /// Whether the file is listed now; that it has been looked at counts.
    pub(crate) fn look(&mut self, now: SystemTime) -> bool {
        match self.hidden {
            Hidden::No | Hidden::Reads(0) => true,
            Hidden::Until(time) => now >= time,
            Hidden::Reads(left) => {
                self.hidden = Hidden::Reads(left - 1);
                false
            }
        }
    }
}
