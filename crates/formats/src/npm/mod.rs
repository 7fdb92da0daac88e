//! What npm, and the tools that share its registries, put into text: names, integrities, settings, and who publishes.

pub mod credential;
#[cfg(feature = "archives")]
pub mod integrity;
pub mod name;
pub mod npmrc;
mod range;
mod requirements;
mod rewrite;
pub mod specifier;

pub use requirements::Requirements;

/// The registry that tools ask where nobody names one.
pub const NPMJS: &str = "https://registry.npmjs.org/";
