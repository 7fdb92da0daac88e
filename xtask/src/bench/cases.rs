//! What is measured, what was promised, and the table that shows both.

use std::fmt::Write;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::Subject;
use super::measure::Sample;

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
    Case { name: "releasekit version", args: &["version"], configured: true, limit: Limit::Ratio(0.5) },
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

    fn row(&self, sample: Sample, baseline: Sample, subject: &Subject) -> String {
        let ratio = sample.time.as_secs_f64() / baseline.time.as_secs_f64();
        let memory = sample.memory as f64 / baseline.memory as f64;
        let (promised, kept) = match self.limit {
            Limit::Ratio(most) => {
                let most = subject.ratio.unwrap_or(most);
                (format!("{most:.2}×"), ratio <= most)
            }
            Limit::Time(most) => (format!("{} ms", most.as_millis()), sample.time <= most),
        };
        let small = subject.ratio.is_some() || memory <= MEMORY;
        let mark = if kept && small { "" } else { " **missed**" };
        let [time, peak] = [milliseconds(sample), mebibytes(sample)];
        format!("| `{}` | {time} | {ratio:.2}× | {promised} | {peak} | {memory:.2}×{mark} |\n", self.name)
    }
}

/// The `git log` that everything is compared with.
pub(super) fn baseline(repository: &Path) -> Command {
    let mut command = Command::new("git");
    command.current_dir(repository).args(BASELINE);
    command
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
        table.push_str(&case.row(*sample, *baseline, subject));
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

    use super::{CASES, Sample, Subject, table};

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
        samples[1] = sample(51, 10);
        samples[2] = sample(4, 21);
        let text = table(&subject(None), &samples);
        assert_eq!(text.matches("**missed**").count(), 2);
        assert_eq!(table(&subject(Some(1.0)), &samples).matches("**missed**").count(), 0);
        assert!(text.contains("| `releasekit version` | 51.0 | 0.51× | 0.50× | 10.0 | 1.00× **missed** |\n"), "{text}");
    }
}
