//! A package index for Python: uploads, the simple index, the JSON API and the files.
//!
//! It answers as PyPI does, or, by its [`Options`], as plainer servers do. Its [`Faults`] make it fail in the ways that
//! real ones do, and it remembers every request.

mod api;
mod form;
mod index;
mod meta;
mod options;
mod overlay;
mod page;
mod routes;
mod simple;
mod upload;

pub use crate::fault::{Fault, Faults, On};
pub use crate::log::Request;
pub use index::Index;
pub use options::{Options, Own, Pages};
pub use routes::Server;
