//! What the release brings to other registries, offered to the crates that need it while these are packed.
//!
//! cargo lays what is packed together over the one registry that it is published to. In the place of every other registry that
//! something is to come to stands a folder: it has what the lockfile names of that registry, and what is to come. A crate records
//! names and checksums of what it is locked to, and none of a folder, so it has the bytes that it would have if all were live.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use releasekit_core::model::{Artifact, Digest, DigestAlgorithm};
use releasekit_core::{Environment, Result};
use releasekit_formats::archive::{Limits, digest};
use releasekit_formats::cargo::name::{file_name, index_path};
use releasekit_formats::cargo::{CRATES_IO, CRATES_IO_GIT, description};
use releasekit_process::{Error as ProcessError, Output};
use toml_edit::{DocumentMut, Item, Table};

use crate::config::{LOCKFILE, PUBLIC};
use crate::crate_file;
use crate::error::Error;
use crate::tool::Bench;
use crate::trusted::home;

/// Crates that are to come, by the index that they are required from; the public one is not named.
pub(crate) type ToCome = BTreeMap<Option<String>, Vec<Artifact>>;

/// What the folders are called.
const NAME: &str = "releasekit-beside";

/// Folders in the place of registries, and the options that tell cargo of them.
#[derive(Debug, Default)]
pub(crate) struct Beside {
    pub(crate) options: Vec<String>,
}

impl Beside {
    /// Lays them out, where something is to come. cargo downloads what they lack.
    pub(crate) async fn lay_out(
        bench: Bench<'_>,
        environment: &Environment,
        to_come: &ToCome,
    ) -> Result<Self, ProcessOrOwn> {
        let mut options = Vec::new();
        if to_come.is_empty() {
            return Ok(Self { options });
        }
        let fetch = if bench.folder.join(LOCKFILE).exists() { vec!["fetch", "--locked"] } else { vec!["fetch"] };
        bench.run(environment.clone(), &fetch).await.and_then(Output::succeeded).map_err(ProcessOrOwn::Process)?;
        let lockfile = read_lockfile(&bench.folder.join(LOCKFILE))?;
        let caches = caches(&bench.context.environment);
        for (number, (index, artifacts)) in to_come.iter().enumerate() {
            let folder = bench.target().join(format!("{NAME}-{number}"));
            let registry = Folder::new(folder, index.as_deref().unwrap_or(CRATES_IO))?;
            for locked in locked(&lockfile, index.as_deref()) {
                registry.add(&locked.found_in(&caches)?)?;
            }
            for artifact in artifacts {
                registry.add(&artifact.path)?;
            }
            options.extend(told(number, index.as_deref(), &registry.path));
        }
        Ok(Self { options })
    }
}

/// How that may fail: by cargo, which is told as other runs of it are, or otherwise.
#[derive(Debug)]
pub(crate) enum ProcessOrOwn {
    Process(ProcessError),
    Own(Error),
}

impl From<Error> for ProcessOrOwn {
    fn from(error: Error) -> Self {
        Self::Own(error)
    }
}

/// The options for one folder.
fn told(number: usize, index: Option<&str>, folder: &Path) -> Vec<String> {
    let quoted = |text: &str| toml_edit::Value::from(text).to_string();
    let (name, replaced) = (format!("{NAME}-{number}"), format!("{NAME}-of-{number}"));
    let source = index.map_or(PUBLIC, |_| replaced.as_str());
    let registry = index.map(|index| format!("source.{source}.registry={}", quoted(index)));
    let folder = folder.display().to_string();
    let settings = registry.into_iter().chain([
        format!("source.{source}.replace-with={}", quoted(&name)),
        format!("source.{name}.local-registry={}", quoted(&folder)),
    ]);
    settings.flat_map(|setting| ["--config".to_owned(), setting]).collect()
}

fn read_lockfile(path: &Path) -> Result<DocumentMut, Error> {
    let text = fs::read_to_string(path).map_err(Error::folder(path))?;
    let invalid = |error: toml_edit::TomlError| Error::Config {
        file: LOCKFILE.to_owned(),
        reason: error.message().replace('\n', ", "),
    };
    text.parse().map_err(invalid)
}

/// A crate that a lockfile names.
#[derive(Debug)]
struct Locked {
    file: String,
    digest: Digest,
}

/// What is locked to a registry.
fn locked(lockfile: &DocumentMut, index: Option<&str>) -> Vec<Locked> {
    let usual = format!("registry+{CRATES_IO_GIT}");
    let source = index.unwrap_or(&usual);
    let packages = lockfile.get("package").and_then(Item::as_array_of_tables).into_iter().flatten();
    let of = |package: &Table| {
        let text = |key: &str| package.get(key).and_then(Item::as_str);
        let is_of_it = text("source").is_some_and(|named| named == source);
        let digest = is_of_it.then(|| text("checksum")).flatten().map(Digest::sha256)?;
        Some(Locked { file: file_name(text("name")?, text("version")?), digest })
    };
    packages.filter_map(of).collect()
}

impl Locked {
    /// Where cargo has it.
    fn found_in(&self, caches: &[PathBuf]) -> Result<PathBuf, Error> {
        let is_it = |path: &PathBuf| {
            let found = crate_file::artifact(path).ok().flatten();
            found.is_some_and(|found| found.digests.contains(&self.digest))
        };
        let paths = caches.iter().map(|cache| cache.join(&self.file)).filter(|path| path.is_file());
        paths.into_iter().find(is_it).ok_or_else(|| Error::NotDownloaded { file: self.file.clone() })
    }
}

/// The folders in which cargo keeps what it downloads, one for each registry.
fn caches(environment: &Environment) -> Vec<PathBuf> {
    let folder = home(environment).map(|home| home.join("registry/cache"));
    let entries = folder.and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    folders.sort();
    folders
}

/// A folder in the place of a registry.
#[derive(Debug)]
struct Folder<'a> {
    path: PathBuf,
    index: &'a str,
}

impl<'a> Folder<'a> {
    /// A new one: what was there before is gone.
    fn new(path: PathBuf, index: &'a str) -> Result<Self, Error> {
        match fs::remove_dir_all(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(Error::folder(path)(error)),
            _ => {}
        }
        fs::create_dir_all(path.join("index")).map_err(Error::folder(&path))?;
        Ok(Self { path, index })
    }

    /// Adds a crate, and a line about it.
    fn add(&self, from: &Path) -> Result<(), Error> {
        let failed = || Error::folder(from);
        let file = from.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let content = fs::read(from).map_err(failed())?;
        let limits = Limits::for_size(content.len() as u64);
        let described = description::read(&file, std::io::Cursor::new(&content), limits, self.index);
        let invalid =
            |error: releasekit_formats::Error| Error::Config { file: file.clone(), reason: error.to_string() };
        let described = described.map_err(invalid)?;
        let hashed = digest::file(from, &[DigestAlgorithm::Sha256]).map_err(invalid)?;
        let checksum = hashed.digests.first().map(|digest| digest.value.as_str()).unwrap_or_default();
        fs::write(self.path.join(&file), content).map_err(failed())?;
        let lines = self.path.join("index").join(index_path(&described.name));
        fs::create_dir_all(lines.parent().unwrap_or(&self.path)).map_err(failed())?;
        let line = serde_json::to_string(&described.line(checksum)).expect("a line has text for keys");
        let lines = File::options().create(true).append(true).open(lines);
        lines.and_then(|mut lines| writeln!(lines, "{line}")).map_err(failed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_locked_to_a_registry_is_told_from_what_is_locked_to_others() {
        let lockfile = "version = 4\n\n[[package]]\nname = \"own\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"usual\"\n\
            version = \"1.0.0\"\nsource = \"registry+https://github.com/rust-lang/crates.io-index\"\nchecksum = \"a\"\n\n\
            [[package]]\nname = \"house\"\nversion = \"2.0.0\"\nsource = \"sparse+https://h.test/\"\nchecksum = \"b\"\n";
        let lockfile: DocumentMut = lockfile.parse().unwrap();
        let files = |index| locked(&lockfile, index).into_iter().map(|locked| locked.file).collect::<Vec<_>>();
        assert_eq!(files(None), ["usual-1.0.0.crate"]);
        assert_eq!(files(Some("sparse+https://h.test/")), ["house-2.0.0.crate"]);
    }

    #[test]
    fn a_folder_takes_the_place_of_the_public_registry_or_of_one_that_is_known_by_its_index() {
        let told =
            |index| told(0, index, Path::new("/f")).into_iter().filter(|word| word != "--config").collect::<Vec<_>>();
        let folder = "source.releasekit-beside-0.local-registry=\"/f\"";
        assert_eq!(told(None), ["source.crates-io.replace-with=\"releasekit-beside-0\"", folder]);
        let named = [
            "source.releasekit-beside-of-0.registry=\"sparse+https://h.test/\"",
            "source.releasekit-beside-of-0.replace-with=\"releasekit-beside-0\"",
            folder,
        ];
        assert_eq!(told(Some("sparse+https://h.test/")), named);
    }
}
