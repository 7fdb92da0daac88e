//! The release pipeline, one file per stage, in the order in which values flow.
//!
//! ```text
//! Backends + Tree ─discover→ Discovery ─graph→ PackageGraph ─history→ Changes ─bump→ Bumps ─plan→ ReleasePlan
//! ReleasePlan ─findings, apply→ Applied ─propose→ Proposed                                  (prepare)
//! HEAD ─locate→ Pending ─check, observe, export, build→ Built ─tag→ Tagged                  (release)
//! Tagged + Built ─upload, await, verify, resolve→ Published + Receipts                      (publish)
//! ```
//!
//! Graph, bump and plan are pure. The engine names no ecosystem, registry or version control system, starts no process
//! and prints nothing.

pub mod apply;
pub mod artifacts;
pub mod branch;
pub mod bump;
pub mod cancel;
pub mod changelogs;
pub mod check;
pub mod codes;
pub mod commit;
pub mod discover;
pub mod durable;
pub mod error;
pub mod export;
pub mod failure;
pub mod findings;
pub mod graph;
pub mod history;
pub mod journal;
pub mod locate;
pub mod lock;
pub mod manifest;
pub mod naming;
pub mod notes;
pub mod observe;
pub mod plan;
pub mod prepare;
pub mod propose;
pub mod publish;
pub mod push;
pub mod receipt;
pub mod recording;
pub mod release;
pub mod scheduler;
pub mod scratch;
pub mod session;
pub mod standing;
pub mod state;
pub mod status;
pub mod surroundings;
pub mod tag;
pub mod tag_format;
mod words;

pub use error::{Error, Result};
pub use session::{PolicySource, Session, Snapshot};
