//! Backends in memory, one set for everybody's tests. They are stricter than real ones: what a contract forbids they refuse.
//!
//! Package files are lines of `key = value`, and artifacts are such lines too. What is built twice has other bytes and the
//! same content, as with build tools that write the time.

mod build;
mod builds;
mod error;
pub mod forge;
mod index;
mod lines;
mod locks;
mod package_manager;
mod registry;
mod requirements;
mod scheme;
mod upload;
pub mod vcs;
mod workspace;

pub use builds::Builds;
pub use error::{FAULT, FORBIDDEN, fault};
pub use index::{Fault, Index, Silence, Stored, key};
pub use lines::{PACKAGE_FILE, WORKSPACE_FILE};
pub use package_manager::MemoryPackageManager;
pub use registry::MemoryRegistry;
pub use requirements::MemoryRequirements;
pub use scheme::MemoryScheme;
pub use workspace::MemoryWorkspace;
