//! What package files of pnpm say, and how they change, in trees in memory.

#![expect(clippy::panic, reason = "the helpers of a test may fail as the test itself may")]

mod common;
mod discover;
mod edges;
mod edits;
mod hostile;
mod layout;
mod registries;
