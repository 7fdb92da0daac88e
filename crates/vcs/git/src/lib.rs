//! Git as a [`Vcs`](releasekit_core::Vcs).
//!
//! Reads go through gix in this process: the history of thousands of commits is one pass over the object database.
//! Writes (commits, tags, pushes, fetches, checkouts) are left to the `git` program, whose locks, hooks, credentials
//! and transports users have set up. Nothing here touches the user's work tree or index, runs a hook, or asks at the
//! terminal.

mod backend;
pub mod codes;
mod commit;
mod environment;
mod error;
mod excludes;
mod export;
mod hide;
mod history;
mod lack;
mod merge;
mod object;
mod open;
mod packs;
mod program;
mod quarantine;
mod read;
mod recent;
mod ref_name;
mod refs;
mod remote;
mod replay;
mod repository;
mod scratch;
mod sign;
mod status;
mod submodules;
mod tag;
mod tree;
mod trusted;

use std::sync::Arc;

use releasekit_core::ecosystem::{Backends, VcsBackend};
use releasekit_core::{BackendError, Vcs};

pub use error::Error;

/// The name of this backend.
pub const ID: &str = "git";

/// Adds git to the backends, and its codes.
pub fn register(backends: &mut Backends) {
    backends.add_vcs(VcsBackend {
        id: ID,
        open: Arc::new(|context, folder| {
            let git = open::open(context, folder).map_err(BackendError::from)?;
            Ok(git.map(|git| Arc::new(git) as Arc<dyn Vcs>))
        }),
    });
    backends.add_codes(codes::CODES);
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
