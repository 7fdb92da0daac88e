//! A registry for npm, pnpm and their like: documents of packages, the API by which versions are published, deprecated and named, and
//! the files.
//!
//! It answers as the public registry does, also where that refuses. The requests are those of npm's own client: what is published
//! is made by `libnpmpublish`, answers are read by `npm-registry-fetch`, names of versions are moved by npm's `dist-tag`, and the
//! documents are described in <https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md>.
//! Its [`Faults`] make it fail in the ways that real ones do, and it remembers every request. Pages, as faults call them, are
//! documents of packages; files go by the names that `npm pack` gives them, with the scope.

mod access;
mod answer;
mod document;
mod options;
mod overlay;
mod place;
mod points;
mod publish;
mod read;
mod registry;
mod routes;
mod tags;
mod tarball;
mod update;

pub use crate::fault::{Fault, Faults, On};
pub use crate::log::Request;
pub use options::{Options, Own};
pub use registry::Registry;
pub use routes::Server;
