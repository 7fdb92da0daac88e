//! The released binary, word for word.

use std::process::ExitCode;

fn main() -> ExitCode {
    releasekit::Runner::new().main()
}
