//! Journeys on a forge: requests, releases and files on the GitHub of this process, whose git is the remote.

mod absent;
mod canary;
mod guide;
mod hostile;
mod job;
mod kill;
mod whole;

use releasekit_testkit::Tools;

/// The pinned tools; nothing where they are missing.
fn tools() -> Option<Tools> {
    Tools::require()
}
