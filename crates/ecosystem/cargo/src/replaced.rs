//! What stands in the place of crates.io, where the user's settings say so: a mirror, or a registry of the house.
//!
//! Of crates that need each other and come together cargo makes a registry that it lays over the one they are published to. It
//! looks for the rest in the replacement, and so refuses to guess which of the two is meant: it has to be told.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use releasekit_core::Environment;
use toml_edit::{DocumentMut, Item};

use crate::trusted::home;

/// The files of a folder, of which cargo reads the first that there is.
const FILES: [&str; 2] = ["config", "config.toml"];

/// How many replacements lead on to another.
const STEPS: usize = 8;

/// The options that tell cargo which registry what comes together is laid over; none where nothing replaces crates.io, or what does
/// is no registry but a folder.
pub(crate) fn options(folder: &Path, environment: &Environment) -> Vec<String> {
    let said = Said::of(folder, environment);
    let Some((name, index)) = said.replacement() else { return Vec::new() };
    let known = format!("registries.{}.index=\"{}\"", quoted(&name), escaped(&index));
    vec!["--config".to_owned(), known, "--registry".to_owned(), name]
}

/// The folder that stands in the place of crates.io, as the settings say it.
pub(crate) fn by_folder(folder: &Path, environment: &Environment) -> Option<String> {
    let said = Said::of(folder, environment);
    said.folders.get(said.last()?).cloned()
}

/// Whether crates.io is this registry, for whoever runs cargo in a folder.
pub(crate) fn is(index: &str, folder: &Path, environment: &Environment) -> bool {
    Said::of(folder, environment).replacement().is_some_and(|(_, url)| url == index)
}

/// What the settings say; the first to say something counts.
#[derive(Debug, Default)]
struct Said {
    replaced: BTreeMap<String, String>,
    indexes: BTreeMap<String, String>,
    folders: BTreeMap<String, String>,
}

impl Said {
    /// From the folder that cargo runs in up, then in its home. A file that cannot be read is cargo's to complain of.
    fn of(folder: &Path, environment: &Environment) -> Self {
        let folders = folder.ancestors().map(|folder| folder.join(".cargo")).chain(home(environment));
        let mut said = Self::default();
        for text in folders.filter_map(|folder| text(&folder)) {
            if let Ok(document) = text.parse::<DocumentMut>() {
                said.take(&document);
            }
        }
        said
    }

    fn take(&mut self, document: &DocumentMut) {
        for (name, source) in tables(document, "source") {
            self.replaced.extend(new(&self.replaced, name, source, "replace-with"));
            self.indexes.extend(new(&self.indexes, name, source, "registry"));
            for key in ["directory", "local-registry"] {
                self.folders.extend(new(&self.folders, name, source, key));
            }
        }
        for (name, registry) in tables(document, "registries") {
            self.indexes.extend(new(&self.indexes, name, registry, "index"));
        }
    }

    /// The registry at the end of what replaces crates.io, by its name, with its index.
    fn replacement(&self) -> Option<(String, String)> {
        let name = self.last()?;
        Some((name.clone(), self.indexes.get(name)?.clone()))
    }

    /// The name at the end of what replaces crates.io.
    fn last(&self) -> Option<&String> {
        let mut name = self.replaced.get("crates-io")?;
        for _ in 0..STEPS {
            match self.replaced.get(name) {
                Some(next) => name = next,
                None => break,
            }
        }
        Some(name)
    }
}

/// A key of a table that nobody has said yet.
fn new(said: &BTreeMap<String, String>, name: &str, table: &Item, key: &str) -> Option<(String, String)> {
    let value = table.get(key).and_then(Item::as_str)?;
    (!said.contains_key(name)).then(|| (name.to_owned(), value.to_owned()))
}

fn tables<'a>(document: &'a DocumentMut, key: &str) -> impl Iterator<Item = (&'a str, &'a Item)> {
    document.get(key).and_then(Item::as_table_like).into_iter().flat_map(|table| table.iter())
}

fn text(folder: &Path) -> Option<String> {
    let files = FILES.map(|file| -> PathBuf { folder.join(file) });
    files.into_iter().find_map(|file| fs::read_to_string(file).ok())
}

/// A name as the key of a TOML path.
fn quoted(name: &str) -> String {
    format!("\"{}\"", escaped(name))
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use releasekit_core::Environment;
    use tempfile::TempDir;

    use super::*;

    fn options_with(config: &str) -> Vec<String> {
        let home = TempDir::new().unwrap();
        fs::write(home.path().join("config.toml"), config).unwrap();
        options(Path::new("/"), &Environment::new().with("CARGO_HOME", home.path()))
    }

    #[test]
    fn what_replaces_crates_io_is_named_wherever_its_index_is_said() {
        let source =
            "[source.crates-io]\nreplace-with = \"mirror\"\n[source.mirror]\nregistry = \"sparse+https://m.test/\"\n";
        let registry =
            "[source.crates-io]\nreplace-with = \"mirror\"\n[registries.mirror]\nindex = \"sparse+https://m.test/\"\n";
        let expected = ["--config", "registries.\"mirror\".index=\"sparse+https://m.test/\"", "--registry", "mirror"];
        for config in [source, registry] {
            assert_eq!(options_with(config), expected, "{config}");
        }
        let chain = "[source.crates-io]\nreplace-with = \"a\"\n[source.a]\nreplace-with = \"mirror\"\n";
        assert_eq!(options_with(&format!("{chain}[source.mirror]\nregistry = \"sparse+https://m.test/\"\n")), expected);
    }

    #[test]
    fn a_folder_in_the_place_of_crates_io_is_known() {
        let home = TempDir::new().unwrap();
        let folder = |config: &str| {
            fs::write(home.path().join("config.toml"), config).unwrap();
            by_folder(Path::new("/"), &Environment::new().with("CARGO_HOME", home.path()))
        };
        let source = |said: &str| format!("[source.crates-io]\nreplace-with = \"v\"\n[source.v]\n{said}\n");
        assert_eq!(folder(&source("directory = \"vendor\"")).as_deref(), Some("vendor"));
        assert_eq!(folder(&source("local-registry = \"crates\"")).as_deref(), Some("crates"));
        assert_eq!(folder(&source("registry = \"sparse+https://m.test/\"")), None);
        assert_eq!(folder("[source.v]\ndirectory = \"vendor\"\n"), None);
    }

    #[test]
    fn nothing_is_said_where_crates_io_is_itself_or_a_folder() {
        for config in [
            "",
            "[registries.house]\nindex = \"sparse+https://h.test/\"\n",
            "[source.crates-io]\nreplace-with = \"v\"\n[source.v]\ndirectory = \"vendor\"\n",
            "no toml",
            "[source.crates-io]\nreplace-with = \"a\"\n[source.a]\nreplace-with = \"crates-io\"\n",
        ] {
            assert_eq!(options_with(config), [""; 0], "{config}");
        }
    }
}
