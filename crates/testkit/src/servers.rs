//! Real package indexes on loopback, that others wrote: what ours is held against.
//!
//! Both take uploads from the user [`USERNAME`] with [`PASSWORD`]. They end when dropped, and when the test's process
//! ends in any other way.

mod devpi;
mod process;
mod pypiserver;

pub use devpi::{Devpi, DevpiIndex};
pub use pypiserver::PypiServer;

/// Who may upload.
pub const USERNAME: &str = "rk";

/// The password of [`USERNAME`].
pub const PASSWORD: &str = "rk-secret-1";

/// [`USERNAME`] and [`PASSWORD`] as HTTP's basic authentication writes them.
pub const BASIC: &str = "Basic cms6cmstc2VjcmV0LTE=";
