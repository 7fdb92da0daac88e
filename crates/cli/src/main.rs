//! The `releasekit` binary: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    releasekit::Runner::new().main()
}
