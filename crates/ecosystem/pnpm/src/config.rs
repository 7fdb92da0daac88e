//! The constants of this backend: names, default addresses, least versions.

/// What users call the ecosystem.
pub const ECOSYSTEM: &str = "js";

/// The label of the one workspace of a repository.
pub const LABEL: &str = "js";

/// The program that packs and locks.
pub const TOOL: &str = "pnpm";

/// The least version of pnpm that behaves as this crate needs it.
pub const LEAST: &str = "10.0.0";

/// The program that uploads, for pnpm sends a tarball elsewhere than it is told where the tarball names a registry.
pub const UPLOADER: &str = "npm";

/// The least version of npm whose options outrank what a tarball says.
pub const LEAST_UPLOADER: &str = "10.8.0";

/// The kind of registry that packages go to.
pub const REGISTRY: &str = "npm";

/// Where packages go unless somebody says otherwise.
pub const PUBLIC: &str = releasekit_formats::npm::NPMJS;

/// The package file.
pub const MANIFEST: &str = "package.json";

/// The lockfile.
pub const LOCKFILE: &str = "pnpm-lock.yaml";
