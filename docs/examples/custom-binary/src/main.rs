//! releasekit as it is, and one ecosystem more.

use std::process::ExitCode;

use releasekit::Runner;

fn main() -> ExitCode {
    Runner::new().with_backends(custom_ecosystem::register).main()
}
