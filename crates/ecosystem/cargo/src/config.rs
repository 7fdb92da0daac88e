//! The constants of this backend: names, default addresses, least versions.

/// What users call the ecosystem.
pub const ECOSYSTEM: &str = "rust";

/// The label of the one workspace of a repository.
pub const LABEL: &str = "rust";

/// The program.
pub const TOOL: &str = "cargo";

/// The least version of cargo that behaves as this crate needs it: the first that packs several crates of which one needs
/// the other.
pub const LEAST: &str = "1.90.0";

/// The kind of registry that crates go to.
pub const REGISTRY: &str = "crates-io";

/// The name of the public registry.
pub const PUBLIC: &str = "crates-io";

/// Where installers read unless somebody says otherwise. Where files are sent, the index says.
pub const INDEX: &str = "sparse+https://index.crates.io/";

/// The package file.
pub const MANIFEST: &str = "Cargo.toml";

/// Words of folders that hold no crates for others, beside those of all ecosystems.
pub(crate) const DEMOS: &[&str] = &["bench", "fuzz"];

/// The lockfile.
pub const LOCKFILE: &str = "Cargo.lock";

/// What cargo writes into a crate about the commit that it was packed from.
pub const VCS_INFO: &str = ".cargo_vcs_info.json";
