//! `fuzz`: hostile input for everything that reads what others wrote; see `tests/fuzz`.

use std::ffi::OsString;
use std::process::Command;

use clap::Args;

use crate::failure::Result;
use crate::repository::{root, target};
use crate::shell;

/// How long each target runs beside the tests, in minutes, and how large its inputs may be there.
const BRIEFLY: &[&str] = &["--minutes", "0.05", "--largest", "16384"];

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Passed on: `--minutes N`, `--target NAME`, `--seed N`, `--inputs N`, `--input FILE`, `--help`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<OsString>,
}

/// Builds the targets with optimisation and all checks, and runs them.
pub(crate) fn run(options: &Options) -> Result<()> {
    start(&["--profile", "fuzz"], &options.args)
}

/// Runs each target for some seconds, from what the tests have compiled already.
pub(crate) fn briefly() -> Result<()> {
    let args: Vec<OsString> = BRIEFLY.iter().map(Into::into).collect();
    start(&[], &args)
}

/// The targets are a workspace of their own; the folder for what is compiled is ours.
fn start(profile: &[&str], args: &[OsString]) -> Result<()> {
    let mut command = Command::new(shell::cargo());
    command.current_dir(root().join("tests/fuzz")).args(["run", "--quiet", "--locked", "--target-dir"]);
    command.arg(target()).args(profile).arg("--").arg("--findings").arg(target().join("fuzz-findings"));
    shell::run(command.args(args))
}
