//! Feeds hostile input to everything that reads what others wrote, and sees that it answers: with a value or with a coded
//! error, in time, and never with a panic.
//!
//! Inputs are mutations of seeds, which are written by hand or found in the repository's own tests. An input that was
//! answered in a new way (another code, a message of another shape) is kept and mutated further. The same seed, targets and
//! number of inputs give the same inputs.
#![expect(clippy::disallowed_methods, reason = "a developer's program starts itself and reads its own arguments")]

mod answer;
mod corpus;
mod literals;
mod mutate;
mod run;
mod targets;
mod watch;
mod worker;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

#[derive(Debug, Clone, Parser)]
#[command(about = "Feed hostile input to everything that reads what others wrote")]
struct Options {
    /// Only this target, or several
    #[arg(long, value_name = "NAME")]
    target: Vec<String>,
    /// How long each target runs, in minutes
    #[arg(long, default_value_t = 1.0)]
    minutes: f64,
    /// What decides which inputs are tried
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// End a target after so many inputs, so that two runs are the same
    #[arg(long)]
    inputs: Option<u64>,
    /// The largest input, in bytes
    #[arg(long, default_value_t = 1 << 20)]
    largest: usize,
    /// Try this one input, and say what the target answers
    #[arg(long, value_name = "FILE")]
    input: Option<PathBuf>,
    /// Where inputs are written that nothing may be wrong with
    #[arg(long, value_name = "DIR")]
    findings: Option<PathBuf>,
    /// Run in this process; used by the program itself
    #[arg(long, hide = true)]
    worker: bool,
}

fn main() -> ExitCode {
    let options = Options::parse();
    match run::run(&options) {
        Ok(0) => ExitCode::SUCCESS,
        Ok(count) => {
            eprintln!("{count} inputs were not answered as they should be");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}
