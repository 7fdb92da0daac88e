//! What the journeys share: worlds with sample repositories, registries and a released past, and ways to break things on the
//! way.
//!
//! For tests only. Trouble in the surroundings is a panic, for then the test has failed and the text says why. Nothing
//! here knows how releasekit works inside, and nothing outside of [`worlds`] knows an ecosystem.
#![expect(clippy::panic, reason = "a journey whose surroundings break is a failed test")]
#![expect(
    clippy::disallowed_methods,
    reason = "tests bring the environment and start the programs that the libraries may not"
)]

pub mod actions;
mod artifacts;
mod guide;
mod hub;
mod journey;
mod past;
mod polyglot;
mod proxy;
mod quoting;
mod registry;
mod running;
mod samples;
mod saved;
mod scene;
pub mod soak;
mod world;
pub mod worlds;

pub use guide::{Block, Guide};
pub use hub::Hub;
pub use journey::{Journey, Merge, commands, next_step};
pub use polyglot::Polyglot;
pub use proxy::Proxy;
pub use quoting::{Quotes, Quoting};
pub use registry::{Past, Registry, Rehearsal, Watched};
pub use running::Running;
pub use samples::{Role, Sample};
pub use saved::Saved;
pub use scene::Scene;
pub use world::{Foreign, Installed, Login, Names, Package, World};
