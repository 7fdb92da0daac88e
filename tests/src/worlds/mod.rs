//! The worlds: a folder for each ecosystem, which nothing beside it knows.

pub mod cargo;
pub mod pnpm;
pub mod uv;
