//! The files of a new backend, and the names that go into them.

use super::Kind;

/// A file of the crate, and its text with places for names.
type File = (&'static str, &'static str);

/// What every backend has.
const COMMON: [File; 2] = [
    ("Cargo.toml", include_str!("../../templates/Cargo.toml.txt")),
    ("README.md", include_str!("../../templates/README.md.txt")),
];

const ECOSYSTEM: &[File] = &[
    ("src/lib.rs", include_str!("../../templates/ecosystem/lib.rs.txt")),
    ("src/package_manager.rs", include_str!("../../templates/ecosystem/package_manager.rs.txt")),
    ("src/workspace.rs", include_str!("../../templates/ecosystem/workspace.rs.txt")),
    ("tests/suites.rs", include_str!("../../templates/ecosystem/suites.rs.txt")),
];

const REGISTRY: &[File] = &[
    ("src/backend.rs", include_str!("../../templates/registry/backend.rs.txt")),
    ("src/lib.rs", include_str!("../../templates/registry/lib.rs.txt")),
    ("tests/suites.rs", include_str!("../../templates/registry/suites.rs.txt")),
];

const VCS: &[File] = &[
    ("src/backend.rs", include_str!("../../templates/vcs/backend.rs.txt")),
    ("src/lib.rs", include_str!("../../templates/vcs/lib.rs.txt")),
    ("tests/suites.rs", include_str!("../../templates/vcs/suites.rs.txt")),
];

const FORGE: &[File] = &[
    ("src/backend.rs", include_str!("../../templates/forge/backend.rs.txt")),
    ("src/lib.rs", include_str!("../../templates/forge/lib.rs.txt")),
    ("tests/suites.rs", include_str!("../../templates/forge/suites.rs.txt")),
];

/// The files of a kind of backend.
pub(super) fn files(kind: Kind) -> impl Iterator<Item = File> {
    let own = match kind {
        Kind::Ecosystem => ECOSYSTEM,
        Kind::Registry => REGISTRY,
        Kind::Vcs => VCS,
        Kind::Forge => FORGE,
    };
    COMMON.into_iter().chain(own.iter().copied())
}

/// A backend's name in its spellings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Names {
    /// `go-proxy`, of its folder and its package.
    pub(super) name: String,
    /// `go_proxy`, of its crate.
    pub(super) krate: String,
    /// `GoProxy`, of its types.
    pub(super) capital: String,
}

impl Names {
    /// `None` where the text is no name.
    pub(super) fn of(name: &str) -> Option<Self> {
        let is_part = |part: &str| {
            part.starts_with(|c: char| c.is_ascii_lowercase())
                && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        let is_name = name.split('-').all(is_part);
        let capital = |part: &str| part[..1].to_ascii_uppercase() + &part[1..];
        is_name.then(|| Self {
            name: name.to_owned(),
            krate: name.replace('-', "_"),
            capital: name.split('-').map(capital).collect(),
        })
    }

    /// A text with its places filled.
    pub(super) fn filled(&self, kind: Kind, text: &str) -> String {
        let (a_kind, map) = match kind {
            Kind::Ecosystem => ("an ecosystem", "ecosystems"),
            Kind::Registry => ("a kind of registry", "registries"),
            Kind::Vcs => ("a version control system", "vcs"),
            Kind::Forge => ("a kind of forge", "forges"),
        };
        let formats = match kind {
            Kind::Ecosystem => "releasekit-formats = { workspace = true, features = [\"semver\"] }\n",
            _ => "",
        };
        let places = [
            ("{{name}}", self.name.as_str()),
            ("{{crate}}", &self.krate),
            ("{{Type}}", &self.capital),
            ("{{a_kind}}", a_kind),
            ("{{map}}", map),
            ("{{formats}}", formats),
        ];
        places.iter().fold(text.to_owned(), |text, (place, value)| text.replace(place, value))
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn a_name_has_three_spellings() {
        let names = Names::of("go-proxy2").expect("it is one");
        assert_eq!((names.krate.as_str(), names.capital.as_str()), ("go_proxy2", "GoProxy2"));
        for text in ["", "-", "Go", "go_proxy", "2go", "go--proxy", "go-"] {
            assert_eq!(Names::of(text), None, "{text}");
        }
    }
}
