//! What a text in a table of dependencies asks for.

use super::range::Range;

/// What stands at a name in `dependencies` and its like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Specifier<'t> {
    /// Versions of a package.
    Versions {
        /// The package, where the key is only what the code calls it.
        name: Option<&'t str>,
        /// The range.
        range: &'t str,
        /// Where the range begins in the text.
        at: usize,
        /// Whether it has to be a package of the same workspace.
        is_workspace: bool,
    },
    /// A folder, or a file, seen from the folder of the package file: `link:`, `file:`, `workspace:../a`, `../a`.
    Path(&'t str),
    /// What a catalog says of the name; `default` is that without a name.
    Catalog(&'t str),
    /// A tag, a repository or a URL.
    Elsewhere,
}

/// That a requirement of a workspace follows whatever version is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wide {
    /// `workspace:*` is published as the very version.
    Exact,
    /// `workspace:^` is published as what is compatible with it.
    Caret,
    /// `workspace:~` is published as patches of it.
    Tilde,
}

impl Wide {
    /// What a range behind `workspace:` follows with; `None` where it is one of its own.
    pub fn of(range: &str) -> Option<Self> {
        match range.trim() {
            "*" | "" => Some(Self::Exact),
            "^" => Some(Self::Caret),
            "~" => Some(Self::Tilde),
            _ => None,
        }
    }

    /// What stands before the version once it is published.
    pub fn operator(self) -> &'static str {
        match self {
            Self::Exact => "",
            Self::Caret => "^",
            Self::Tilde => "~",
        }
    }
}

impl<'t> Specifier<'t> {
    /// Reads a text. A range behind `workspace:` or a name may be none that node reads.
    ///
    /// ```
    /// use releasekit_formats::npm::specifier::Specifier;
    ///
    /// let alias = Specifier::parse("workspace:@scope/base@^1.0.0");
    /// assert!(matches!(alias, Specifier::Versions { name: Some("@scope/base"), range: "^1.0.0", .. }));
    /// assert_eq!(Specifier::parse("catalog:"), Specifier::Catalog("default"));
    /// assert_eq!(Specifier::parse("workspace:../base"), Specifier::Path("../base"));
    /// assert_eq!(Specifier::parse("latest"), Specifier::Elsewhere);
    /// ```
    pub fn parse(text: &'t str) -> Self {
        let start = text.len() - text.trim_start().len();
        let trimmed = text.trim();
        if let Some(catalog) = trimmed.strip_prefix("catalog:") {
            let name = catalog.trim();
            return Self::Catalog(if name.is_empty() { "default" } else { name });
        }
        if let Some(rest) = trimmed.strip_prefix("workspace:") {
            return match is_path(rest) {
                true => Self::Path(rest),
                false => Self::versions(rest, start + "workspace:".len(), true),
            };
        }
        if let Some(rest) = trimmed.strip_prefix("npm:") {
            return Self::versions(rest, start + "npm:".len(), false);
        }
        if let Some(path) = trimmed.strip_prefix("link:").or_else(|| trimmed.strip_prefix("file:")) {
            return Self::Path(path);
        }
        match () {
            () if is_path(trimmed) => Self::Path(trimmed),
            () if Range::parse(trimmed).is_some() => {
                Self::Versions { name: None, range: trimmed, at: start, is_workspace: false }
            }
            () => Self::Elsewhere,
        }
    }

    /// A range, behind a name where one stands there.
    fn versions(text: &'t str, at: usize, is_workspace: bool) -> Self {
        let split = text.rfind('@').filter(|at| *at > 0);
        let (name, skip) = match split {
            Some(split) => (Some(&text[..split]), split + 1),
            // Behind `npm:` a name may stand alone, behind `workspace:` a range.
            None if is_workspace => (None, 0),
            None => (Some(text), text.len()),
        };
        Self::Versions { name, range: &text[skip..], at: at + skip, is_workspace }
    }
}

/// What pnpm writes into what it packs in the place of a pinned requirement of a workspace; `None` for any other text, and for
/// one that is still to follow a version.
///
/// ```
/// use releasekit_formats::npm::specifier::published;
///
/// assert_eq!(published("workspace:^1.2.0").as_deref(), Some("^1.2.0"));
/// assert_eq!(published("workspace:base@1.2.0").as_deref(), Some("npm:base@1.2.0"));
/// assert_eq!(published("workspace:*"), None);
/// ```
pub fn published(text: &str) -> Option<String> {
    match Specifier::parse(text) {
        Specifier::Versions { range, is_workspace: true, .. } if Wide::of(range).is_some() => None,
        Specifier::Versions { name: None, range, is_workspace: true, .. } => Some(range.to_owned()),
        Specifier::Versions { name: Some(name), range, is_workspace: true, .. } => Some(format!("npm:{name}@{range}")),
        _ => None,
    }
}

fn is_path(text: &str) -> bool {
    text.starts_with(['.', '/']) || text.starts_with("~/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_told_from_the_others() {
        let versions = |name, range, at, is_workspace| Specifier::Versions { name, range, at, is_workspace };
        for (text, expected) in [
            ("^1.0.0", versions(None, "^1.0.0", 0, false)),
            (" 1.x ", versions(None, "1.x", 1, false)),
            ("", versions(None, "", 0, false)),
            ("workspace:*", versions(None, "*", 10, true)),
            ("workspace:^", versions(None, "^", 10, true)),
            ("workspace:>=1 <2", versions(None, ">=1 <2", 10, true)),
            ("workspace:base@~", versions(Some("base"), "~", 15, true)),
            ("npm:@s/base@^1", versions(Some("@s/base"), "^1", 12, false)),
            ("npm:@s/base", versions(Some("@s/base"), "", 11, false)),
            ("npm:base", versions(Some("base"), "", 8, false)),
            ("link:../a", Specifier::Path("../a")),
            ("file:a.tgz", Specifier::Path("a.tgz")),
            ("../a", Specifier::Path("../a")),
            ("workspace:./a", Specifier::Path("./a")),
            ("catalog:", Specifier::Catalog("default")),
            ("catalog:react18", Specifier::Catalog("react18")),
            ("next", Specifier::Elsewhere),
            ("user/repo", Specifier::Elsewhere),
            ("git+https://h.test/x.git#v1", Specifier::Elsewhere),
            ("https://h.test/x.tgz", Specifier::Elsewhere),
            ("jsr:@s/base@1", Specifier::Elsewhere),
        ] {
            assert_eq!(Specifier::parse(text), expected, "{text}");
        }
    }
}
