//! Names of packages: which a registry can be asked for, and what is called after them.

/// The longest name that the public registry takes.
const LONGEST: usize = 214;

/// Whether a registry can be asked for a package of this name: with or without a scope, of characters that stand in a URL as they
/// are, and no part beginning with a dot. Capital letters are legal, for old packages have them.
///
/// ```
/// use releasekit_formats::npm::name::is_legal;
///
/// assert!(is_legal("left-pad") && is_legal("@types/node") && is_legal("JSONStream"));
/// assert!(!is_legal("../admin") && !is_legal("@types") && !is_legal("a/b") && !is_legal("@a/b/c") && !is_legal(""));
/// ```
pub fn is_legal(name: &str) -> bool {
    let parts = match name.strip_prefix('@') {
        Some(scoped) => scoped.split_once('/'),
        None => Some(("scope", name)),
    };
    name.len() <= LONGEST && parts.is_some_and(|(scope, name)| is_part(scope) && is_part(name))
}

fn is_part(part: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte);
    !part.is_empty() && !part.starts_with(['.', '_']) && part.bytes().all(is_plain)
}

/// The scope of a name, with its `@`.
///
/// ```
/// use releasekit_formats::npm::name::scope;
///
/// assert_eq!((scope("@types/node"), scope("node")), (Some("@types"), None));
/// ```
pub fn scope(name: &str) -> Option<&str> {
    name.starts_with('@').then(|| name.split_once('/').map(|(scope, _)| scope)).flatten()
}

/// A name as one segment of a URL.
///
/// ```
/// use releasekit_formats::npm::name::escaped;
///
/// assert_eq!(escaped("@types/node"), "@types%2fnode");
/// ```
pub fn escaped(name: &str) -> String {
    name.replace('/', "%2f")
}

/// The name of the file that a version travels in, as `npm pack` and `pnpm pack` write it. Registries leave the scope out of it,
/// where two packages would have one name.
///
/// ```
/// use releasekit_formats::npm::name::file_name;
///
/// assert_eq!(file_name("@types/node", "1.0.0"), "types-node-1.0.0.tgz");
/// ```
pub fn file_name(name: &str, version: &str) -> String {
    format!("{}-{version}.tgz", name.trim_start_matches('@').replace('/', "-"))
}
