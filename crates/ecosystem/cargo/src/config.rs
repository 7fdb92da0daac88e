//! The constants of this backend: names, default addresses, least versions.

/// What users call the ecosystem.
pub const ECOSYSTEM: &str = "rust";

/// The label of the one workspace of a repository.
pub const LABEL: &str = "rust";

/// The program.
pub const TOOL: &str = "cargo";

/// The kind of registry that crates go to.
pub const REGISTRY: &str = "crates-io";

/// The name of the public registry.
pub const PUBLIC: &str = "crates-io";

/// Where installers read unless somebody says otherwise. Where files are sent, the index says.
pub const INDEX: &str = "sparse+https://index.crates.io/";

/// The package file.
pub const MANIFEST: &str = "Cargo.toml";
