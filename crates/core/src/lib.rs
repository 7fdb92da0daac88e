//! The traits and the model that every part of releasekit speaks.
//!
//! A stage of the engine, a backend and a front end agree on the types of this crate and on nothing else. It does no
//! I/O, starts no runtime, reads no environment and no clock, and names no ecosystem, version scheme, registry or
//! version control system: those live in the backend crates, which implement the traits declared here.

pub mod codes;
pub mod command;
pub mod confinement;
pub mod diagnostic;
pub mod ecosystem;
pub mod edit;
pub mod environment;
pub mod error;
pub mod event;
pub mod forge;
pub mod model;
mod nearest;
pub mod netrc;
pub mod package_manager;
pub mod policy;
pub mod registry;
pub mod requirements;
pub mod scheme;
pub mod secret;
pub mod template;
pub mod tree;
pub mod vcs;
pub mod words;
pub mod workspace;

pub use command::Commands;
pub use diagnostic::{Code, CodeInfo, Diagnostic, Label};
pub use ecosystem::{BackendContext, Backends, Ecosystem};
pub use edit::FileEdit;
pub use environment::Environment;
pub use error::{BackendError, ErrorKind, Result};
pub use forge::Forge;
pub use nearest::nearest;
pub use package_manager::PackageManager;
pub use registry::Registry;
pub use requirements::Requirements;
pub use scheme::VersionScheme;
pub use secret::{Redactor, Secret};
pub use template::Templates;
pub use tree::Tree;
pub use vcs::Vcs;
pub use workspace::Workspace;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
