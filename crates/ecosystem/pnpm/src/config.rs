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

/// Package files that pnpm reads and this crate does not.
pub(crate) const OTHER_MANIFESTS: &[&str] = &["package.yaml", "package.json5"];

/// What a workspace's root says of it, and of what its members share.
pub const SETTINGS: &str = "pnpm-workspace.yaml";

/// Lockfiles of other tools, and whose they are.
pub(crate) const OTHER_LOCKFILES: &[(&str, &str)] = &[
    ("yarn.lock", "yarn"),
    ("bun.lock", "bun"),
    ("bun.lockb", "bun"),
    ("package-lock.json", "npm"),
    ("npm-shrinkwrap.json", "npm"),
];

/// Settings of npm, some of which pnpm reads.
pub(crate) const NPMRC: &str = ".npmrc";

/// Words of folders that hold no packages for others, beside those of all ecosystems.
pub(crate) const DEMOS: &[&str] = &["playground", "e2e"];

/// Folders of what was installed, in which no package of the repository lies.
pub(crate) const INSTALLED: &[&str] = &["node_modules", "bower_components"];
