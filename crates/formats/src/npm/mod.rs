//! What npm and the tools around it have in common: settings, and how tarballs are called.

pub mod npmrc;

/// How a package of this name and version is called once it is packed: a scope stands before the name, with `-` between them.
///
/// Registries list it under URLs of their own making, so this is the name by which it is known.
///
/// ```
/// use releasekit_formats::npm::file_name;
///
/// assert_eq!(file_name("@scope/name", "1.0.0"), "scope-name-1.0.0.tgz");
/// ```
pub fn file_name(name: &str, version: &str) -> String {
    let name = name.strip_prefix('@').unwrap_or(name).replace('/', "-");
    format!("{name}-{version}.tgz")
}
