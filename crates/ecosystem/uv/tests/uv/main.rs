//! The backend against trees in memory, and against the real uv.
#![expect(clippy::panic, reason = "tests fail by panicking")]

mod build;
mod check;
mod common;
mod discover;
mod edits;
mod layout;
mod listing;
mod lock;
mod pins;
mod resolve;
mod rewritten;
mod smoke;
mod tool;
mod upload;
