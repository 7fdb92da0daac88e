//! `bench`: whole commands of the release build, as ratios to a `git log` over the same history.
//!
//! What is compared runs in turns, so that a slow moment of the machine hits all alike; medians are printed.

mod cases;
mod clone;
mod measure;
mod publishing;
mod synthetic;

use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;

use crate::failure::{Failure, Result};
use crate::repository::{root, target, tools};
use crate::shell;
use cases::CASES;
pub(crate) use measure::{Measured, measure};
use measure::{Sample, median, sample};
use publishing::{Crates, Packages};

/// What was promised of a made-up repository, whatever the command: at most so many times the `git log`.
const MADE_UP: f64 = 1.0;

/// A repository to measure in.
#[derive(Debug)]
struct Subject {
    title: String,
    folder: PathBuf,
    /// Takes the place of the ratio that a command has by itself.
    ratio: Option<f64>,
}

#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Measure over a clone of this repository
    #[arg(long, value_name = "DIR")]
    repo: Vec<PathBuf>,
    /// The commit of `--repo` to measure at
    #[arg(long, value_name = "REV", default_value = "HEAD")]
    at: String,
    /// Measure over made-up repositories with this many packages
    #[arg(long, value_name = "PACKAGES", value_delimiter = ',', num_args = 0.., default_missing_value = "10,100,1000")]
    synthetic: Vec<usize>,
    /// Publish this many crates to a registry in this process that answers slowly
    #[arg(long, value_name = "CRATES", num_args = 0..=1, default_missing_value = "50")]
    publish: Option<u32>,
    /// Publish this many packages with npm to a registry in this process that answers slowly
    #[arg(long, value_name = "PACKAGES", num_args = 0..=1, default_missing_value = "50")]
    publish_npm: Option<u32>,
    /// Commits of a made-up repository
    #[arg(long, default_value_t = 10_000)]
    commits: usize,
    /// Write a commit-graph into each measured clone first
    #[arg(long)]
    commit_graph: bool,
    /// How often each command runs
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Measure this binary instead of building one
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
}

/// Prints one table per repository.
pub(crate) fn run(options: &Options) -> Result<()> {
    let publishes = options.publish.is_some() || options.publish_npm.is_some();
    if options.repo.is_empty() && options.synthetic.is_empty() && !publishes {
        return Err(Failure::new("nothing to measure")
            .with_help("name a repository with `--repo DIR`, or use `--synthetic`, `--publish` or `--publish-npm`"));
    }
    let binary = options.binary.clone().map_or_else(build, Ok)?;
    for repository in &options.repo {
        let clone = clone::without_tags(repository, &options.at)?;
        let name = clone.file_name().unwrap_or_default().display();
        let title = format!("{name} at {}", options.at);
        report(&binary, &Subject { title, folder: clone, ratio: None }, options)?;
    }
    for packages in &options.synthetic {
        let repository = synthetic::make(*packages, options.commits)?;
        let title = format!("{packages} packages, {} commits", options.commits);
        let subject = Subject { title, folder: repository, ratio: Some(MADE_UP) };
        report(&binary, &subject, options)?;
        report_preparation(&binary, &subject, options)?;
    }
    if let Some(crates) = options.publish {
        println!("{}", publishing::report(&Crates, &binary, crates)?);
    }
    if let Some(packages) = options.publish_npm {
        println!("{}", publishing::report(&Packages, &binary, packages)?);
    }
    Ok(())
}

/// Builds what users get.
fn build() -> Result<PathBuf> {
    let mut build = Command::new(shell::cargo());
    shell::run(build.current_dir(root()).args(["build", "--quiet", "--release", "--package", "releasekit"]))?;
    Ok(target().join("release/releasekit"))
}

fn report(binary: &Path, subject: &Subject, options: &Options) -> Result<()> {
    let repository = &subject.folder;
    if options.commit_graph {
        shell::capture(Command::new("git").current_dir(repository).args(["commit-graph", "write", "--reachable"]))?;
    }
    let config = clone::configuration(repository)?;
    let mut commands = vec![cases::baseline(repository)];
    commands.extend(CASES.iter().map(|case| case.command(binary, repository, &config)));
    let rows = measure_in_turns(&mut commands, options.runs)?;
    println!("{}", cases::table(subject, &rows));
    Ok(())
}

/// The same of a release that is said and not made, where uv has locked the packages.
fn report_preparation(binary: &Path, subject: &Subject, options: &Options) -> Result<()> {
    let uv = tools().join("bin/uv");
    if !uv.exists() {
        return Err(Failure::new("uv is missing").with_help("run `cargo xtask setup`"));
    }
    let repository = synthetic::locked(&subject.folder, &uv)?;
    let config = clone::configuration(&repository)?;
    let mut commands = vec![cases::baseline(&repository)];
    commands.extend(cases::preparation(binary, &uv, &repository, &config)?);
    if let [log, look, prepare] = measure_in_turns(&mut commands, options.runs)?[..] {
        println!("{}", cases::preparation_table(&subject.title, [log, look, prepare]));
    }
    Ok(())
}

/// Runs all commands once without counting, then each in turn, and gives the median of each.
fn measure_in_turns(commands: &mut [Command], runs: usize) -> Result<Vec<Sample>> {
    let mut samples = vec![Vec::new(); commands.len()];
    for round in 0..=runs {
        for (command, samples) in commands.iter_mut().zip(&mut samples) {
            let sample = sample(command)?;
            if round > 0 {
                samples.push(sample);
            }
        }
    }
    Ok(samples.into_iter().map(median).collect())
}
