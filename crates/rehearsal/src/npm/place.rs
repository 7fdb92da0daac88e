//! What a path names: a package, a version of it, or a file. A scope stands before its package as a segment of its own or, as tools
//! write it, in the same one.

use releasekit_formats::npm::name::{escaped, is_legal};

/// What a path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    Package(String),
    Version(String, String),
    File(String, String),
}

impl Place {
    /// Reads a path, whose segments are decoded; `None` where it names nothing of a registry.
    pub(super) fn read(path: &str) -> Option<Self> {
        let segments: Vec<&str> = path.split('/').collect();
        let (name, rest) = match segments.as_slice() {
            [scope, name, rest @ ..] if scope.starts_with('@') => (format!("{scope}/{name}"), rest),
            [name, rest @ ..] => ((*name).to_owned(), rest),
            [] => return None,
        };
        if !is_legal(&name) {
            return None;
        }
        match rest {
            [] => Some(Self::Package(name)),
            ["-", file] => Some(Self::File(name, (*file).to_owned())),
            [version] => Some(Self::Version(name, (*version).to_owned())),
            _ => None,
        }
    }
}

/// The last segment of the place of a version's file, which has no scope.
pub(super) fn served_as(name: &str, version: &str) -> String {
    let (_, name) = name.rsplit_once('/').unwrap_or(("", name));
    format!("{name}-{version}.tgz")
}

/// Where a version's file is, below a registry's URL.
pub(super) fn file(name: &str, version: &str) -> String {
    format!("{name}/-/{}", served_as(name, version))
}

/// Where the document of a package is, below a registry's URL.
pub(super) fn document(name: &str) -> String {
    escaped(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_belongs_to_the_name() {
        let [name, version, file] = ["@a/b", "1.0.0", "b-1.0.0.tgz"].map(str::to_owned);
        assert_eq!(Place::read("@a/b"), Some(Place::Package(name.clone())));
        assert_eq!(Place::read("@a/b/1.0.0"), Some(Place::Version(name.clone(), version)));
        assert_eq!(Place::read("@a/b/-/b-1.0.0.tgz"), Some(Place::File(name, file)));
        assert_eq!(Place::read("b"), Some(Place::Package("b".to_owned())));
        for nothing in ["", "@a", "b/-/c/d", "../b", "b/1.0.0/more", "@a/../b"] {
            assert_eq!(Place::read(nothing), None, "{nothing}");
        }
    }
}
