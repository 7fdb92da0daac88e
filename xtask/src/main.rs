//! The project's own commands, run as `cargo xtask NAME`; one file for each.
#![expect(clippy::disallowed_methods, reason = "a developer's program starts tools and reads its own environment")]
#![expect(clippy::print_stdout, reason = "a developer's program talks to its terminal")]

mod bench;
mod demo;
mod examples;
mod failure;
mod fuzz;
mod r#gen;
mod layers;
mod new_backend;
mod repository;
mod setup;
mod shell;
mod soak;
mod test;
mod tidy;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Result;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", about = "Work on releasekit")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Measure commands against a plain `git log`
    Bench(bench::Options),
    /// Take a sample monorepo from commits to a verified release, twice
    Demo(demo::Options),
    /// Test the crates of docs/examples, which are a workspace of their own
    Examples,
    /// Feed hostile input to everything that reads what others wrote
    #[command(disable_help_flag = true)]
    Fuzz(fuzz::Options),
    /// Write the generated documents
    Gen(r#gen::Options),
    /// Check which crate may depend on which
    Layers,
    /// Run one command and print its time and peak memory
    #[command(hide = true)]
    Measure(bench::Measured),
    /// Write a backend crate that compiles, and whose suite names what is missing
    NewBackend(new_backend::Options),
    /// Install the pinned tools that tests use
    Setup(setup::Options),
    /// Kill commands at random instants, in two clones at once, and look whether every promise holds
    Soak(soak::Options),
    /// Install the pinned tools and run all tests
    Test(test::Options),
    /// Check what neither rustfmt nor clippy looks at
    Tidy,
}

fn main() -> ExitCode {
    match run(Cli::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            shell::error(&failure);
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<()> {
    match task {
        Task::Bench(options) => bench::run(&options),
        Task::Demo(options) => demo::run(&options),
        Task::Examples => examples::run(),
        Task::Fuzz(options) => fuzz::run(&options),
        Task::Gen(options) => r#gen::run(&options),
        Task::Layers => layers::run(),
        Task::Measure(command) => bench::measure(&command),
        Task::NewBackend(options) => new_backend::run(&options),
        Task::Setup(options) => setup::run(&options),
        Task::Soak(options) => soak::run(&options),
        Task::Test(options) => test::run(&options),
        Task::Tidy => tidy::run(),
    }
}
