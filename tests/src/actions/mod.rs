//! A machine that runs a workflow of GitHub Actions as far as generated ones go: events and conditions, jobs that need each
//! other, outputs, artifacts, secrets of an environment, and scripts in the shell that they ask for.
//!
//! Actions are played here by what they are documented to do. What it does not know it refuses, so that no test passes over it.

mod artifacts;
mod context;
mod expression;
mod job;
mod run;
mod workflow;

pub use context::Event;
pub use run::{Ending, Job, Run, Settings};
pub use workflow::Workflow;
