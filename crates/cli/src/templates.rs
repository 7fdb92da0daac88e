//! The process that renders the changelog template of a repository: this executable, started again under bounds.

use std::ffi::OsString;
use std::io::{self, BufReader, Write};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use releasekit_core::{Environment, Templates};
use releasekit_engine::notes;
use releasekit_process::bounded::{BoundedTemplates, Bounds};

use crate::handover;

/// The first argument of that process.
const RENDER: &str = "--render-notes";

/// What it may use for the notes of all packages together. Half of its address space is its stack.
const BOUNDS: Bounds = Bounds { memory: 1 << 30, time: Duration::from_secs(60), reply: 64 << 20 };

/// How much address space the allocator of our binary takes at once, long before it is used. By itself it takes all that the
/// process may have.
const ARENA: (&str, &str) = ("MIMALLOC_ARENA_RESERVE", "32MiB");

/// Plays that process where the arguments of this one say so, and gives how it ends; `None` where they do not. To be called
/// before anything else.
pub(crate) fn play(args: &[OsString]) -> Option<ExitCode> {
    if args.get(1)? != RENDER {
        return None;
    }
    let rendered = BOUNDS.impose().and_then(|()| notes::serve(BufReader::new(io::stdin()), io::stdout()));
    Some(rendered.map_or_else(|error| report(&error), |()| ExitCode::SUCCESS))
}

/// Says to whoever waits why nothing was rendered.
fn report(error: &io::Error) -> ExitCode {
    // Where nobody waits, nobody hears it.
    let _ = writeln!(io::stderr(), "{error}");
    ExitCode::FAILURE
}

/// Renders in such processes. They need no variable but those without which the executable would not start.
pub(crate) fn in_processes(executable: OsString, environment: &Environment) -> Arc<dyn Templates> {
    let mut environment = handover::for_loader(environment);
    environment.set(ARENA.0, ARENA.1);
    Arc::new(BoundedTemplates::new(executable, RENDER, environment, BOUNDS))
}
