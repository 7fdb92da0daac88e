//! The journeys: the real binary with real git, real uv and real indexes, one journey per file.

mod canaries;
mod check;
mod commands;
mod faults;
mod getting_started;
mod groups;
mod hostile_index;
mod kill;
mod kill_random;
mod nobody_overwritten;
mod not_resolvable;
mod only_r;
mod orphan;
mod planted;
mod release_commits;
mod release_merge;
mod release_rebase;
mod release_squash;
mod secrets;
mod signals;
mod surroundings;
mod whole;

use std::path::Path;

/// The released binary.
fn binary() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_releasekit-e2e"))
}

/// The binary whose backends can be made to fail.
fn faulty() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_releasekit-faults"))
}
