//! The released binary with backends that count their effects and can be made to fail or to end the process at each.

use std::process::ExitCode;

use releasekit_testkit::faults::{self, Effects};

fn main() -> ExitCode {
    let effects = Effects::default();
    releasekit::Runner::new().map_backends(move |backends| faults::wrap(backends, &effects)).main()
}
