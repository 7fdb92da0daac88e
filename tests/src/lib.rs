//! What the journeys share: sample workspaces, a released past, indexes, and ways to break things on the way.
//!
//! For tests only. Trouble in the surroundings is a panic, for then the test has failed and the text says why. Nothing
//! here knows how releasekit works inside; [`faults`] alone knows its traits.
#![expect(clippy::panic, reason = "a journey whose surroundings break is a failed test")]
#![expect(
    clippy::disallowed_methods,
    reason = "tests bring the environment and start the programs that the libraries may not"
)]

pub mod faults;
mod guide;
mod index;
mod journey;
mod past;
mod proxy;
mod quoting;
mod running;
mod samples;
mod saved;
pub mod soak;
mod venv;
mod workspace;

pub use guide::{Block, Guide};
pub use index::{Index, Watched};
pub use journey::{Journey, Merge};
pub use past::{Past, artifacts, past_of};
pub use proxy::Proxy;
pub use quoting::{Quotes, Quoting};
pub use running::Running;
pub use samples::{acme, bulky, duo};
pub use saved::Saved;
pub use venv::Venv;
pub use workspace::{BuildBackend, Member, Workspace};
