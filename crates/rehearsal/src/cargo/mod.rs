//! A registry for cargo: the sparse index, the API by which crates are published and yanked, and the files.
//!
//! It answers as crates.io does, also where that refuses. Its [`Faults`] make it fail in the ways that real ones do, and it
//! remembers every request. Pages, as faults call them, are the files of the index; they go by the names of the crates in lowercase.

mod access;
mod answer;
mod api;
mod entry;
mod index;
mod options;
mod overlay;
mod publish;
mod registry;
mod request;
mod routes;

pub use crate::fault::{Fault, Faults, On};
pub use crate::log::Request;
pub use options::{Options, Own};
pub use registry::Registry;
pub use routes::Server;
