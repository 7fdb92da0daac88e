//! Wheels and sdists: what they hold, and what they say of themselves.

pub mod identity;
pub mod metadata;
mod record;
pub mod sdist;
pub mod wheel;

pub use identity::identity;
pub use metadata::Metadata;
