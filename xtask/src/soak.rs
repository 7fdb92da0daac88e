//! `soak`: random kills for as long as one likes, against pypiserver, devpi and an index that misbehaves.
//!
//! What is done and what is promised is written where the journeys are, in `tests/src/soak.rs`.

use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;

use crate::failure::Result;
use crate::repository::{root, target, tools};
use crate::{setup, shell};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Stop after so many minutes
    #[arg(long, value_name = "N", default_value_t = 10)]
    minutes: u64,
    /// Do again what this seed decided: changes, merges, faults, and where in a command's time each kill falls
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
}

/// Sets the tools up, builds releasekit, and kills it. A broken promise is a failure, and its sandbox stays.
pub(crate) fn run(options: &Options) -> Result<()> {
    setup::run(&setup::Options::default())?;
    let mut build = Command::new(shell::cargo());
    shell::run(build.current_dir(root()).args(["build", "--quiet", "--package", "releasekit-e2e", "--bins"]))?;
    let binaries = target().join("debug");
    let seed = options.seed.unwrap_or_else(any_seed);
    shell::say(format!("{} minutes of kills with the seed {seed}", options.minutes));
    let mut soak = Command::new(binaries.join("releasekit-soak"));
    soak.arg(options.minutes.to_string()).arg(seed.to_string()).arg(binaries.join("releasekit-e2e"));
    shell::run(soak.current_dir(root()).env("RELEASEKIT_TOOLS", tools()))
}

/// A seed that nobody chose.
fn any_seed() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::from(since.subsec_nanos()) ^ since.as_secs()
}
