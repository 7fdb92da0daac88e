//! An empty project to which crates are added from an index.

use std::fs;
use std::path::PathBuf;

use releasekit_testkit::{Sandbox, run};
use serde_json::Value;

use crate::world::Installed;

/// A project in a sandbox, whose cargo has a home of its own and so remembers nothing.
#[derive(Debug)]
pub struct Project<'a> {
    sandbox: &'a Sandbox,
    folder: PathBuf,
}

impl<'a> Project<'a> {
    /// Makes one, replacing an earlier one of that name. Everything that it needs comes from one index.
    #[track_caller]
    pub fn new(sandbox: &'a Sandbox, name: &str, index: &str) -> Self {
        let project = Self { sandbox, folder: sandbox.path().join(name) };
        if project.folder.exists() {
            fs::remove_dir_all(&project.folder).expect("the sandbox is writable");
        }
        project.write("Cargo.toml", "[package]\nname = \"project\"\nversion = \"0.0.0\"\nedition = \"2021\"\n");
        project.write("src/lib.rs", "");
        project.write("home/config.toml", &super::replaced(index));
        project
    }

    /// Adds a crate in its newest version, and builds the project.
    #[track_caller]
    pub fn add(&self, name: &str) -> &Self {
        self.cargo(&["add", "--quiet", name]);
        self.cargo(&["build", "--quiet"]);
        self
    }

    /// The same with another registry, of that name and with that index.
    #[track_caller]
    pub fn add_from(&self, name: &str, registry: &str, index: &str) -> &Self {
        let known = format!("[registries.{registry}]\nindex = \"{index}\"\n");
        self.write(".cargo/config.toml", &known);
        self.cargo(&["add", "--quiet", "--registry", registry, name]);
        self.cargo(&["build", "--quiet"]);
        self
    }

    /// What was taken from the index.
    #[track_caller]
    pub fn installed(&self) -> Installed {
        let text = self.cargo(&["metadata", "--format-version", "1", "--locked", "--offline"]);
        let metadata: Value = serde_json::from_str(&text).expect("cargo writes JSON");
        let mut installed = Installed::default();
        for package in items(&metadata["packages"]).filter(|package| !package["source"].is_null()) {
            let name = text_of(&package["name"]);
            installed.versions.insert(name.clone(), text_of(&package["version"]));
            let requires = items(&package["dependencies"]);
            let requires = requires.map(|need| format!("{} {}", text_of(&need["name"]), text_of(&need["req"])));
            installed.requires.insert(name, requires.collect());
        }
        installed
    }

    #[track_caller]
    fn cargo(&self, args: &[&str]) -> String {
        let mut cargo = self.sandbox.command("cargo");
        cargo.args(args).current_dir(&self.folder).env("CARGO_HOME", self.folder.join("home"));
        run(cargo.env("CARGO_TARGET_DIR", self.folder.join("target")).env_remove("CARGO_REGISTRY_TOKEN")).ok()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.folder.join(path);
        fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("the sandbox is writable");
        fs::write(path, text).expect("the sandbox is writable");
    }
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().expect("cargo lists them").iter()
}

fn text_of(value: &Value) -> String {
    value.as_str().expect("cargo says it in words").to_owned()
}
