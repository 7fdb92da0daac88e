//! Names of crates.

/// The form in which two spellings of a crate's name are equal to registries: small letters, and `-` for `_`.
pub(crate) fn normalize(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "-")
}
