//! An empty project to which packages are added from a registry.

use std::fs;
use std::path::{Path, PathBuf};

use releasekit_testkit::{Sandbox, run};
use serde_json::Value;

use crate::world::Installed;

/// Who installs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Installer {
    /// npm.
    Npm,
    /// The pnpm of the sandbox.
    Pnpm,
}

/// A project in a sandbox.
#[derive(Debug)]
pub struct Project<'a> {
    sandbox: &'a Sandbox,
    folder: PathBuf,
}

impl<'a> Project<'a> {
    /// Makes one, replacing an earlier one of that name. Everything that it needs comes from one registry.
    #[track_caller]
    pub fn new(sandbox: &'a Sandbox, name: &str, registry: &str) -> Self {
        Self::with_npmrc(sandbox, name, &format!("registry={registry}\n"))
    }

    /// The same with settings that say what comes from where.
    #[track_caller]
    pub fn with_npmrc(sandbox: &'a Sandbox, name: &str, npmrc: &str) -> Self {
        let project = Self { sandbox, folder: sandbox.path().join(name) };
        if project.folder.exists() {
            fs::remove_dir_all(&project.folder).expect("the sandbox is writable");
        }
        fs::create_dir_all(&project.folder).expect("the sandbox is writable");
        for (file, text) in [("package.json", "{\"private\": true}\n"), (".npmrc", npmrc)] {
            fs::write(project.folder.join(file), text).expect("the sandbox is writable");
        }
        project
    }

    /// Adds a package in its latest version, or as it is named behind an `@`. Nothing comes out of a cache, and nobody is who they are.
    #[track_caller]
    pub fn add(&self, installer: Installer, package: &str) -> &Self {
        let cache = self.folder.join("cache");
        let (mut command, cache) = match installer {
            Installer::Npm => (self.sandbox.command("npm"), format!("--cache={}", cache.display())),
            Installer::Pnpm => (self.sandbox.command("pnpm"), format!("--config.cacheDir={}", cache.display())),
        };
        command.current_dir(&self.folder).env_remove("npm_config_registry").env_remove("NODE_AUTH_TOKEN");
        // A registry is asked for packages, and not for what is wrong with them.
        command.env("npm_config_audit", "false");
        command.arg(if installer == Installer::Npm { "install" } else { "add" });
        run(command.args([&cache, "--ignore-scripts", package])).ok();
        self
    }

    /// What node prints when it runs a line there.
    #[track_caller]
    pub fn node(&self, line: &str) -> String {
        run(self.sandbox.command("node").current_dir(&self.folder).args(["-p", line])).ok()
    }

    /// What was taken from registries.
    #[track_caller]
    pub fn installed(&self) -> Installed {
        let mut installed = Installed::default();
        for manifest in manifests(&self.folder.join("node_modules")) {
            let name = manifest["name"].as_str().expect("what is installed has a name").to_owned();
            let version = manifest["version"].as_str().expect("what is installed has a version").to_owned();
            installed.versions.insert(name.clone(), version);
            installed.requires.insert(name, requires(&manifest));
        }
        installed
    }
}

/// The package files in a folder of modules, in those of their scopes, and in the one where pnpm keeps what others need.
fn manifests(modules: &Path) -> Vec<Value> {
    let Ok(items) = fs::read_dir(modules) else { return Vec::new() };
    let found = items.flat_map(|item| {
        let folder = item.expect("modules can be read").path();
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match name.as_str() {
            ".pnpm" => fs::read_dir(&folder)
                .into_iter()
                .flatten()
                .flatten()
                .flat_map(|item| manifests(&item.path().join("node_modules")))
                .collect(),
            scope if scope.starts_with('@') => manifests(&folder),
            _ => fs::read(folder.join("package.json"))
                .ok()
                .map(|text| serde_json::from_slice(&text).expect("it is JSON"))
                .into_iter()
                .collect(),
        }
    });
    found.collect()
}

/// What it requires, each as a name and a range.
fn requires(manifest: &Value) -> Vec<String> {
    let tables = ["dependencies", "optionalDependencies", "peerDependencies"];
    let lines = tables.iter().filter_map(|table| manifest[*table].as_object()).flatten();
    lines.map(|(name, range)| format!("{name} {}", range.as_str().unwrap_or_default())).collect()
}
