//! `test`: all tests, with the pinned tools at hand.

use std::ffi::OsString;
use std::process::Command;

use clap::Args;

use crate::failure::Result;
use crate::repository::{root, tools};
use crate::{examples, fuzz, setup, shell};

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Passed on to `cargo test`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<OsString>,
}

/// Sets the tools up and runs `cargo test --workspace`, then the examples and each fuzz target for some seconds, unless some tests
/// were chosen.
///
/// `RELEASEKIT_REQUIRE_TOOLS=1`, where the caller set it, reaches the tests as it is.
pub(crate) fn run(options: &Options) -> Result<()> {
    setup::run(&setup::Options::default())?;
    let mut command = Command::new(shell::cargo());
    command.current_dir(root()).args(["test", "--workspace"]).args(&options.args).env("RELEASEKIT_TOOLS", tools());
    shell::run(&mut command)?;
    if !options.args.is_empty() {
        return Ok(());
    }
    examples::run()?;
    fuzz::briefly()
}
