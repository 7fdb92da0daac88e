//! The command line of releasekit, as a library and as a binary.
//!
//! [`Runner`] parses the command line, opens the repository and its ecosystems, runs one command, and renders what came
//! of it. A third party that adds a backend, or wraps the built-in ones, writes a binary of a few lines:
//!
//! ```no_run
//! fn main() -> std::process::ExitCode {
//!     releasekit::Runner::new().with_backends(|backends| drop(backends)).main()
//! }
//! ```
//!
//! This crate alone knows a terminal, an environment, a current folder and a clock. It decides nothing about releases:
//! what a command does is the engine's matter.

mod answer;
mod args;
mod backends;
pub mod codes;
mod command;
mod error;
pub mod exit;
mod handover;
mod invocation;
mod next;
mod options;
mod outputs;
mod policies;
pub mod reference;
mod remedy;
mod render;
mod runner;
mod screen;
mod signals;
mod templates;
mod trace;
mod workflow;
mod world;

pub use runner::Runner;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
