//! What tests share: the pinned tools, a sandbox away from the machine's own settings, real servers, snapshots, and suites
//! of what backends promise.
//!
//! For tests only. Trouble in the surroundings is a panic, for then the test has failed and the text says why.
#![expect(clippy::panic, reason = "a test's surroundings that break are a failed test")]
#![expect(
    clippy::disallowed_methods,
    reason = "tests bring the environment and start the programs that the libraries may not"
)]

mod archive;
pub mod broken;
pub mod faults;
mod http;
mod js;
mod majors;
pub mod memory;
mod ran;
mod sandbox;
pub mod scripted;
pub mod servers;
mod snapshot;
pub mod suite;
mod tools;
mod tree;

pub use archive::tar_gz;
pub use http::{Response, get, request};
pub use js::{JavaScript, Pnpm};
pub use majors::Majors;
pub use ran::{Ran, run};
pub use sandbox::Sandbox;
pub use snapshot::{Entry, Kind, Snapshot, sha256, sha512};
pub use tools::{Node, Tools, skip};
pub use tree::tree_of;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
