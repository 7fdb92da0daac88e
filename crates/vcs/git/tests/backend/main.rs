//! The backend through its trait, against repositories that real git made.
#![expect(clippy::panic, reason = "a test that cannot go on has failed")]

mod commits;
mod exports;
mod histories;
mod moves;
mod opening;
mod quarantine;
mod reads;
mod refs;
mod remotes;
mod replaced;
mod replays;
mod support;
mod tags;
mod trusted;
mod work_trees;
