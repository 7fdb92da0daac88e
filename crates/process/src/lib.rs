//! Runs a tool: in a folder that is named, with an environment that is complete, to an end that is looked at.
//!
//! Every child leads a process group of its own, so that a timeout or a dropped future ends its children too, and so
//! that a signal at the terminal reaches only us. Nothing is inherited but what the caller gives, nothing is passed to
//! a shell, and this crate knows no tool by name.

pub mod bounded;
mod capture;
pub mod codes;
mod command;
pub mod commands;
pub mod environment;
mod error;
mod find;
mod group;
mod orphans;
mod output;
mod run;
pub mod supervisor;

pub use command::Command;
pub use error::Error;
pub use find::find;
pub use group::reap;
pub use orphans::adopt;
pub use output::Output;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
