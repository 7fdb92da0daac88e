//! Reads `releasekit.toml` into [`releasekit_core::policy::Policy`].
//!
//! One table of keys (`tables.rs`) says what may stand in the file. Reading, unknown keys with their nearest names,
//! `config show --origin`, the JSON schema and the reference are all derived from it, so that nothing is documented
//! that does not exist. This crate opens no file, reads no environment and knows no backend: text comes in, values or
//! errors that point into that text go out, and every error of a file at once.

mod codes;
mod configuration;
mod crosscheck;
mod error;
mod key;
mod names;
mod original;
mod read;
mod recover;
mod reference;
mod rule;
mod schema;
mod source;
mod table;
mod tables;
mod template;
#[cfg(test)]
mod tests;

pub use codes::*;
pub use configuration::{Configuration, Origin, Setting, parse};
pub use error::{Error, LONGEST, Place};
pub use names::{check_ecosystems, check_names, check_propagation};
pub use reference::reference_markdown;
pub use schema::schema_json;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
