//! Real package indexes and registries on loopback, that others wrote: what ours is held against. And a proxy that
//! holds answers against an official description.
//!
//! Those for Python and JavaScript take uploads from the user [`USERNAME`] with [`PASSWORD`], that for cargo from everybody. They end
//! when dropped, and when the test's process ends in any other way.

mod devpi;
mod emulate;
mod ferro;
mod prism;
mod process;
mod pypiserver;
mod verdaccio;

pub use devpi::{Devpi, DevpiIndex};
pub use emulate::Emulate;
pub use ferro::Ferro;
pub use prism::Prism;
pub use pypiserver::PypiServer;
pub use verdaccio::{TOKEN, Verdaccio};

/// Who may upload.
pub const USERNAME: &str = "rk";

/// The password of [`USERNAME`].
pub const PASSWORD: &str = "rk-secret-1";

/// [`USERNAME`] and [`PASSWORD`] as HTTP's basic authentication writes them.
pub const BASIC: &str = "Basic cms6cmstc2VjcmV0LTE=";
