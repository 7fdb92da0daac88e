//! The half that runs cargo, against the real one.
#![expect(clippy::panic, reason = "tests fail by panicking")]

mod build;
mod check;
mod common;
mod inspect;
mod live;
mod lock;
mod publish;
mod registries;
mod tool;
