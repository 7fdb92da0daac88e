//! A package index for Python: uploads, the simple index, the JSON API and the files.
//!
//! It answers as PyPI does, or, by its [`Options`], as plainer servers do. Its [`Faults`] make it fail in the ways that
//! real ones do, and it remembers every request.

mod api;
mod fault;
mod files;
mod form;
mod log;
mod options;
mod page;
mod refusal;
mod server;
mod simple;
mod slow;
mod store;
mod upload;
mod upstream;

pub use fault::{Fault, Faults, On};
pub use log::Request;
pub use options::{Options, Pages};
pub use server::Server;
