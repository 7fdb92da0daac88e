//! What names of registries stand for: `.cargo/config.toml` of the tree, from the root up, then the one of the user; variables
//! count before all files.

use std::collections::BTreeMap;

use releasekit_core::model::{Package, RepoPath, Target};
use releasekit_core::workspace::NamedRegistries;
use releasekit_core::{Environment, Result, Tree};
use toml_edit::{Document, Item};

use crate::config::{INDEX, PUBLIC, REGISTRY};
use crate::error::Error;
use crate::trusted::home;

/// The files of a folder, of which cargo reads the first that there is.
const FILES: &[&str] = &[".cargo/config", ".cargo/config.toml"];

/// The registries that packages may mean.
pub(crate) fn known(
    tree: &dyn Tree,
    root: &RepoPath,
    environment: &Environment,
    packages: &[Package],
) -> Result<NamedRegistries> {
    let mut said = Said::default();
    said.variables(environment, packages.iter().flat_map(|package| &package.registries));
    for folder in std::iter::successors(Some(root.clone()), RepoPath::parent) {
        said.folder(tree, &folder)?;
    }
    said.home(environment)?;
    Ok(said.into_registries())
}

/// What was said so far; what is said later counts less.
#[derive(Debug, Default)]
struct Said {
    indexes: BTreeMap<String, String>,
    usual: Option<String>,
}

impl Said {
    fn variables<'n>(&mut self, environment: &Environment, names: impl Iterator<Item = &'n String>) {
        self.usual = environment.text("CARGO_REGISTRY_DEFAULT").map(str::to_owned);
        for name in names.cloned().chain(self.usual.clone()) {
            let variable = format!("CARGO_REGISTRIES_{}_INDEX", name.to_uppercase().replace('-', "_"));
            if let Some(index) = environment.text(&variable) {
                self.indexes.insert(name, index.to_owned());
            }
        }
    }

    fn folder(&mut self, tree: &dyn Tree, folder: &RepoPath) -> Result<()> {
        for name in FILES {
            let file = folder.join(name).expect("a legal path");
            if let Some(bytes) = tree.read(&file)? {
                return self.file(file.as_str(), bytes);
            }
        }
        Ok(())
    }

    fn home(&mut self, environment: &Environment) -> Result<()> {
        let Some(home) = home(environment) else { return Ok(()) };
        for name in ["config", "config.toml"] {
            let file = home.join(name);
            match std::fs::read(&file) {
                Ok(bytes) => return self.file(&file.display().to_string(), bytes),
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(Error::Config { file: file.display().to_string(), reason: error.to_string() }.into());
                }
            }
        }
        Ok(())
    }

    fn file(&mut self, name: &str, bytes: Vec<u8>) -> Result<()> {
        let wrong = |reason: String| Error::Config { file: name.to_owned(), reason };
        let text = String::from_utf8(bytes).map_err(|_| wrong("it is not UTF-8".to_owned()))?;
        let document = Document::parse(text).map_err(|error| wrong(error.message().replace('\n', ", ")))?;
        let registries = document.get("registries").and_then(Item::as_table_like);
        for (name, registry) in registries.into_iter().flat_map(|table| table.iter()) {
            if let Some(index) = registry.get("index").and_then(Item::as_str) {
                self.indexes.entry(name.to_owned()).or_insert_with(|| index.to_owned());
            }
        }
        let usual = document.get("registry").and_then(|registry| registry.get("default")).and_then(Item::as_str);
        self.usual = self.usual.take().or_else(|| usual.map(str::to_owned));
        Ok(())
    }

    /// The public one has its name whatever else is said of it.
    fn into_registries(self) -> NamedRegistries {
        let public = (PUBLIC.to_owned(), INDEX.to_owned());
        let all = self.indexes.into_iter().filter(|(name, _)| name != PUBLIC).chain([public]);
        let target =
            |(name, url): (String, String)| (name.clone(), Target::new(REGISTRY, url.clone(), url).with_name(name));
        NamedRegistries { known: all.map(target).collect(), usual: self.usual.filter(|name| name != PUBLIC) }
    }
}
