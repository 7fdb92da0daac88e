//! The suites over the backends in memory, and over those that break a promise each.

mod package_manager;
mod pure;
mod registry;
mod vcs;
mod workspace;

use std::process::ExitCode;

use releasekit_testkit::suite;

fn main() -> ExitCode {
    suite::run(
        [package_manager::trials(), pure::trials(), registry::trials(), vcs::trials(), workspace::trials()]
            .into_iter()
            .flatten()
            .collect(),
    )
}
