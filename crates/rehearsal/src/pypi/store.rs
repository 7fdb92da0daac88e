//! The files of an index, in memory or in a folder, and when they are to be seen.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Cursor, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use releasekit_core::model::Version;
use releasekit_formats::archive::Limits;
use releasekit_formats::archive::digest::sha256;
use releasekit_formats::python::archive::{Metadata, sdist, wheel};
use releasekit_formats::python::name::FileName;

/// A file of the index.
#[derive(Debug, Clone)]
pub(super) struct Stored {
    pub(super) file_name: String,
    pub(super) version: Version,
    pub(super) is_wheel: bool,
    pub(super) bytes: Arc<[u8]>,
    /// Of the bytes.
    pub(super) sha256: String,
    /// What the pages say, which a fault may have changed.
    pub(super) listed_sha256: String,
    /// What they say in a second place, where a fault wants one.
    pub(super) listed_again: Option<String>,
    /// `Requires-Python`, where the file is whole and says so.
    pub(super) requires_python: Option<String>,
    pub(super) arrived: SystemTime,
    pub(super) hidden: Hidden,
}

/// Whether the pages leave a file out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Hidden {
    /// They list it.
    #[default]
    No,
    /// They leave it out this many times more.
    Reads(usize),
    /// They leave it out until then.
    Until(SystemTime),
}

impl Stored {
    /// Describes a file; `None` where its name is none of a wheel or an sdist.
    pub(super) fn new(file_name: &str, bytes: Vec<u8>, arrived: SystemTime) -> Option<(String, Self)> {
        let name = FileName::parse(file_name, None).ok().flatten()?;
        let digest = sha256(&bytes);
        let stored = Self {
            file_name: file_name.to_owned(),
            version: name.version().clone(),
            is_wheel: matches!(name, FileName::Wheel(_)),
            requires_python: metadata(&name, file_name, &bytes)
                .and_then(|metadata| metadata.first("Requires-Python").map(str::to_owned)),
            bytes: bytes.into(),
            listed_sha256: digest.clone(),
            listed_again: None,
            sha256: digest,
            arrived,
            hidden: Hidden::No,
        };
        Some((name.name().to_owned(), stored))
    }

    /// Leaves it out of the pages for some time.
    pub(super) fn hide(&mut self, time: Duration) {
        self.hidden = Hidden::Until(self.arrived + time);
    }

    /// Whether a page lists it now; that it has been looked at counts.
    fn look(&mut self, now: SystemTime) -> bool {
        match self.hidden {
            Hidden::No => true,
            Hidden::Until(time) => now >= time,
            Hidden::Reads(0) => true,
            Hidden::Reads(left) => {
                self.hidden = Hidden::Reads(left - 1);
                false
            }
        }
    }
}

/// Every file, by project and name.
#[derive(Debug, Default)]
pub(super) struct Store {
    folder: Option<PathBuf>,
    projects: BTreeMap<String, BTreeMap<String, Stored>>,
}

impl Store {
    /// Reads the files that a folder holds.
    pub(super) fn open(folder: Option<PathBuf>) -> io::Result<Self> {
        let mut store = Self { folder: folder.clone(), projects: BTreeMap::new() };
        let Some(folder) = folder else { return Ok(store) };
        fs::create_dir_all(&folder)?;
        for project in fs::read_dir(&folder)? {
            let project = project?.path();
            if project.is_dir() {
                for file in fs::read_dir(&project)? {
                    store.load(&file?.path())?;
                }
            }
        }
        Ok(store)
    }

    /// Takes in a file of the folder. What is no artifact by its name, such as what a kill left behind, stays out.
    fn load(&mut self, path: &Path) -> io::Result<()> {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let arrived = fs::metadata(path)?.modified()?;
        if let Some((project, stored)) = Stored::new(&name, fs::read(path)?, arrived) {
            self.insert(project, stored);
        }
        Ok(())
    }

    /// Stores a file durably, replacing one of the same name.
    pub(super) fn put(&mut self, project: String, stored: Stored) -> io::Result<()> {
        if let Some(folder) = &self.folder {
            write(&folder.join(&project), &stored.file_name, &stored.bytes)?;
        }
        self.insert(project, stored);
        Ok(())
    }

    fn insert(&mut self, project: String, stored: Stored) {
        self.projects.entry(project).or_default().insert(stored.file_name.clone(), stored);
    }

    /// A file, listed or not.
    pub(super) fn file(&self, project: &str, file_name: &str) -> Option<&Stored> {
        self.projects.get(project)?.get(file_name)
    }

    /// Every file, listed or not.
    pub(super) fn files(&self) -> impl Iterator<Item = &Stored> {
        self.projects.values().flat_map(BTreeMap::values)
    }

    /// The files that a project's page lists now; `None` where there is no such project.
    pub(super) fn look(&mut self, project: &str, now: SystemTime) -> Option<Vec<Stored>> {
        let files = self.projects.get_mut(project)?.values_mut();
        let listed: Vec<Stored> = files.filter_map(|file| file.look(now).then(|| file.clone())).collect();
        (!listed.is_empty()).then_some(listed)
    }

    /// Whether anything was ever uploaded to a project.
    pub(super) fn knows(&self, project: &str) -> bool {
        self.projects.contains_key(project)
    }

    /// The names of the projects.
    pub(super) fn projects(&self) -> Vec<String> {
        self.projects.keys().cloned().collect()
    }
}

/// Writes a file so that a kill leaves all of it or nothing.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut file = tempfile::Builder::new().prefix(".upload-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(folder.join(name)).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}

fn metadata(name: &FileName, file_name: &str, bytes: &[u8]) -> Option<Metadata> {
    let limits = Limits::for_size(bytes.len() as u64);
    match name {
        FileName::Wheel(_) => Some(wheel::read(file_name, Cursor::new(bytes), limits).ok()?.metadata),
        FileName::Sdist(name) => Some(sdist::read(file_name, &name.stem, Cursor::new(bytes), limits).ok()?.metadata),
        _ => None,
    }
}
