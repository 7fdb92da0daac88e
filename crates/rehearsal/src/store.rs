//! The files of a registry, in memory or in a folder.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use releasekit_formats::archive::digest::sha256;

use crate::listing::Listing;

/// A file of a registry: whose it is, as the registry writes the name, and its own name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct File {
    /// The package.
    pub package: String,
    /// The name of the file, which files of other packages may have too.
    pub name: String,
}

impl File {
    /// A file of a package.
    pub fn new(package: impl Into<String>, name: impl Into<String>) -> Self {
        Self { package: package.into(), name: name.into() }
    }
}

/// Says which package a file belongs to, and what is known of it.
pub(crate) type Describe<M> = fn(&str, &[u8]) -> Option<(String, M)>;

/// A file, and what is known of it.
#[derive(Debug, Clone)]
pub(crate) struct Stored<M> {
    pub(crate) file_name: String,
    pub(crate) bytes: Arc<[u8]>,
    /// Of the bytes.
    pub(crate) sha256: String,
    pub(crate) listing: Listing,
    pub(crate) arrived: SystemTime,
    /// What only the protocol knows.
    pub(crate) meta: M,
}

impl<M> Stored<M> {
    /// A file that is listed as it is.
    pub(crate) fn new(file_name: &str, bytes: Vec<u8>, arrived: SystemTime, meta: M) -> Self {
        let sha256 = sha256(&bytes);
        let listing = Listing::of(&sha256);
        Self { file_name: file_name.to_owned(), bytes: bytes.into(), sha256, listing, arrived, meta }
    }
}

/// Every file, by package and name.
#[derive(Debug)]
pub(crate) struct Store<M> {
    folder: Option<PathBuf>,
    describe: Describe<M>,
    packages: BTreeMap<String, BTreeMap<String, Stored<M>>>,
}

impl<M: Clone> Store<M> {
    /// Reads the files that a folder holds.
    pub(crate) fn open(folder: Option<PathBuf>, describe: Describe<M>) -> io::Result<Self> {
        let mut store = Self { folder: folder.clone(), describe, packages: BTreeMap::new() };
        let Some(folder) = folder else { return Ok(store) };
        fs::create_dir_all(&folder)?;
        for package in fs::read_dir(&folder)? {
            let package = package?.path();
            if package.is_dir() {
                store.load_folder(&package)?;
            }
        }
        Ok(store)
    }

    /// Takes in the files of a package's folder, or those of all packages of a scope, which is a folder around theirs.
    fn load_folder(&mut self, folder: &Path) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() { self.load_folder(&path)? } else { self.load(&path)? }
        }
        Ok(())
    }

    /// Takes in a file of the folder. What is no artifact by its name, such as what a kill left behind, stays out.
    fn load(&mut self, path: &Path) -> io::Result<()> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let arrived = fs::metadata(path)?.modified()?;
        if let Some((package, stored)) = self.describe(&name, fs::read(path)?, arrived) {
            self.insert(package, stored);
        }
        Ok(())
    }

    /// Describes a file and names its package; `None` where it is none of this registry's.
    pub(crate) fn describe(&self, name: &str, bytes: Vec<u8>, arrived: SystemTime) -> Option<(String, Stored<M>)> {
        let (package, meta) = (self.describe)(name, &bytes)?;
        Some((package, Stored::new(name, bytes, arrived, meta)))
    }

    /// Stores a file durably, replacing one of the same name.
    pub(crate) fn put(&mut self, package: String, stored: Stored<M>) -> io::Result<()> {
        if let Some(folder) = &self.folder {
            write(&folder.join(&package), &stored.file_name, &stored.bytes)?;
        }
        self.insert(package, stored);
        Ok(())
    }

    fn insert(&mut self, package: String, stored: Stored<M>) {
        self.packages.entry(package).or_default().insert(stored.file_name.clone(), stored);
    }

    /// A file, listed or not.
    pub(crate) fn file(&self, package: &str, file_name: &str) -> Option<&Stored<M>> {
        self.packages.get(package)?.get(file_name)
    }

    /// Withdraws every file of this name, and says whether there was one.
    pub(crate) fn withdraw(&mut self, file_name: &str) -> bool {
        self.set_withdrawn(file_name, true)
    }

    /// Withdraws every file of this name or takes that back, and says whether there was one.
    pub(crate) fn set_withdrawn(&mut self, file_name: &str, withdrawn: bool) -> bool {
        let found = self.packages.values_mut().filter_map(|files| files.get_mut(file_name));
        found.map(|file| file.listing.yanked = withdrawn).count() > 0
    }

    /// The sha256 of every file, listed or not.
    pub(crate) fn files(&self) -> BTreeMap<File, String> {
        let files = self.packages.iter().flat_map(|(package, files)| files.iter().map(move |file| (package, file)));
        files.map(|(package, (name, stored))| (File::new(package, name), stored.sha256.clone())).collect()
    }

    /// The files that a package's listing shows now; `None` where there is nothing to be seen.
    pub(crate) fn look(&mut self, package: &str, now: SystemTime) -> Option<Vec<Stored<M>>> {
        let files = self.packages.get_mut(package)?.values_mut();
        let listed: Vec<_> = files.filter_map(|file| file.listing.look(now).then(|| file.clone())).collect();
        (!listed.is_empty()).then_some(listed)
    }

    /// All files of a package, listed or not.
    pub(crate) fn all(&self, package: &str) -> impl Iterator<Item = &Stored<M>> {
        self.packages.get(package).into_iter().flat_map(BTreeMap::values)
    }

    /// The same, to be changed.
    pub(crate) fn all_mut(&mut self, package: &str) -> impl Iterator<Item = &mut Stored<M>> {
        self.packages.get_mut(package).into_iter().flat_map(BTreeMap::values_mut)
    }

    /// Whether anything was ever uploaded to a package.
    pub(crate) fn knows(&self, package: &str) -> bool {
        self.packages.contains_key(package)
    }

    /// The names of the packages.
    pub(crate) fn packages(&self) -> Vec<String> {
        self.packages.keys().cloned().collect()
    }
}

/// Writes a file so that a kill leaves all of it or nothing.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().prefix(".upload-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(folder.join(name)).map_err(|error| error.error)?;
    fs::File::open(folder)?.sync_all()
}
