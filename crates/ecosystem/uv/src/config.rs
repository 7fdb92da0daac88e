//! The constants of this backend: names, default addresses, least versions.

/// What users call the ecosystem.
pub const ECOSYSTEM: &str = "python";

/// The label of the one workspace of a repository.
pub const LABEL: &str = "py";

/// The program.
pub const TOOL: &str = "uv";

/// The least version of uv that behaves as this crate needs it.
pub const LEAST: &str = "0.6.0";

/// The kind of registry that Python packages go to.
pub const REGISTRY: &str = "pypi";

/// Where installers read unless somebody says otherwise.
pub const READ_URL: &str = "https://pypi.org/simple/";

/// Where files are sent unless somebody says otherwise.
pub const PUBLISH_URL: &str = "https://upload.pypi.org/legacy/";

/// The package file.
pub const MANIFEST: &str = "pyproject.toml";

/// The lockfile.
pub const LOCKFILE: &str = "uv.lock";

/// Where PyPI and its trial index take uploads.
pub const PYPI_HOSTS: &[&str] = &["upload.pypi.org", "test.pypi.org"];
