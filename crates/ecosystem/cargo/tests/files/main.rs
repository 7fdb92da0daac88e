//! What package files of cargo say, and how they change, in trees in memory.

#![expect(clippy::panic, reason = "the helpers of a test may fail as the test itself may")]

mod common;
mod described;
mod discover;
mod edits;
mod layout;
mod metadata;
mod registries;
