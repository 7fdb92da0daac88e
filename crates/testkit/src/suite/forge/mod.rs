//! What every forge promises, and what it promises by its capabilities.
//!
//! The world is a repository on the forge, whose branch `main` has a commit, with nothing else: no other branch, no tag, no
//! change request, no release. It brings the other side too: what people and other runs do there, and the network.

mod assets;
mod comments;
mod commits;
mod outcome;
mod people;
mod releases;
mod requests;
mod silence;
mod without;
mod world;

use super::Case;

pub use world::{Event, ForgeWorld, World};

/// All cases.
pub fn cases() -> &'static [Case<World>] {
    static ALL: std::sync::LazyLock<Vec<Case<World>>> = std::sync::LazyLock::new(|| {
        let parts = [
            requests::CASES,
            people::CASES,
            comments::CASES,
            releases::CASES,
            assets::CASES,
            commits::CASES,
            silence::CASES,
            without::CASES,
        ];
        parts.concat()
    });
    &ALL
}
