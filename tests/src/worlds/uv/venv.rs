//! A fresh virtual environment into which packages are installed from an index.

use std::fs;
use std::path::PathBuf;

use releasekit_testkit::{Ran, Sandbox};

use super::workspace::import;
use crate::world::Installed;

/// A virtual environment in a sandbox.
#[derive(Debug)]
pub struct Venv<'a> {
    sandbox: &'a Sandbox,
    folder: PathBuf,
}

impl<'a> Venv<'a> {
    /// Makes an empty one, replacing an earlier one of that name.
    #[track_caller]
    pub fn new(sandbox: &'a Sandbox, name: &str) -> Self {
        let folder = sandbox.path().join(name);
        sandbox.run("uv", ["venv", "--quiet", "--clear", &folder.to_string_lossy()]).ok();
        Self { sandbox, folder }
    }

    /// The one of that name, which is there.
    pub fn of(sandbox: &'a Sandbox, name: &str) -> Self {
        Self { sandbox, folder: sandbox.path().join(name) }
    }

    /// Installs requirements from an index, `--index URL` or `--default-index URL`, without any cache.
    #[track_caller]
    pub fn install(&self, index: [&str; 2], requirements: &[&str]) -> Ran {
        let mut uv = self.sandbox.command("uv");
        uv.args(["pip", "install", "--no-cache", "--python"]).arg(&self.folder).args(index).args(requirements);
        releasekit_testkit::run(uv.env_remove("UV_FIND_LINKS"))
    }

    /// What python prints when it runs a line.
    #[track_caller]
    pub fn python(&self, line: &str) -> String {
        self.sandbox.run(self.folder.join("bin/python"), ["-c", line]).ok()
    }

    /// What is installed.
    #[track_caller]
    pub fn installed(&self) -> Installed {
        let folder = self.folder.to_string_lossy();
        let text = self.sandbox.run("uv", ["pip", "freeze", "--python", &folder]).ok();
        let mut installed = Installed::default();
        for (name, version) in text.lines().filter_map(|line| line.split_once("==")) {
            installed.versions.insert(name.to_owned(), version.to_owned());
            installed.requires.insert(name.to_owned(), self.requires(&import(name), version));
        }
        installed
    }

    /// The `Requires-Dist` lines of an installed package's metadata, by its name as imported and its version.
    #[track_caller]
    fn requires(&self, import: &str, version: &str) -> Vec<String> {
        let lib = fs::read_dir(self.folder.join("lib")).expect("the environment can be read");
        let python = lib.map(|item| item.expect("the environment can be read").path()).next().expect("it has a python");
        let metadata = python.join(format!("site-packages/{import}-{version}.dist-info/METADATA"));
        let text = fs::read_to_string(&metadata).unwrap_or_else(|error| panic!("{}: {error}", metadata.display()));
        let headers = text.lines().take_while(|line| !line.is_empty());
        headers.filter_map(|line| line.strip_prefix("Requires-Dist: ")).map(str::to_owned).collect()
    }
}
