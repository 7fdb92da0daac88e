//! One run of one command: how long it took, and how much memory it had at most.

use std::ffi::OsString;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clap::Args;
use nix::sys::resource::{UsageWho, getrusage};

use crate::failure::{Failure, Result};
use crate::shell;

/// What the system counts peak memory in.
const UNIT: i64 = if cfg!(target_os = "macos") { 1 } else { 1024 };

/// A command to run as the only child of this process, so that the children's peak memory is its own.
#[derive(Debug, Args)]
pub(crate) struct Measured {
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,
}

/// What one run cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sample {
    /// From start to end of the process.
    pub(super) time: Duration,
    /// Bytes, at most.
    pub(super) memory: u64,
}

/// Runs a command and prints nanoseconds and bytes.
pub(crate) fn measure(measured: &Measured) -> Result<()> {
    let mut command = Command::new(&measured.command[0]);
    command.args(&measured.command[1..]).stdin(Stdio::null()).stdout(Stdio::null());
    let start = Instant::now();
    shell::run(&mut command)?;
    let time = start.elapsed();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).map_err(|error| Failure::new(format!("getrusage: {error}")))?;
    println!("{} {}", time.as_nanos(), usage.max_rss() * UNIT);
    Ok(())
}

/// Has a fresh process measure a command.
pub(super) fn sample(command: &Command) -> Result<Sample> {
    let this = std::env::current_exe().map_err(|error| Failure::new(format!("where am I: {error}")))?;
    let mut measure = Command::new(this);
    measure.args(["measure", "--"]).arg(command.get_program()).args(command.get_args());
    measure.current_dir(command.get_current_dir().unwrap_or(".".as_ref()));
    let said = shell::capture(&mut measure)?;
    parse(&said).ok_or_else(|| Failure::new(format!("a measurement reads `{said}`")))
}

fn parse(said: &str) -> Option<Sample> {
    let (time, memory) = said.trim_end().split_once(' ')?;
    Some(Sample { time: Duration::from_nanos(time.parse().ok()?), memory: memory.parse().ok()? })
}

/// The medians of time and of memory, each by itself.
pub(super) fn median(samples: Vec<Sample>) -> Sample {
    let middle = samples.len() / 2;
    let (mut times, mut memories): (Vec<_>, Vec<_>) = samples.iter().map(|one| (one.time, one.memory)).unzip();
    times.sort();
    memories.sort();
    let time = times.get(middle).copied().unwrap_or_default();
    Sample { time, memory: memories.get(middle).copied().unwrap_or_default() }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Sample, median, parse};

    fn one(time: u64, memory: u64) -> Sample {
        Sample { time: Duration::from_nanos(time), memory }
    }

    #[test]
    fn a_median_is_the_middle_one_and_not_the_mean() {
        assert_eq!(median(vec![one(900, 1), one(2, 3), one(1, 200)]), one(2, 3));
        assert_eq!(median(Vec::new()), one(0, 0));
    }

    #[test]
    fn a_measurement_is_read() {
        assert_eq!(parse("12 34\n"), Some(one(12, 34)));
        assert_eq!(parse("fatal"), None);
    }
}
