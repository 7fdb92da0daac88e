//! Crates as cargo describes them and as this crate does, in the same words.
#![expect(clippy::disallowed_methods, reason = "it starts the cargo that runs it")]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use releasekit_cargo::CargoWorkspace;
use releasekit_core::Workspace;
use releasekit_core::model::{Dependency, DependencyKind, Package};
use semver::VersionReq;
use serde_json::Value;

/// What is said of the crates of a workspace.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Described {
    /// Name, version, package file and where it is published.
    pub(crate) packages: BTreeSet<String>,
    /// Who needs whom, how, and in which versions, among crates of the repository.
    pub(crate) edges: BTreeSet<String>,
    /// What is published as requirements.
    pub(crate) requirements: BTreeSet<String>,
}

impl Described {
    /// As this crate found them.
    pub(crate) fn ours(packages: &[&Package]) -> Self {
        Self {
            packages: packages.iter().map(|package| found(package)).collect(),
            edges: packages
                .iter()
                .flat_map(|package| package.dependencies.iter().map(|it| needed(package, it)))
                .collect(),
            requirements: packages.iter().flat_map(|package| published(package)).collect(),
        }
    }

    /// As `cargo metadata` says of the workspace in a folder of a checkout; `None` where it refuses. Edges are those to the
    /// folders that are given, from the checkout.
    pub(crate) fn by_cargo(checkout: &Path, folder: &Path, folders: &BTreeSet<&str>) -> Option<Self> {
        let metadata = metadata(folder)?;
        let packages = metadata["packages"].as_array()?;
        Some(Self {
            packages: packages.iter().filter_map(|package| told(package, checkout)).collect(),
            edges: packages.iter().flat_map(|package| edges(package, checkout, folders)).collect(),
            requirements: packages.iter().flat_map(required).collect(),
        })
    }
}

fn metadata(folder: &Path) -> Option<Value> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["metadata", "--no-deps", "--offline", "--format-version", "1", "--manifest-path"]);
    let ran = command.arg(folder.join("Cargo.toml")).current_dir("/").output().expect("cargo runs");
    serde_json::from_slice(&ran.stdout).ok().filter(|_| ran.status.success())
}

/// A path from the checkout; `None` where it lies outside.
fn below(path: &str, checkout: &Path) -> Option<String> {
    Some(Path::new(path).strip_prefix(checkout).ok()?.to_string_lossy().into_owned())
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

fn told(package: &Value, checkout: &Path) -> Option<String> {
    let publish = match package["publish"].as_array() {
        None => "anywhere".to_owned(),
        Some(names) if names.is_empty() => "nowhere".to_owned(),
        Some(names) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" "),
    };
    let place = below(text(package, "manifest_path"), checkout)?;
    Some(format!("{} {} {place} {publish}", text(package, "name"), text(package, "version")))
}

fn kind(dependency: &Value) -> &'static str {
    match dependency["kind"].as_str() {
        Some("build") => "Build",
        Some("dev") => "Dev",
        _ if dependency["optional"] == true => "Optional",
        _ => "Runtime",
    }
}

fn dependencies(package: &Value) -> impl Iterator<Item = &Value> {
    package["dependencies"].as_array().into_iter().flatten()
}

fn edges(package: &Value, checkout: &Path, folders: &BTreeSet<&str>) -> Vec<String> {
    let own = below(text(package, "manifest_path").trim_end_matches("Cargo.toml"), checkout).unwrap_or_default();
    let edge = |dependency: &Value| {
        let folder = below(dependency["path"].as_str()?, checkout)?;
        let is_known = folders.contains(folder.as_str()) && folder != own;
        let (from, to) = (text(package, "name"), text(dependency, "name"));
        is_known.then(|| format!("{from} → {to} {} {}", kind(dependency), text(dependency, "req")))
    };
    dependencies(package).filter_map(edge).collect()
}

fn required(package: &Value) -> Vec<String> {
    let published = dependencies(package).filter(|dependency| kind(dependency) != "Dev");
    let one = |dependency: &Value| {
        let name = CargoWorkspace::default().normalize(text(dependency, "name"));
        format!("{} requires {name} {}", text(package, "name"), text(dependency, "req"))
    };
    published.map(one).collect()
}

fn found(package: &Package) -> String {
    let version = package.version.as_ref().map_or("0.0.0", |version| version.as_str());
    // What lies in a folder of demos is private to us alone.
    let is_marked = package.private.as_ref().is_some_and(|why| why.starts_with('`') || why.starts_with("no "));
    let publish = match package.registries.join(" ") {
        _ if is_marked => "nowhere".to_owned(),
        none if none.is_empty() => "anywhere".to_owned(),
        names => names,
    };
    format!("{} {version} {} {publish}", package.name, package.manifest)
}

fn needed(package: &Package, dependency: &Dependency) -> String {
    let kind = match dependency.kind {
        DependencyKind::Build => "Build",
        DependencyKind::Dev => "Dev",
        DependencyKind::Optional => "Optional",
        DependencyKind::Runtime | DependencyKind::Peer => "Runtime",
    };
    let required = VersionReq::parse(&dependency.requirement).expect("it was read").to_string();
    format!("{} → {} {kind} {required}", package.name, dependency.name)
}

fn published(package: &Package) -> Vec<String> {
    let one = |it: &releasekit_core::model::Requirement| format!("{} requires {} {}", package.name, it.name, it.text);
    package.requirements.iter().map(one).collect()
}
