//! The `releasekit` binary: everything is in the library.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// A walk of a history makes a great many small things on several threads.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    releasekit::Runner::new().main()
}
