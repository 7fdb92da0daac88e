//! Names of crates: which are legal, which are one, and where an index keeps them.

/// The longest name that crates.io takes.
const LONGEST: usize = 64;

/// Whether a registry can have a crate of this name: an ASCII letter, then letters, digits, `-` and `_`, 64 at most.
///
/// ```
/// use releasekit_formats::cargo::name::is_legal;
///
/// assert!(is_legal("serde_json"));
/// assert!(!is_legal("3d") && !is_legal("../admin") && !is_legal(""));
/// ```
pub fn is_legal(name: &str) -> bool {
    name.len() <= LONGEST
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}

/// What two names have in common that registries take for one: small letters, and `-` for `_`.
///
/// ```
/// use releasekit_formats::cargo::name::canonical;
///
/// assert_eq!(canonical("Demo-Lib"), canonical("demo_lib"));
/// ```
pub fn canonical(name: &str) -> String {
    name.to_ascii_lowercase().replace('_', "-")
}

/// The folders in which an index keeps the file of a legal name: `1`, `2`, `3/a` or `ab/cd`.
///
/// ```
/// use releasekit_formats::cargo::name::folder;
///
/// assert_eq!(["a", "ab", "abc", "Abcd"].map(folder), ["1", "2", "3/a", "Ab/cd"]);
/// ```
pub fn folder(name: &str) -> String {
    match name.len() {
        1 => "1".to_owned(),
        2 => "2".to_owned(),
        3 => format!("3/{}", &name[..1]),
        _ => format!("{}/{}", name.get(..2).unwrap_or_default(), name.get(2..4).unwrap_or_default()),
    }
}

/// Where the file of a crate is, below the URL of an index: in lowercase.
///
/// ```
/// use releasekit_formats::cargo::name::index_path;
///
/// assert_eq!(index_path("Serde_json"), "se/rd/serde_json");
/// ```
pub fn index_path(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    format!("{}/{name}", folder(&name))
}

/// The name of the file that a version travels in.
///
/// ```
/// use releasekit_formats::cargo::name::file_name;
///
/// assert_eq!(file_name("demo", "1.0.0"), "demo-1.0.0.crate");
/// ```
pub fn file_name(name: &str, version: &str) -> String {
    format!("{name}-{version}.crate")
}
