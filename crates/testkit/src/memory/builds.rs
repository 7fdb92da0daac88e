//! What a build tool in memory does, what it saw, and how it fails.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use releasekit_core::package_manager::Route;

/// What a build tool makes and has made. The default one sends files and has nothing else to do.
#[derive(Debug, Default)]
pub struct Builds {
    /// The packages that were built, in order.
    pub built: Vec<String>,
    /// The packages whose builds fail.
    pub failing: Vec<String>,
    /// The packages whose artifacts no login reads.
    pub unreadable: Vec<String>,
    /// Lines that the artifacts of a package get besides.
    pub extra: BTreeMap<String, String>,
    /// Files that a build of a package makes besides, with the lines that they get.
    pub files: BTreeMap<String, Vec<(String, String)>>,
    /// The version of the build backend.
    pub backend: u32,
    /// How artifacts travel; by the tool where nothing is said.
    pub route: Option<Route>,
    /// Whether it keeps a lockfile.
    pub locks: bool,
    /// Whether it says what stands in the way of a release.
    pub checks: bool,
    /// Whether it neither resolves nor installs.
    pub only_builds: bool,
    /// Whether it builds packages of one workspace all at once.
    pub builds_together: bool,
    /// The packages that were asked for at once, whether they were built or not.
    pub together: Vec<Vec<String>>,
    /// The packages that were built without being tried.
    pub untried: Vec<String>,
    /// Whether the program is older than the least one.
    pub outdated: bool,
    /// Names under which the registry knows packages, where they have other ones.
    pub published: BTreeMap<String, String>,
    /// What each build saw in its folders: siblings, and files beside the package file.
    pub saw: BTreeMap<String, (Vec<String>, Vec<String>)>,
    /// The variables that the last build was given.
    pub variables: Vec<String>,
    /// Whether builds take a minute.
    pub slow: bool,
    /// Files that get another line when something is done: `build NAME`, `upload FILE`, `smoke NAME`.
    pub tampers: BTreeMap<String, PathBuf>,
    /// A file that the tool takes logins from.
    pub login: PathBuf,
    /// How many builds made something.
    pub(super) count: u32,
}

impl Builds {
    /// Adds a line to the file that is to be tampered with now, if one is.
    pub(super) fn tamper(&self, when: &str) -> io::Result<()> {
        let Some(path) = self.tampers.get(when) else { return Ok(()) };
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        let mut file = fs::File::options().append(true).create(true).open(path)?;
        file.write_all(b"more = planted\n")
    }
}
