//! A workspace in a repository, and the real cargo in a sandbox, which reaches no network.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use releasekit_cargo::Cargo;
use releasekit_core::ecosystem::BackendContext;
use releasekit_core::event::Silent;
use releasekit_core::model::{Artifact, Package, PackageName, RepoPath};
use releasekit_core::package_manager::BuildRequest;
use releasekit_core::{BackendError, Diagnostic};
use releasekit_testkit::Sandbox;

pub(crate) const LIMIT: Duration = Duration::from_secs(120);

/// The root of a workspace whose members lie in `p`.
pub(crate) const ROOT: &str = "[workspace]\nmembers = [\"p/*\"]\nresolver = \"2\"\n";

pub(crate) fn sandbox() -> Sandbox {
    Sandbox::new().with_cargo()
}

pub(crate) fn context(sandbox: &Sandbox) -> BackendContext {
    let environment = sandbox.env().iter().cloned().collect();
    let mut context = BackendContext::new(environment, sandbox.path().join("cache"), Arc::new(Silent));
    context.offline = true;
    context
}

pub(crate) fn cargo(sandbox: &Sandbox) -> Cargo {
    Cargo::new(context(sandbox))
}

/// A package file.
pub(crate) fn manifest(name: &str, more: &str) -> String {
    format!(
        "[package]\nname = \"{name}\"\nversion = \"1.0.0\"\nedition = \"2021\"\ndescription = \"{name}\"\nlicense = \"MIT\"\n\
         {more}"
    )
}

/// A workspace of libraries that is committed with its lockfile: the names of its members and what stands in their files.
pub(crate) fn workspace(sandbox: &Sandbox, root: &str, members: &[(&str, &str)]) {
    sandbox.write("Cargo.toml", root).write(".gitignore", "target\n");
    for (name, more) in members {
        sandbox.write(format!("p/{name}/Cargo.toml"), manifest(name, more));
        sandbox.write(format!("p/{name}/src/lib.rs"), "pub fn here() {}\n");
    }
    sandbox.run("cargo", ["generate-lockfile", "--offline"]).ok();
    sandbox.commit("feat: begin");
}

/// The repository as it was committed, in a folder of its own.
pub(crate) fn export(sandbox: &Sandbox, name: &str) -> PathBuf {
    let folder = sandbox.path().join(name);
    sandbox.git(["clone", "--quiet", "--shared", ".", &folder.display().to_string()]);
    folder
}

pub(crate) fn folder(sandbox: &Sandbox, name: &str) -> PathBuf {
    let folder = sandbox.path().join(name);
    fs::create_dir_all(&folder).expect("the folder is ours");
    folder
}

pub(crate) fn package(name: &str) -> Package {
    let path = RepoPath::new(format!("p/{name}")).expect("a legal path");
    let manifest = path.join("Cargo.toml").expect("a legal path");
    Package::new(PackageName::new(name), path, manifest)
}

/// Asks for a package of an export, with artifacts that go to a folder of its name.
pub(crate) fn request(sandbox: &Sandbox, export: &Path, name: &str, siblings: &[&Path]) -> BuildRequest {
    let out = export.file_name().map(|export| export.display().to_string()).expect("an export has a name");
    let out = folder(sandbox, &format!("out-{out}/{name}"));
    let siblings = siblings.iter().map(|folder| (*folder).to_owned()).collect();
    BuildRequest::new(export.to_owned(), package(name), out, LIMIT).with_siblings(siblings)
}

#[track_caller]
pub(crate) fn built<T>(result: Result<T, BackendError>) -> T {
    result.unwrap_or_else(|error| panic!("{error}: {}", error.output().unwrap_or_default()))
}

/// The digests of artifacts.
pub(crate) fn digests<'a>(artifacts: impl IntoIterator<Item = &'a Artifact>) -> Vec<String> {
    artifacts.into_iter().flat_map(|artifact| &artifact.digests).map(ToString::to_string).collect()
}

/// A file inside of a crate, as text.
pub(crate) fn inside(sandbox: &Sandbox, artifact: &Artifact, file: &str) -> String {
    let stem = artifact.file_name.trim_end_matches(".crate");
    let args = ["xzOf", &artifact.path.display().to_string(), &format!("{stem}/{file}")];
    sandbox.run("tar", args).ok()
}

/// Offers a crate of a third party to every cargo of the sandbox, from a folder that takes the place of crates.io.
pub(crate) fn third_party(sandbox: &Sandbox, name: &str, version: &str) {
    let vendor = folder(sandbox, "vendor");
    let place = folder(sandbox, &format!("vendor/{name}-{version}/src"));
    let text = format!("[package]\nname = \"{name}\"\nversion = \"{version}\"\nedition = \"2021\"\n");
    let checksum = format!("{{\"files\":{{}},\"package\":\"{}\"}}", "0".repeat(64));
    let above = place.parent().expect("in a folder");
    for (file, text) in [("Cargo.toml", &*text), ("src/lib.rs", ""), (".cargo-checksum.json", &*checksum)] {
        fs::write(above.join(file), text).expect("the folder is ours");
    }
    let home = folder(sandbox, "cargo-home");
    let config = format!(
        "[source.crates-io]\nreplace-with = \"vendor\"\n[source.vendor]\ndirectory = \"{}\"\n",
        vendor.display()
    );
    fs::write(home.join("config.toml"), config).expect("the folder is ours");
}
