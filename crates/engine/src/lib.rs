//! The release pipeline, one file per stage, in the order in which values flow.
//!
//! ```text
//! Backends + Tree ─discover→ Discovery ─graph→ PackageGraph ─history→ Changes ─bump→ Bumps ─plan→ ReleasePlan
//! ReleasePlan ─findings, apply→ edits ─propose→ Proposed                                    (prepare)
//! HEAD ─locate→ ReleaseCommit ─check, observe, export, build→ Built ─tag→ tags              (release)
//! tags + Built ─upload, await, verify, resolve→ PublishReport + Receipts                    (publish)
//! tags + Built + Receipts ─announce→ releases on the forge                                  (both)
//! ```
//!
//! Graph, bump and plan are pure. The engine names no ecosystem, registry or version control system, starts no process
//! and prints nothing.
//!
//! What is public is what a front end needs; how a stage works is the crate's own:
//!
//! - [`Session`], [`Snapshot`], [`forge`]: whoever opens a repository; [`cancel`] to stop a command, [`state`] for commands that change
//!   the world, [`recording`] for dry runs.
//! - [`discover`], [`graph`], [`history`], [`commit`], [`bump`], [`plan`], [`replay`]: whoever shows packages, or what would
//!   be released and why, now or at the releases of the past.
//! - [`change_files`], [`change_status`]: whoever writes files that say what changed, or asks a change for one.
//! - [`findings`], [`prepare`], [`request`], [`manifest`], [`notes`]: whoever checks a work tree, proposes a release, or reads
//!   what one says.
//! - [`locate`], [`pending`], [`artifacts`], [`release`], [`publish`], [`announce`], [`receipt`], [`status`]: whoever builds,
//!   tags, publishes and announces a merged release, or asks how far it is; [`yank`]: whoever withdraws a version.
//! - [`Error`], [`Failure`], [`error`], [`codes`]: whoever shows what went wrong.

// What a command is given, and what stops it.
pub mod cancel;
pub mod forge;
pub mod recording;
mod session;
pub mod state;

// What every stage may use.
mod changeset;
pub mod codes;
mod durable;
pub mod error;
mod failure;
mod globs;
mod journal;
mod lock;
mod mentions;
mod scheduler;
mod scratch;
mod words;

// From the files to a plan, for whoever shows one.
pub mod bump;
pub mod change_files;
pub mod change_status;
pub mod commit;
pub mod discover;
pub mod graph;
pub mod history;
pub mod manifest;
mod naming;
pub mod notes;
mod patience;
pub mod plan;
pub mod replay;
mod tag_format;
mod targets;

// From a plan to a pushed branch: `prepare`, `check`.
mod apply;
mod branch;
mod changelogs;
mod export;
mod extra_files;
pub mod findings;
pub mod prepare;
mod propose;
mod push;
mod release_branch;
mod remote_tags;
pub mod request;
mod subject;
mod surroundings;
mod tools;

// From a merged manifest to what registries serve: `release`, `build`, `publish`, `status`.
pub mod announce;
pub mod artifacts;
mod check;
pub mod locate;
mod observe;
pub mod pending;
pub mod publish;
pub mod receipt;
pub mod release;
mod stale;
pub mod status;
mod tag;
mod waiting;
pub mod yank;

pub use error::{Error, Result};
pub use failure::Failure;
pub use session::{Policies, PolicySource, Session, Snapshot};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
