//! What is measured, what was promised, and the table that shows both.

use std::env;
use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::Subject;
use super::measure::Sample;
use crate::failure::{Failure, Result};

/// What was promised of a command's time.
#[derive(Debug, Clone, Copy)]
pub(super) enum Limit {
    /// At most this many times the `git log`.
    Ratio(f64),
    /// At most this long.
    Time(Duration),
}

/// A command to measure.
#[derive(Debug)]
pub(super) struct Case {
    name: &'static str,
    args: &'static [&'static str],
    /// Whether it reads the configuration, and so must be told which.
    configured: bool,
    limit: Limit,
}

/// Every command that something was promised of.
pub(super) const CASES: &[Case] = &[
    Case { name: "releasekit version", args: &["version"], configured: true, limit: Limit::Ratio(0.45) },
    Case { name: "releasekit discover", args: &["discover"], configured: true, limit: Limit::Ratio(0.25) },
    Case { name: "releasekit graph", args: &["graph"], configured: true, limit: Limit::Ratio(0.25) },
    Case { name: "releasekit", args: &[], configured: true, limit: Limit::Time(Duration::from_secs(1)) },
    Case {
        name: "releasekit --version",
        args: &["--version"],
        configured: false,
        limit: Limit::Time(Duration::from_millis(10)),
    },
];

/// A release that is said and not made, compared with the `git log` and uv's look at the lockfile together.
const PREPARE: Case = Case {
    name: "releasekit prepare --dry-run",
    args: &["prepare", "--dry-run"],
    configured: true,
    limit: Limit::Ratio(PREPARED),
};

/// What a preparation may take of both.
const PREPARED: f64 = 2.0;

/// How uv looks at the lockfile.
const LOOK: &[&str] = &["lock", "--check", "--offline", "--quiet"];

/// How much memory a command may have in a real repository, against the `git log`; a made-up one is so small that what
/// every program needs would decide.
const MEMORY: f64 = 2.0;

/// What everything is compared with.
const BASELINE: &[&str] = &["log", "--no-renames", "--name-only", "--format=%H", "HEAD"];

impl Case {
    /// The whole command line in a repository.
    pub(super) fn command(&self, binary: &Path, repository: &Path, config: &Path) -> Command {
        let mut command = Command::new(binary);
        command.current_dir(repository).args(self.args);
        if self.configured {
            command.arg("--config").arg(config);
        }
        command
    }

    /// Its row. `ratio` takes the place of its own limit in a made-up repository, whose memory says nothing.
    fn row(&self, sample: Sample, baseline: Sample, ratio: Option<f64>) -> String {
        let times = sample.time.as_secs_f64() / baseline.time.as_secs_f64();
        let memory = sample.memory as f64 / baseline.memory as f64;
        let (promised, kept) = match self.limit {
            Limit::Ratio(most) => {
                let most = ratio.unwrap_or(most);
                (format!("{most:.2}×"), times <= most)
            }
            Limit::Time(most) => (format!("{} ms", most.as_millis()), sample.time <= most),
        };
        let small = ratio.is_some() || memory <= MEMORY;
        let mark = if kept && small { "" } else { " **missed**" };
        let [time, peak] = [milliseconds(sample), mebibytes(sample)];
        format!("| `{}` | {time} | {times:.2}× | {promised} | {peak} | {memory:.2}×{mark} |\n", self.name)
    }
}

/// The `git log` that everything is compared with.
pub(super) fn baseline(repository: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(repository).args(BASELINE);
    command
}

/// uv's look at the lockfile of a repository, and the preparation of its release, which has uv look as well.
pub(super) fn preparation(binary: &Path, uv: &Path, repository: &Path, config: &Path) -> Result<[Command; 2]> {
    let mut look = Command::new(uv);
    look.current_dir(repository).args(LOOK);
    let folder = uv.parent().unwrap_or(uv).to_owned();
    let others = env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder).chain(env::split_paths(&others));
    let path = env::join_paths(folders).map_err(|error| Failure::new(format!("PATH: {error}")))?;
    let prepare = PREPARE.command(binary, repository, config);
    let mut with_path = Command::new("env");
    with_path.current_dir(repository).arg(format!("PATH={}", path.display())).arg(prepare.get_program());
    with_path.args(prepare.get_args());
    Ok([look, with_path])
}

/// A table of a preparation and what it is compared with: the `git log`, and uv's look.
pub(super) fn preparation_table(title: &str, [log, look, prepare]: [Sample; 3]) -> String {
    let both = Sample { time: log.time + look.time, memory: log.memory.max(look.memory) };
    let (both_ms, peak) = (milliseconds(both), mebibytes(both));
    let head = format!(
        "### {title}, a release\n\n| command | ms | of both | promised | peak MiB | of both |\n|---|---:|---:|---:|---:|---:|\n"
    );
    format!(
        "{head}| `git log` and `uv {}` | {both_ms} | 1 | | {peak} | 1 |\n{}",
        LOOK.join(" "),
        PREPARE.row(prepare, both, Some(PREPARED))
    )
}

/// A markdown table of the baseline and every case, in the order of [`CASES`].
pub(super) fn table(subject: &Subject, samples: &[Sample]) -> String {
    let mut table =
        format!("### {}\n\n| command | ms | of git log | promised | peak MiB | of git log |\n", subject.title);
    table.push_str("|---|---:|---:|---:|---:|---:|\n");
    let Some((baseline, samples)) = samples.split_first() else { return table };
    let [time, peak] = [milliseconds(*baseline), mebibytes(*baseline)];
    // A string takes everything.
    let _ = writeln!(table, "| `git {}` | {time} | 1 | | {peak} | 1 |", BASELINE.join(" "));
    for (case, sample) in CASES.iter().zip(samples) {
        table.push_str(&case.row(*sample, *baseline, subject.ratio));
    }
    table
}

fn milliseconds(sample: Sample) -> String {
    format!("{:.1}", sample.time.as_secs_f64() * 1e3)
}

fn mebibytes(sample: Sample) -> String {
    format!("{:.1}", sample.memory as f64 / f64::from(1 << 20))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{CASES, Sample, Subject, preparation_table, table};

    fn subject(ratio: Option<f64>) -> Subject {
        Subject { title: "demo".into(), folder: "demo".into(), ratio }
    }

    fn sample(milliseconds: u64, mebibytes: u64) -> Sample {
        Sample { time: Duration::from_millis(milliseconds), memory: mebibytes << 20 }
    }

    #[test]
    fn a_table_marks_what_was_missed() {
        let mut samples = vec![sample(4, 10); CASES.len() + 1];
        samples[0] = sample(100, 10);
        assert!(!table(&subject(None), &samples).contains("missed"));
        samples[1] = sample(46, 10);
        samples[2] = sample(4, 21);
        let text = table(&subject(None), &samples);
        assert_eq!(text.matches("**missed**").count(), 2);
        assert_eq!(table(&subject(Some(1.0)), &samples).matches("**missed**").count(), 0);
        assert!(text.contains("| `releasekit version` | 46.0 | 0.46× | 0.45× | 10.0 | 1.00× **missed** |\n"), "{text}");
    }

    #[test]
    fn a_preparation_is_compared_with_two_commands_together() {
        let text = preparation_table("demo", [sample(100, 10), sample(50, 20), sample(301, 30)]);
        assert!(
            text.contains("| `releasekit prepare --dry-run` | 301.0 | 2.01× | 2.00× | 30.0 | 1.50× **missed** |\n"),
            "{text}"
        );
        assert!(!preparation_table("demo", [sample(100, 10), sample(50, 20), sample(300, 30)]).contains("missed"));
    }
}
