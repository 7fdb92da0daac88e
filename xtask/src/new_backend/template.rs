//! The files of a new backend, and the names that go into them.

use std::fs;
use std::path::{Path, PathBuf};

use super::Kind;
use crate::failure::{Failure, Result};
use crate::repository::{read, root};

/// Where the templates are. One folder has what every backend has, the others what those of a kind have; below each lies
/// a crate, with as many folders as it needs.
const TEMPLATES: &str = "xtask/templates";

/// What every backend has.
const ANY: &str = "any";

/// What the names of templates end in, for nobody is to take them for files of ours.
const ENDING: &str = ".txt";

/// The files of a kind of backend, each by its place in the crate, and its text with places for names.
pub(super) fn files(kind: Kind) -> Result<Vec<(PathBuf, String)>> {
    let mut files = Vec::new();
    for folder in [ANY, kind.folder()] {
        let folder = root().join(TEMPLATES).join(folder);
        gather(&folder, Path::new(""), &mut files)?;
    }
    files.sort();
    Ok(files)
}

/// Reads the templates at and below a place of a folder.
fn gather(folder: &Path, place: &Path, files: &mut Vec<(PathBuf, String)>) -> Result<()> {
    let path = folder.join(place);
    for entry in fs::read_dir(&path).map_err(|error| Failure::io(&path, &error))? {
        let entry = entry.map_err(|error| Failure::io(&path, &error))?;
        let below = place.join(entry.file_name());
        if entry.path().is_dir() {
            gather(folder, &below, files)?;
        } else if let Some(name) = below.to_str().and_then(|name| name.strip_suffix(ENDING)) {
            files.push((PathBuf::from(name), read(&entry.path())?));
        }
    }
    Ok(())
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
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::{Names, gather};

    #[test]
    fn templates_lie_as_deep_as_their_files_do_and_nothing_else_is_one() {
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        fs::create_dir_all(folder.path().join("tests/suites")).expect("the folder is ours");
        for (file, text) in [("Cargo.toml.txt", "top"), ("tests/suites/main.rs.txt", "deep"), ("tests/notes", "none")] {
            fs::write(folder.path().join(file), text).expect("the folder is ours");
        }
        let mut files = Vec::new();
        gather(folder.path(), Path::new(""), &mut files).expect("the folder can be read");
        files.sort();
        let expected = [("Cargo.toml", "top"), ("tests/suites/main.rs", "deep")];
        assert_eq!(files, expected.map(|(file, text)| (PathBuf::from(file), text.to_owned())));
    }

    #[test]
    fn a_name_has_three_spellings() {
        let names = Names::of("go-proxy2").expect("it is one");
        assert_eq!((names.krate.as_str(), names.capital.as_str()), ("go_proxy2", "GoProxy2"));
        for text in ["", "-", "Go", "go_proxy", "2go", "go--proxy", "go-"] {
            assert_eq!(Names::of(text), None, "{text}");
        }
    }
}
